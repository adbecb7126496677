import { deepEqual, equal, notDeepEqual, ok, throws } from "node:assert/strict";
import type { Crypto } from "../../src/aaa/credentials/crypto.ts";

const text = (words: string) => new TextEncoder().encode(words);
const hex = (octets: Uint8Array) => octets.toHex();

/** What every runtime's cryptography must do alike. */
export async function checkCrypto(t: Deno.TestContext, crypto: Crypto): Promise<void> {
  await t.step("hmacSha256() is RFC 4231's, test case 2, and takes the message as UTF-8", () => {
    equal(
      hex(crypto.hmacSha256(text("Jefe"), "what do ya want for nothing?")),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    );
    equal(
      hex(crypto.hmacSha256(text("key"), "\u00e9")),
      "e5eb9b0a697f5df0e9c03ffdd759f4b6edb39204332904d5eb74735b54259255",
    );
  });

  await t.step("sha256() is FIPS 180-4's", () => {
    equal(
      hex(crypto.sha256(text("abc"))),
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  await t.step("sha1() is FIPS 180-4's", () => {
    equal(hex(crypto.sha1(text("abc"))), "a9993e364706816aba3e25717850c26c9cd0d89d");
  });

  await t.step("md5() is RFC 1321's, appendix A.5", () => {
    equal(hex(crypto.md5(text(""))), "d41d8cd98f00b204e9800998ecf8427e");
    equal(hex(crypto.md5(text("message digest"))), "f96b697d7cb7938d525a2f31aaf161d0");
  });

  await t.step("md4() is RFC 1320's, appendix A.5", () => {
    equal(hex(crypto.md4(text(""))), "31d6cfe0d16ae931b73c59d7e0c089c0");
    equal(hex(crypto.md4(text("message digest"))), "d9130a8164549fe818874806e1c7014b");
  });

  await t.step("randomBytes() gives as many as asked for, and others each time", () => {
    equal(crypto.randomBytes(0).length, 0);
    equal(crypto.randomBytes(1000).length, 1000);
    notDeepEqual(crypto.randomBytes(16), crypto.randomBytes(16));
  });

  await t.step("equal() compares content and length", () => {
    ok(crypto.equal(text("same"), text("same")));
    ok(crypto.equal(new Uint8Array(), new Uint8Array()));
    ok(!crypto.equal(text("same"), text("sane")));
    ok(!crypto.equal(text("same"), text("same ")));
  });

  await t.step("decrypt() gives back what encrypt() took, under the same key only", () => {
    const key = crypto.randomBytes(32);
    for (const words of ["", "secret", "pässwörd 日本語 \u0000 end", "x".repeat(100_000)]) {
      const box = crypto.encrypt(key, words);
      equal(box.length, 12 + text(words).length + 16);
      equal(crypto.decrypt(key, box), words);
      equal(crypto.decrypt(crypto.randomBytes(32), box), undefined);
    }
    notDeepEqual(crypto.encrypt(key, "secret"), crypto.encrypt(key, "secret"));
    throws(() => crypto.encrypt(crypto.randomBytes(31), "secret"));
  });

  await t.step("decrypt() reads AES-256-GCM's test case 14 (McGrew and Viega): nonce, text, tag", () => {
    const box = "00".repeat(12) + "cea7403d4d606b6e074ec5d3baf39d18" + "d0d1c8a799996bf0265b98b5d48ab919";
    equal(crypto.decrypt(new Uint8Array(32), Uint8Array.fromHex(box)), "\0".repeat(16));
  });

  await t.step("decrypt() is undefined for a box with any octet changed, cut off or added", () => {
    const key = crypto.randomBytes(32);
    const box = crypto.encrypt(key, "secret");
    for (let at = 0; at < box.length; at++) {
      const changed = box.slice();
      changed[at] = (box[at] ?? 0) ^ 1;
      equal(crypto.decrypt(key, changed), undefined);
      equal(crypto.decrypt(key, box.slice(0, at)), undefined);
    }
    equal(crypto.decrypt(key, new Uint8Array([...box, 0])), undefined);
  });

  await t.step("scrypt() is RFC 7914's, section 12, and has the memory our own cost takes", async () => {
    equal(
      hex(await crypto.scrypt(text("password"), text("NaCl"), { N: 1024, r: 8, p: 16, keyLength: 64 })),
      "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162" +
        "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640",
    );
    equal((await crypto.scrypt(text(""), text("s"), { N: 32_768, r: 8, p: 1, keyLength: 64 })).length, 64);
    equal((await crypto.scrypt(text("p"), text("s"), { N: 131_072, r: 8, p: 1, keyLength: 64 })).length, 64);
  });

  await t.step("pbkdf2() is RFC 6070's and RFC 7914's, section 11", async () => {
    equal(
      hex(await crypto.pbkdf2("SHA-1", text("password"), text("salt"), 4096, 20)),
      "4b007901b765489abead49d926f721d065a429c1",
    );
    equal(
      hex(await crypto.pbkdf2("SHA-256", text("Password"), text("NaCl"), 80_000, 64)),
      "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56" +
        "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d",
    );
  });

  await t.step("what is given back is a plain array, not a view of shared memory", async () => {
    const cost = { N: 2, r: 1, p: 1, keyLength: 16 };
    const given = [
      crypto.sha256(text("a")),
      crypto.randomBytes(8),
      await crypto.scrypt(text("a"), text("b"), cost),
    ];
    for (const octets of given) {
      equal(Object.getPrototypeOf(octets), Uint8Array.prototype);
      equal(octets.buffer.byteLength, octets.length);
    }
    deepEqual(crypto.sha256(text("a")), crypto.sha256(text("a")));
  });
}
