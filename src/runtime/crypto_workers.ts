import type { Crypto } from "../aaa/credentials/crypto.ts";
import { portableCrypto, webPbkdf2 } from "./portable_crypto.ts";

/** Hosted Workers refuse more (github.com/cloudflare/workerd/issues/1346); a local one does not. */
const MOST_NATIVE_ITERATIONS = 100_000;

/**
 * The cryptography of Cloudflare Workers, which have no threads and compile no WebAssembly at run time:
 * argon2, bcrypt and long PBKDF2 are JavaScript, several times slower, and loaded when first needed. They
 * give the event loop a turn in between.
 *
 * @param subtle for tests, which lower what it does to what hosted Workers do.
 */
export function workersCrypto(subtle: SubtleCrypto = crypto.subtle): Crypto {
  return {
    ...portableCrypto,

    async pbkdf2(hash, password, salt, iterations, keyLength) {
      if (iterations <= MOST_NATIVE_ITERATIONS) {
        return await webPbkdf2(subtle, hash, password, salt, iterations, keyLength);
      }
      const { pbkdf2Async } = await import("@noble/hashes/pbkdf2.js");
      const digest = hash === "SHA-256"
        ? (await import("@noble/hashes/sha2.js")).sha256
        : (await import("@noble/hashes/legacy.js")).sha1;
      return await pbkdf2Async(digest, password, salt, { c: iterations, dkLen: keyLength });
    },

    async argon2(password, salt, { variety, version, passes, memoryKiB, lanes, keyLength }) {
      const { argon2dAsync, argon2iAsync, argon2idAsync } = await import("@noble/hashes/argon2.js");
      const argon2 = { argon2d: argon2dAsync, argon2i: argon2iAsync, argon2id: argon2idAsync }[variety];
      return await argon2(password, salt, { version, t: passes, m: memoryKiB, p: lanes, dkLen: keyLength });
    },

    async bcrypt(password, encoded) {
      const { compare } = await import("bcryptjs");
      return await compare(password, encoded);
    },
  };
}
