import { type StoredHash, utf8 } from "./stored_hash.ts";

/** About 2 s; Django takes 12. */
const MOST_COST = 15;

const MS_PER_ROUND = 280 / 2 ** 12;

/** bcrypt's base64 has its own order, and no padding: 22 characters of salt, 31 of hash. */
const ENCODED = /^bcrypt_sha256\$(\$2[aby]\$([0-9]{2})\$[./A-Za-z0-9]{53})$/;

/** `bcrypt_sha256$$2b$12$…`: bcrypt over the password's SHA-256 in hex, since bcrypt stops at 72 octets. */
export function parseBcryptSha256(encoded: string): StoredHash | undefined {
  const [, bcryptHash, costText] = ENCODED.exec(encoded) ?? [];
  const cost = Number(costText);
  if (bcryptHash === undefined || !(cost >= 4 && cost <= MOST_COST)) return undefined;

  return {
    algorithm: "bcrypt_sha256",
    typicalMs: 2 ** cost * MS_PER_ROUND,
    matches(crypto, password) {
      return crypto.bcrypt(hex(crypto.sha256(utf8(password))), bcryptHash);
    },
  };
}

function hex(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
}
