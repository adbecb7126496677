import type { Credential } from "../../aaa/credentials/credential.ts";
import type { Zone } from "../../aaa/identity/zones.ts";

/** One message of an EAP exchange (RFC 3579 section 2). */
export interface EapMessage {
  readonly kind: "eap";
  /** The EAP packet that the station sent. */
  readonly message: Uint8Array;
  /** State: what the challenge said that this is the answer to; null at the beginning of the exchange. */
  readonly state: Uint8Array | null;
}

/** An Access-Request about a station of a zone, whoever answers it. */
export interface AuthorityRequest {
  readonly zone: Zone;
  readonly userName: string;
  readonly credential: Credential | EapMessage;
  readonly serviceType: "Login" | "Framed";
  /** `AA-BB-CC-DD-EE-FF`. */
  readonly calledStationId: string;
  readonly callingStationId: string;
  /** Empty when the station has none yet. */
  readonly framedIpAddress: string;
  readonly sessionId: string;
  /** What the log-on said as `lang`: the language of a refusal, where it is one of ours. */
  readonly lang?: string;
}

/** RADIUS attributes by name (`Session-Timeout`, `WISPr-Bandwidth-Max-Up`, `CoovaChilli-Max-Total-Octets`), as text. */
export type Attributes = ReadonlyMap<string, readonly string[]>;

export type AuthorityAnswer =
  /** `eapMessage` ends an EAP exchange. */
  | { readonly kind: "accept"; readonly attributes: Attributes; readonly eapMessage?: Uint8Array }
  /** The EAP exchange goes on: the station's next message comes with `state`. */
  | { readonly kind: "challenge"; readonly eapMessage: Uint8Array; readonly state: Uint8Array }
  /** `replyMessage` is for the guest to read; null when there is none. */
  | { readonly kind: "reject"; readonly replyMessage: string | null }
  /** Nobody answered in time. */
  | { readonly kind: "silent" };

/** Who decides for a zone: this process, or later a RADIUS server elsewhere. */
export interface Authority {
  decide(request: AuthorityRequest, now: Date): Promise<AuthorityAnswer>;
}
