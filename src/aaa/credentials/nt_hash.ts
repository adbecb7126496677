import type { Crypto } from "./crypto.ts";

/** MD4 of the password in UTF-16, little end first: 16 octets (RFC 2759 section 8.3). */
export function ntHash(crypto: Pick<Crypto, "md4">, password: string): Uint8Array {
  const octets = new Uint8Array(password.length * 2);
  for (let i = 0; i < password.length; i++) {
    const unit = password.charCodeAt(i);
    octets[2 * i] = unit & 0xff;
    octets[2 * i + 1] = unit >> 8;
  }
  return crypto.md4(octets);
}

/** What an `NT-Password` check holds: 32 hex digits, perhaps behind `0x`. Null for anything else. */
export function parseNtHash(text: string): Uint8Array | null {
  const [, digits] = /^\s*(?:0x)?([0-9a-f]{32})\s*$/i.exec(text) ?? [];
  return digits ? Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16)) : null;
}
