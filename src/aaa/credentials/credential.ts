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
