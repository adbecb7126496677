import type { Crypto } from "./crypto.ts";

/** What a peer that knows the password answers to a challenge: 16 octets (RFC 1994 section 4.1). */
export function chapResponse(
  crypto: Pick<Crypto, "md5">,
  ident: number,
  password: Uint8Array,
  challenge: Uint8Array,
): Uint8Array {
  return crypto.md5(new Uint8Array([ident, ...password, ...challenge]));
}
