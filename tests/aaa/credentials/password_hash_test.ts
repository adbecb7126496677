import { equal, match, notEqual, ok } from "node:assert/strict";
import type { Crypto } from "../../../src/aaa/credentials/crypto.ts";
import {
  hashPassword,
  isKnownFormat,
  isOwnFormat,
  isUsablePassword,
  verifyPassword,
} from "../../../src/aaa/credentials/password_hash.ts";
import { nativeCrypto } from "../../../src/runtime/crypto.ts";
import vectors from "../../fixtures/passwords.json" with { type: "json" };

const PBKDF2_HASH = "A".repeat(43) + "=";
const SCRYPT_HASH = "A".repeat(86) + "==";
const ARGON2 = "$c2l4dGVlbiBsZXR0ZXJzLg$" + "A".repeat(43);
const BCRYPT = "A".repeat(53);

/** What an import may carry, and nobody can log in with. */
const REFUSED = {
  "an unusable password": "!" + "a".repeat(40),
  "an unusable mark before a real hash": `!pbkdf2_sha256$1000$salt$${PBKDF2_HASH}`,
  "nothing": "",
  "a clear password": "secret",
  "an unknown algorithm": "md5$salt$5f4dcc3b5aa765d61d8327deb882cf99",
  "an algorithm in capitals": `PBKDF2_SHA256$1000$salt$${PBKDF2_HASH}`,
  "only an algorithm": "scrypt",
  "only dollar signs": "$".repeat(4000),
  "a megabyte": `pbkdf2_sha256$1000$${"s".repeat(1_000_000)}$${PBKDF2_HASH}`,
  "an empty pbkdf2 salt": `pbkdf2_sha256$1000$$${PBKDF2_HASH}`,
  "an empty scrypt salt": `scrypt$1024$$8$1$${SCRYPT_HASH}`,
  "no iterations": `pbkdf2_sha256$0$salt$${PBKDF2_HASH}`,
  "negative iterations": `pbkdf2_sha256$-1$salt$${PBKDF2_HASH}`,
  "iterations with a leading zero": `pbkdf2_sha256$01000$salt$${PBKDF2_HASH}`,
  "iterations in hex": `pbkdf2_sha256$0x10$salt$${PBKDF2_HASH}`,
  "iterations with an exponent": `pbkdf2_sha256$1e3$salt$${PBKDF2_HASH}`,
  "iterations for hours": `pbkdf2_sha256$99999999999$salt$${PBKDF2_HASH}`,
  "iterations just over the limit": `pbkdf2_sha256$10000001$salt$${PBKDF2_HASH}`,
  "an empty pbkdf2 hash": "pbkdf2_sha256$1000$salt$",
  "a short pbkdf2 hash": "pbkdf2_sha256$1000$salt$AAAA",
  "a pbkdf2 hash of the other digest's length": `pbkdf2_sha1$1000$salt$${PBKDF2_HASH}`,
  "a pbkdf2 hash that is not base64": `pbkdf2_sha256$1000$salt$${"*".repeat(44)}`,
  "a pbkdf2 hash with stray bits": `pbkdf2_sha256$1000$salt$${"A".repeat(42)}B=`,
  "a field too many": `pbkdf2_sha256$1000$salt$${PBKDF2_HASH}$`,
  "an empty scrypt hash": "scrypt$1024$salt$8$1$",
  "an N that is no power of two": `scrypt$1000$salt$8$1$${SCRYPT_HASH}`,
  "an N of one": `scrypt$1$salt$8$1$${SCRYPT_HASH}`,
  "an N too large for its r (RFC 7914 section 2)": `scrypt$65536$salt$1$1$${SCRYPT_HASH}`,
  "scrypt with gigabytes": `scrypt$4194304$salt$8$1$${SCRYPT_HASH}`,
  "scrypt with minutes": `scrypt$16384$salt$8$100000$${SCRYPT_HASH}`,
  "scrypt whose costs overflow": `scrypt$4194304$salt$4194304$4194304$${SCRYPT_HASH}`,
  "an unknown argon2": `argon2$argon2x$v=19$m=512,t=2,p=2${ARGON2}`,
  "an unknown version of argon2": `argon2$argon2id$v=20$m=512,t=2,p=2${ARGON2}`,
  "argon2 with gigabytes": `argon2$argon2id$v=19$m=4194304,t=1,p=1${ARGON2}`,
  "argon2 with minutes": `argon2$argon2id$v=19$m=262144,t=1000,p=1${ARGON2}`,
  "argon2 with less memory than its lanes need": `argon2$argon2id$v=19$m=64,t=1,p=9${ARGON2}`,
  "argon2 without lanes": `argon2$argon2id$v=19$m=64,t=1,p=0${ARGON2}`,
  "argon2 parameters in another order": `argon2$argon2id$v=19$t=2,m=512,p=2${ARGON2}`,
  "an argon2 salt of 7 octets": `argon2$argon2id$v=19$m=512,t=2,p=2$c2V2ZW5fXw$${"A".repeat(43)}`,
  "an argon2 hash of 4 octets": "argon2$argon2id$v=19$m=512,t=2,p=2$c2l4dGVlbiBsZXR0ZXJzLg$AAAAAA",
  "padded argon2": `argon2$argon2id$v=19$m=512,t=2,p=2$c2l4dGVlbiBsZXR0ZXJzLg==$${PBKDF2_HASH}`,
  "bcrypt without Django's digest": `bcrypt$$2b$04$${BCRYPT}`,
  "bcrypt for hours": `bcrypt_sha256$$2b$31$${BCRYPT}`,
  "bcrypt just over the limit": `bcrypt_sha256$$2b$16$${BCRYPT}`,
  "bcrypt below its least cost": `bcrypt_sha256$$2b$03$${BCRYPT}`,
  "bcrypt's flawed predecessor": `bcrypt_sha256$$2x$04$${BCRYPT}`,
  "a bcrypt hash cut off": `bcrypt_sha256$$2b$04$${BCRYPT.slice(1)}`,
  "a line feed at the end": `bcrypt_sha256$$2b$04$${BCRYPT}\n`,
};

async function withCrypto(check: (crypto: Crypto) => Promise<void>): Promise<void> {
  const crypto = nativeCrypto();
  try {
    await check(crypto);
  } finally {
    await crypto.close();
  }
}

Deno.test("verifyPassword() says yes to everything Django's own hashers wrote", async () => {
  await withCrypto(async (crypto) => {
    for (const { name, password, encoded } of vectors) {
      ok(isKnownFormat(encoded), name);
      ok(await verifyPassword(crypto, encoded, password), name);
    }
  });
});

Deno.test("verifyPassword() says no to a password that differs by its last character", async () => {
  await withCrypto(async (crypto) => {
    for (const { name, password, encoded } of vectors.filter(({ name }) => !name.includes("own cost"))) {
      ok(!await verifyPassword(crypto, encoded, password + "!"), name);
      if (password !== "") ok(!await verifyPassword(crypto, encoded, password.slice(0, -1)), name);
    }
  });
});

Deno.test("verifyPassword() takes a composed and a decomposed letter for two, as Django does", async () => {
  await withCrypto(async (crypto) => {
    const composed = vectors.find(({ name }) => name === "scrypt, e acute composed");
    ok(composed && !await verifyPassword(crypto, composed.encoded, "cafe\u0301"));
  });
});

Deno.test("verifyPassword() says no, without computing and without throwing, to what is no hash", async () => {
  const refuse = () => Promise.reject(new Error("computed"));
  const crypto = { ...nativeCrypto(), scrypt: refuse, pbkdf2: refuse, argon2: refuse, bcrypt: refuse };

  for (const [name, encoded] of Object.entries(REFUSED)) {
    equal(isKnownFormat(encoded), false, name);
    for (const password of ["", "secret", encoded]) {
      equal(await verifyPassword(crypto, encoded, password), false, name);
    }
  }
});

Deno.test("verifyPassword() says no to a hash with one character changed anywhere", async () => {
  await withCrypto(async (crypto) => {
    for (const kind of ["pbkdf2_sha256", "pbkdf2_sha1", "scrypt", "argon2", "bcrypt_sha256"]) {
      const original = vectors.find(({ name }) => name === `${kind}, plain ASCII`);
      ok(original);
      const { encoded, password } = original;
      for (let at = 0; at < encoded.length; at += 3) {
        const changed = encoded.slice(0, at) + (encoded[at] === "1" ? "2" : "1") + encoded.slice(at + 1);
        ok(!await verifyPassword(crypto, changed, password), changed);
      }
    }
  });
});

Deno.test("hashPassword() writes Django's scrypt format, within the 128 characters of Django's column", async () => {
  await withCrypto(async (crypto) => {
    const encoded = await hashPassword(crypto, "pässwörd ");

    match(encoded, /^scrypt\$32768\$[A-Za-z0-9]{22}\$8\$1\$[A-Za-z0-9+/]{86}==$/);
    equal(encoded.length, 128);
    ok(isOwnFormat(encoded));
    ok(await verifyPassword(crypto, encoded, "pässwörd "));
    ok(!await verifyPassword(crypto, encoded, "pässwörd"));
    notEqual(await hashPassword(crypto, "pässwörd "), encoded);
  });
});

Deno.test("isOwnFormat() asks for exactly our cost", () => {
  const ours = vectors.filter(({ encoded }) => isOwnFormat(encoded)).map(({ name }) => name);
  equal(ours.join(), "scrypt, Portico's cost");

  ok(isOwnFormat(`scrypt$32768$salt$8$1$${SCRYPT_HASH}`));
  ok(!isOwnFormat(`scrypt$32768$8$1$5$${SCRYPT_HASH}`), "a salt that reads like a cost");
  ok(!isOwnFormat("scrypt$32768$salt$8$1$broken"));
});

Deno.test("isUsablePassword() is false for nothing and for Django's mark", () => {
  equal(isUsablePassword(null), false);
  equal(isUsablePassword(""), false);
  equal(isUsablePassword("!" + "a".repeat(40)), false);
  equal(isUsablePassword("pbkdf2_sha256$1$a$b"), true);
});
