/** Argon2's parameters as an encoded hash states them (RFC 9106 section 3.1). */
export interface Argon2Cost {
  readonly variety: "argon2d" | "argon2i" | "argon2id";
  /** 16 is the algorithm before its revision of 2016, 19 the one of RFC 9106. */
  readonly version: 16 | 19;
  readonly passes: number;
  readonly memoryKiB: number;
  readonly lanes: number;
  readonly keyLength: number;
}

/** scrypt's parameters (RFC 7914 section 2); it takes 128 · N · r octets of memory. */
export interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly keyLength: number;
}

/**
 * The cryptography that decisions need; each runtime has its own. What returns a promise is slow, and
 * where the platform has threads it runs on another one. Costs are the caller's to limit.
 */
export interface Crypto {
  /** 32 octets; `message` is taken as UTF-8. */
  hmacSha256(key: Uint8Array, message: string): Uint8Array;
  sha256(octets: Uint8Array): Uint8Array;
  /** For MS-CHAPv2 only. */
  sha1(octets: Uint8Array): Uint8Array;
  /** For what old protocols were built with, such as CHAP: MD5 protects nothing by itself. */
  md5(octets: Uint8Array): Uint8Array;
  /** For the NT hash only: MD4 protects nothing. */
  md4(octets: Uint8Array): Uint8Array;
  randomBytes(length: number): Uint8Array;
  /** Takes the same time wherever the first difference is; different lengths are never equal. */
  equal(a: Uint8Array, b: Uint8Array): boolean;
  /** AES-256-GCM under a key of 32 octets: 12 octets of nonce, the encrypted UTF-8 text, 16 octets of tag. */
  encrypt(key: Uint8Array, text: string): Uint8Array;
  /** Undefined when `box` was not made with this key, or was changed since. */
  decrypt(key: Uint8Array, box: Uint8Array): string | undefined;
  scrypt(password: Uint8Array, salt: Uint8Array, cost: ScryptCost): Promise<Uint8Array>;
  pbkdf2(
    hash: "SHA-1" | "SHA-256",
    password: Uint8Array,
    salt: Uint8Array,
    iterations: number,
    keyLength: number,
  ): Promise<Uint8Array>;
  argon2(password: Uint8Array, salt: Uint8Array, cost: Argon2Cost): Promise<Uint8Array>;
  /** `encoded` is bcrypt's own 60 characters, `$2b$12$…`; the password has 1 to 72 octets in UTF-8. */
  bcrypt(password: string, encoded: string): Promise<boolean>;
}
