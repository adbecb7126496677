import type { Credential } from "../../aaa/credentials/credential.ts";
import type { Crypto } from "../../aaa/credentials/crypto.ts";
import type { EapMessage } from "./authority.ts";
import { EAP_TYPES, eapRequest, type EapResponse, readEapResponse } from "./eap_packet.ts";

/** What is to be done about a message of an EAP exchange. */
export type EapTurn =
  | { readonly kind: "challenge"; readonly eapMessage: Uint8Array; readonly state: Uint8Array }
  /** The response to our challenge, which proves the same as CHAP does. */
  | { readonly kind: "proof"; readonly credential: Credential; readonly identifier: number }
  /** `explanation`: a sentence for the operator. */
  | { readonly kind: "refuse"; readonly explanation: string };

const CHALLENGE_OCTETS = 16;
const RESPONSE_OCTETS = 16;
const REFUSALS = {
  broken: "The EAP message cannot be understood",
  method: "The device wants another EAP method than EAP-MD5, the only one that there is",
  identity: "The EAP identity is not the user name",
  order: "The EAP message answers no challenge that is open",
} as const;

/**
 * EAP-MD5 (RFC 3748 section 5.4): a request after the identity, and its response. `state` is the identifier and the
 * challenge of the request.
 */
export function takeEapMd5(
  random: Pick<Crypto, "randomBytes">,
  userName: string,
  { message, state }: EapMessage,
): EapTurn {
  const response = readEapResponse(message);
  if (!response) return refuse("broken");
  switch (response.type) {
    case EAP_TYPES.identity:
      return new TextDecoder().decode(response.data) === userName
        ? challenge(random, response)
        : refuse("identity");
    case EAP_TYPES.md5Challenge:
      return proof(response, state);
    default:
      return refuse("method");
  }
}

function challenge(random: Pick<Crypto, "randomBytes">, { identifier }: EapResponse): EapTurn {
  const next = (identifier + 1) % 256;
  const octets = random.randomBytes(CHALLENGE_OCTETS);
  return {
    kind: "challenge",
    eapMessage: eapRequest(next, EAP_TYPES.md5Challenge, Uint8Array.of(CHALLENGE_OCTETS, ...octets)),
    state: Uint8Array.of(next, ...octets),
  };
}

function proof({ identifier, data }: EapResponse, state: Uint8Array | null): EapTurn {
  if (state?.[0] !== identifier) return refuse("order");
  // A name may follow (RFC 1994 section 4.1).
  if (data[0] !== RESPONSE_OCTETS || data.length <= RESPONSE_OCTETS) return refuse("broken");
  return {
    kind: "proof",
    identifier,
    credential: {
      kind: "chap",
      ident: identifier,
      challenge: state.slice(1),
      response: data.slice(1, 1 + RESPONSE_OCTETS),
    },
  };
}

function refuse(why: keyof typeof REFUSALS): EapTurn {
  return { kind: "refuse", explanation: REFUSALS[why] };
}
