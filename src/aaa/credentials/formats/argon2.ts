import { decodeUnpaddedBase64 } from "../../../values/base64.ts";
import { parseCost, type StoredHash, utf8 } from "./stored_hash.ts";

/** 256 MiB, two and a half times what Django takes. */
const MOST_MEMORY_KIB = 256 * 1024;
/** KiB times passes: about 1.5 s. */
const MOST_WORK = 1024 * 1024;
const MOST_LANES = 255;
/** Below 16 octets of hash a guess would be too likely; the algorithm itself allows 4. */
const HASH_OCTETS = { least: 16, most: 128 };
/** RFC 9106 section 3.1 asks for 8 or more, as every implementation does. */
const SALT_OCTETS = { least: 8, most: 1024 };

const MS_PER_WORK = 290 / 204_800;

/** The version was not written before there were two. */
const UNWRITTEN_VERSION = "16";
const ENCODED =
  /^argon2\$(argon2d|argon2i|argon2id)(?:\$v=(16|19))?\$m=([0-9]+),t=([0-9]+),p=([0-9]+)\$([^$]+)\$([^$]+)$/;

/** `argon2$argon2id$v=19$m=102400,t=2,p=8$salt$hash`, both in base64 without padding. */
export function parseArgon2(encoded: string): StoredHash | undefined {
  const [, variety, versionText = UNWRITTEN_VERSION, m, t, p, saltText = "", digest = ""] =
    ENCODED.exec(encoded) ?? [];
  const memoryKiB = parseCost(m, MOST_MEMORY_KIB);
  const passes = parseCost(t, MOST_WORK);
  const lanes = parseCost(p, MOST_LANES);
  if (memoryKiB === undefined || passes === undefined || lanes === undefined) return undefined;
  if (memoryKiB < 8 * lanes || memoryKiB * passes > MOST_WORK) return undefined;

  const salt = decodeUnpaddedBase64(saltText);
  const expected = decodeUnpaddedBase64(digest);
  if (!salt || !isWithin(salt, SALT_OCTETS) || !expected || !isWithin(expected, HASH_OCTETS)) {
    return undefined;
  }
  if (variety !== "argon2d" && variety !== "argon2i" && variety !== "argon2id") return undefined;
  const version = versionText === "19" ? 19 : 16;

  return {
    algorithm: "argon2",
    typicalMs: memoryKiB * passes * MS_PER_WORK,
    async matches(crypto, password) {
      const cost = { variety, version, memoryKiB, passes, lanes, keyLength: expected.length } as const;
      return crypto.equal(await crypto.argon2(utf8(password), salt, cost), expected);
    },
  };
}

function isWithin(octets: Uint8Array, { least, most }: { least: number; most: number }): boolean {
  return octets.length >= least && octets.length <= most;
}
