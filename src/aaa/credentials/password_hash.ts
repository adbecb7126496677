import type { Crypto } from "./crypto.ts";
import { parseArgon2 } from "./formats/argon2.ts";
import { parseBcryptSha256 } from "./formats/bcrypt_sha256.ts";
import { parsePbkdf2 } from "./formats/pbkdf2.ts";
import { encodeScrypt, hasOwnCost, parseScrypt } from "./formats/scrypt.ts";
import type { StoredHash } from "./formats/stored_hash.ts";
import { randomAlphanumeric } from "./random_text.ts";

/** As much as Django's: 131 bits, and a whole hash stays within 128 characters. */
const SALT_LENGTH = 22;

/** Far over the longest real one; keeps what an import may carry from being taken apart. */
const LONGEST_ENCODED = 4096;

/** `scrypt$32768$salt$8$1$hash`, 128 characters: Django's format with our cost. */
export function hashPassword(crypto: Crypto, password: string): Promise<string> {
  return encodeScrypt(crypto, password, randomAlphanumeric(crypto, SALT_LENGTH));
}

/**
 * Whether `password` is the one `encoded` was made of, for every format Django writes: `scrypt`,
 * `pbkdf2_sha256`, `pbkdf2_sha1`, `argon2`, `bcrypt_sha256`. False, at once, for what is no such hash
 * (unusable, unknown, broken, or dearer than its format's limits).
 */
export async function verifyPassword(crypto: Crypto, encoded: string, password: string): Promise<boolean> {
  return await parsePasswordHash(encoded)?.matches(crypto, password) ?? false;
}

/** Undefined for what {@link verifyPassword} answers false to at once. */
export function parsePasswordHash(encoded: string): StoredHash | undefined {
  if (encoded.length > LONGEST_ENCODED) return undefined;
  return parseScrypt(encoded) ?? parsePbkdf2(encoded) ?? parseArgon2(encoded) ?? parseBcryptSha256(encoded);
}

/** Whether anybody can log in with a password at all: Django marks those who cannot with a leading `!`. */
export function isUsablePassword(encoded: string | null): boolean {
  return encoded !== null && encoded !== "" && !encoded.startsWith("!");
}

/** Whether `encoded` is what {@link hashPassword} writes today; what is not is hashed anew at the next log-in. */
export function isOwnFormat(encoded: string): boolean {
  return parseScrypt(encoded) !== undefined && hasOwnCost(encoded);
}

/** Whether {@link verifyPassword} could ever say yes: what an import may store. */
export function isKnownFormat(encoded: string): boolean {
  return parsePasswordHash(encoded) !== undefined;
}
