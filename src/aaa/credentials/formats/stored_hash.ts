import type { Crypto } from "../crypto.ts";

/** The first field of a stored password: Django's names. */
export type Algorithm = "scrypt" | "pbkdf2_sha256" | "pbkdf2_sha1" | "argon2" | "bcrypt_sha256";

/** A stored password that was understood, and whose cost is within its format's limits. */
export interface StoredHash {
  readonly algorithm: Algorithm;
  /** What one check takes on a core of a small server; other machines differ by a factor. */
  readonly typicalMs: number;
  matches(crypto: Crypto, password: string): Promise<boolean>;
}

const encoder = new TextEncoder();

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Undefined unless it is a number in 1..`most`, written as Django writes it: no sign, no leading zero. */
export function parseCost(text: string | undefined, most: number): number | undefined {
  if (text === undefined || !/^[1-9][0-9]{0,9}$/.test(text)) return undefined;
  const cost = Number(text);
  return cost <= most ? cost : undefined;
}
