import type { Crypto } from "./crypto.ts";
import { desEncrypt } from "./des.ts";

const encoder = new TextEncoder();

/**
 * What a peer that knows the NT hash answers: 24 octets (RFC 2759 section 8.1, GenerateNTResponse).
 *
 * @param challenge the authenticator's, 16 octets.
 * @param peerChallenge the peer's own, 16 octets.
 * @param userName a domain before a backslash does not belong to it.
 * @param hash 16 octets, as `ntHash()` gives them.
 */
export function ntResponse(
  crypto: Pick<Crypto, "sha1">,
  challenge: Uint8Array,
  peerChallenge: Uint8Array,
  userName: string,
  hash: Uint8Array,
): Uint8Array {
  return challengeResponse(challengeHash(crypto, peerChallenge, challenge, userName), hash);
}

/** Eight octets that stand for both challenges and the name (section 8.2). */
export function challengeHash(
  crypto: Pick<Crypto, "sha1">,
  peerChallenge: Uint8Array,
  challenge: Uint8Array,
  userName: string,
): Uint8Array {
  const name = encoder.encode(userName.slice(userName.lastIndexOf("\\") + 1));
  return crypto.sha1(new Uint8Array([...peerChallenge, ...challenge, ...name])).subarray(0, 8);
}

/** DES under three keys of seven octets, the last one filled with zeros (section 8.5). */
function challengeResponse(challenge: Uint8Array, hash: Uint8Array): Uint8Array {
  const keys = new Uint8Array(21);
  keys.set(hash.subarray(0, 16));
  return new Uint8Array(
    [0, 7, 14].flatMap((at) => [...desEncrypt(withParityBits(keys.subarray(at, at + 7)), challenge)]),
  );
}

/** 56 bits of key spread over eight octets; DES ignores the lowest bit of each (section 8.6). */
function withParityBits(key: Uint8Array): Uint8Array {
  const bits = [...key].map((octet) => octet.toString(2).padStart(8, "0")).join("");
  return Uint8Array.from({ length: 8 }, (_, at) => parseInt(bits.slice(at * 7, at * 7 + 7), 2) << 1);
}
