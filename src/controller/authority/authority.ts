import type { Zone } from "../../aaa/identity/zones.ts";

/** How somebody proves who they are; octets as the peer sent them. */
export type Credential =
  | { readonly kind: "password"; readonly password: string }
  /** RFC 2865 section 2.2: MD5(ident, password, challenge). */
  | {
    readonly kind: "chap";
    readonly ident: number;
    readonly challenge: Uint8Array;
    /** 16 octets. */
    readonly response: Uint8Array;
  }
  /** RFC 2759: 16 octets each of challenge and peer challenge, 24 of NT-Response. */
  | {
    readonly kind: "mschapv2";
    readonly challenge: Uint8Array;
    readonly peerChallenge: Uint8Array;
    readonly ntResponse: Uint8Array;
  };

/** An Access-Request about a station of a zone, whoever answers it. */
export interface AuthorityRequest {
  readonly zone: Zone;
  readonly userName: string;
  readonly credential: Credential;
  readonly serviceType: "Login" | "Framed";
  /** `AA-BB-CC-DD-EE-FF`. */
  readonly calledStationId: string;
  readonly callingStationId: string;
  /** Empty when the station has none yet. */
  readonly framedIpAddress: string;
  readonly sessionId: string;
}

/** RADIUS attributes by name (`Session-Timeout`, `WISPr-Bandwidth-Max-Up`, `CoovaChilli-Max-Total-Octets`), as text. */
export type Attributes = ReadonlyMap<string, readonly string[]>;

export type AuthorityAnswer =
  | { readonly kind: "accept"; readonly attributes: Attributes }
  /** `replyMessage` is for the guest to read; null when there is none. */
  | { readonly kind: "reject"; readonly replyMessage: string | null }
  /** Nobody answered in time. */
  | { readonly kind: "silent" };

/** Who decides for a zone: this process, or later a RADIUS server elsewhere. */
export interface Authority {
  decide(request: AuthorityRequest, now: Date): Promise<AuthorityAnswer>;
}
