import { equal, ok, rejects } from "node:assert/strict";
import { verifyPassword } from "../../src/aaa/credentials/password_hash.ts";
import { workersCrypto } from "../../src/runtime/crypto_workers.ts";
import vectors from "../fixtures/passwords.json" with { type: "json" };
import { checkCrypto } from "./crypto_contract.ts";

/** Refuses what hosted Workers refuse, in their words; the local ones do not. */
function hostedSubtle(): SubtleCrypto {
  return new Proxy(crypto.subtle, {
    get(subtle, name) {
      if (name !== "deriveBits") return Reflect.get(subtle, name, subtle).bind(subtle);
      return (algorithm: Pbkdf2Params, key: CryptoKey, length: number) => {
        if (algorithm.iterations <= 100_000) return subtle.deriveBits(algorithm, key, length);
        const message = `Pbkdf2 failed: iteration counts above 100000 are not supported`;
        return Promise.reject(new DOMException(message, "NotSupportedError"));
      };
    },
  });
}

Deno.test("the Workers' cryptography keeps to the standards", async (t) => {
  await checkCrypto(t, workersCrypto(hostedSubtle()));
});

Deno.test("the Workers' cryptography takes what Django wrote, above their cap on PBKDF2 too", async () => {
  const subtle = hostedSubtle();
  const salt = new Uint8Array(8);
  const key = await subtle.importKey("raw", salt, "PBKDF2", false, ["deriveBits"]);
  await rejects(subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: 100_001 }, key, 256));

  const crypto = workersCrypto(subtle);
  const tooSlow = /870000|(pbkdf2_sha256|argon2), Django 4.2/;
  for (const { name, password, encoded } of vectors.filter(({ name }) => !tooSlow.test(name))) {
    ok(await verifyPassword(crypto, encoded, password), name);
    if (encoded.length < 130 && !/own cost|\d rounds/.test(name)) {
      equal(await verifyPassword(crypto, encoded, password + "!"), false, name);
    }
  }
});
