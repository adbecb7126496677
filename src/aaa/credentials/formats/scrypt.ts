import type { Crypto, ScryptCost } from "../crypto.ts";
import { decodeBase64, encodeBase64 } from "../../../values/base64.ts";
import { parseCost, type StoredHash, utf8 } from "./stored_hash.ts";

/** What new passwords get: about 70 ms and 32 MiB. */
const OWN_COST = { N: 32_768, r: 8, p: 1, keyLength: 64 } satisfies ScryptCost;

/** Beyond these a hash is not computed: 256 MiB of memory, and sixteen times our own cost. */
const MOST_MEMORY_OCTETS = 256 * 1024 * 1024;
const MOST_WORK = 2 ** 22;

const MS_PER_WORK = 70 / 2 ** 18;

/** `scrypt$N$salt$r$p$hash`: the salt is used as it is written, the hash is 64 octets in base64. */
export function parseScrypt(encoded: string): StoredHash | undefined {
  const [algorithm, workFactor, salt, blockSize, parallelism, digest, ...rest] = encoded.split("$");
  if (algorithm !== "scrypt" || !salt || digest === undefined || rest.length > 0) return undefined;

  const N = parseCost(workFactor, MOST_WORK);
  const r = parseCost(blockSize, MOST_WORK);
  const p = parseCost(parallelism, MOST_WORK);
  const expected = decodeBase64(digest);
  if (N === undefined || r === undefined || p === undefined || expected?.length !== 64) return undefined;
  // RFC 7914 section 2: N is a power of two over 1, and under 2^(16 r).
  if (N < 2 || (N & (N - 1)) !== 0 || Math.log2(N) >= 16 * r) return undefined;
  const work = N * r * p;
  if (work > MOST_WORK || 128 * N * r > MOST_MEMORY_OCTETS) return undefined;

  return {
    algorithm: "scrypt",
    typicalMs: work * MS_PER_WORK,
    async matches(crypto, password) {
      const actual = await crypto.scrypt(utf8(password), utf8(salt), { N, r, p, keyLength: expected.length });
      return crypto.equal(actual, expected);
    },
  };
}

/** {@link parseScrypt}'s text at our own cost. */
export async function encodeScrypt(crypto: Crypto, password: string, salt: string): Promise<string> {
  const digest = await crypto.scrypt(utf8(password), utf8(salt), OWN_COST);
  return `scrypt$${OWN_COST.N}$${salt}$${OWN_COST.r}$${OWN_COST.p}$${encodeBase64(digest)}`;
}

/** Whether `encoded`, which {@link parseScrypt} understood, was made at our own cost. */
export function hasOwnCost(encoded: string): boolean {
  const [, N, , r, p] = encoded.split("$");
  return N === `${OWN_COST.N}` && r === `${OWN_COST.r}` && p === `${OWN_COST.p}`;
}
