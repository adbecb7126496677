import { Buffer } from "node:buffer";
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  scrypt,
  timingSafeEqual,
} from "node:crypto";
import type { Crypto, ScryptCost } from "../aaa/credentials/crypto.ts";
import { hashOnPool } from "./thread_pool.ts";

const CIPHER = "aes-256-gcm";
const NONCE_OCTETS = 12;
const TAG_OCTETS = 16;

/** OpenSSL's own limit is 32 MiB, just short of what our own cost takes. */
const LEAST_SCRYPT_MEMORY = 64 * 1024 * 1024;

/** What `node:crypto` does alike on Deno, on Bun and on Workers. */
export const portableCrypto = {
  hmacSha256: (key, message) => plain(createHmac("sha256", key).update(message, "utf8").digest()),
  sha256: (octets) => plain(createHash("sha256").update(octets).digest()),
  sha1: (octets) => plain(createHash("sha1").update(octets).digest()),
  md5: (octets) => plain(createHash("md5").update(octets).digest()),
  md4: (octets) => plain(createHash("md4").update(octets).digest()),
  randomBytes: (length) => plain(randomBytes(length)),
  equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),

  encrypt(key, text) {
    const nonce = randomBytes(NONCE_OCTETS);
    const cipher = createCipheriv(CIPHER, key, nonce);
    const encrypted = [nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()];
    return plain(Buffer.concat(encrypted));
  },

  decrypt(key, box) {
    if (box.length < NONCE_OCTETS + TAG_OCTETS) return undefined;
    const decipher = createDecipheriv(CIPHER, key, box.subarray(0, NONCE_OCTETS), {
      authTagLength: TAG_OCTETS,
    });
    decipher.setAuthTag(box.subarray(-TAG_OCTETS));
    const text = decipher.update(box.subarray(NONCE_OCTETS, -TAG_OCTETS));
    try {
      return Buffer.concat([text, decipher.final()]).toString("utf8");
    } catch {
      // All that final() can throw for is a tag that does not fit.
      return undefined;
    }
  },

  scrypt(password, salt, { N, r, p, keyLength }) {
    const maxmem = Math.max(LEAST_SCRYPT_MEMORY, scryptMemory({ N, r, p, keyLength }));
    return hashOnPool(
      new Promise((resolve, reject) => {
        scrypt(password, salt, keyLength, { N, r, p, maxmem }, (error, key) => {
          if (error) reject(error);
          else resolve(plain(key));
        });
      }),
    );
  },
} satisfies Pick<
  Crypto,
  | "hmacSha256"
  | "sha256"
  | "sha1"
  | "md5"
  | "md4"
  | "randomBytes"
  | "equal"
  | "encrypt"
  | "decrypt"
  | "scrypt"
>;

/** PBKDF2 by WebCrypto, the fastest there is on every runtime. */
export async function webPbkdf2(
  subtle: SubtleCrypto,
  ...[hash, password, salt, iterations, keyLength]: Parameters<Crypto["pbkdf2"]>
): Promise<Uint8Array> {
  const key = await subtle.importKey("raw", new Uint8Array(password), "PBKDF2", false, ["deriveBits"]);
  const algorithm = { name: "PBKDF2", hash, salt: new Uint8Array(salt), iterations };
  return new Uint8Array(await hashOnPool(subtle.deriveBits(algorithm, key, keyLength * 8)));
}

/** Octets, as OpenSSL counts them (EVP_PBE_scrypt), with a few blocks to spare. */
function scryptMemory({ N, r, p }: ScryptCost): number {
  return 128 * r * (N + p + 16);
}

/** A Buffer may be a view of shared memory, and compares unlike an array of the same octets. */
function plain(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer);
}
