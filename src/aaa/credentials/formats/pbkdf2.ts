import { decodeBase64 } from "../../../values/base64.ts";
import { parseCost, type StoredHash, utf8 } from "./stored_hash.ts";

/** Ten times what Django takes today; about 2 s. */
const MOST_ITERATIONS = 10_000_000;

const MS_PER_ITERATION = 160 / 870_000;

const DIGESTS = {
  pbkdf2_sha256: { hash: "SHA-256", octets: 32 },
  pbkdf2_sha1: { hash: "SHA-1", octets: 20 },
} as const;

/** `pbkdf2_sha256$iterations$salt$hash`: the salt is used as it is written, the hash is base64. */
export function parsePbkdf2(encoded: string): StoredHash | undefined {
  const [algorithm, rounds, salt, digest, ...rest] = encoded.split("$");
  if (algorithm !== "pbkdf2_sha256" && algorithm !== "pbkdf2_sha1") return undefined;
  const { hash, octets } = DIGESTS[algorithm];

  const iterations = parseCost(rounds, MOST_ITERATIONS);
  const expected = digest === undefined ? undefined : decodeBase64(digest);
  if (iterations === undefined || !salt || expected?.length !== octets || rest.length > 0) return undefined;

  return {
    algorithm,
    typicalMs: iterations * MS_PER_ITERATION,
    async matches(crypto, password) {
      const actual = await crypto.pbkdf2(hash, utf8(password), utf8(salt), iterations, octets);
      return crypto.equal(actual, expected);
    },
  };
}
