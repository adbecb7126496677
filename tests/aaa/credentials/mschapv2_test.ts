import { equal } from "node:assert/strict";
import fc from "fast-check";
import { desEncrypt } from "../../../src/aaa/credentials/des.ts";
import { challengeHash, ntResponse } from "../../../src/aaa/credentials/mschapv2.ts";
import { ntHash, parseNtHash } from "../../../src/aaa/credentials/nt_hash.ts";
import { portableCrypto } from "../../../src/runtime/portable_crypto.ts";
import { checkProperty } from "../../support/check_property.ts";

const hex = (text: string) => Uint8Array.fromHex(text);
const AUTHENTICATOR = hex("5B5D7C7D7B3F2F3E3C2C602132262628");
const PEER = hex("21402324255E262A28295F2B3A337C7E");

Deno.test("MS-CHAPv2 gives the octets of RFC 2759 section 9.2", () => {
  equal(challengeHash(portableCrypto, PEER, AUTHENTICATOR, "User").toHex(), "d02e4386bce91226");
  const hash = ntHash(portableCrypto, "clientPass");
  equal(hash.toHex(), "44ebba8d5312b8d611474411f56989ae");
  const response = "82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df";
  equal(ntResponse(portableCrypto, AUTHENTICATOR, PEER, "User", hash).toHex(), response);
  equal(ntResponse(portableCrypto, AUTHENTICATOR, PEER, "BIGCO\\User", hash).toHex(), response);
});

Deno.test("desEncrypt() gives the standard's worked block, and that of an all-zero key", () => {
  equal(desEncrypt(hex("133457799BBCDFF1"), hex("0123456789ABCDEF")).toHex(), "85e813540f0ab405");
  equal(desEncrypt(hex("0000000000000000"), hex("0000000000000000")).toHex(), "8ca64de9c1b123a7");
});

Deno.test("desEncrypt() gives the answers of NIST's substitution table test (SP 800-17, table A.4)", () => {
  const answers = [
    ["7ca110454a1a6e57", "01a1d6d039776742", "690f5b0d9a26939b"],
    ["0131d9619dc1376e", "5cd54ca83def57da", "7a389d10354bd271"],
    ["07a1133e4a0b2686", "0248d43806f67172", "868ebb51cab4599a"],
    ["3849674c2602319e", "51454b582ddf440a", "7178876e01f19b2a"],
    ["04b915ba43feb5b6", "42fd443059577fa2", "af37fb421f8c4095"],
  ] as const;
  for (const [key, block, encrypted] of answers) equal(desEncrypt(hex(key), hex(block)).toHex(), encrypted);
});

Deno.test("desEncrypt() of all bits turned round is all bits turned round, and parity means nothing", async () => {
  const octet = fc.uint8Array({ minLength: 8, maxLength: 8 });
  const property = fc.asyncProperty(octet, octet, (key, block) => {
    const turned = (octets: Uint8Array) => octets.map((each) => ~each);
    const encrypted = desEncrypt(key, block);
    equal(desEncrypt(turned(key), turned(block)).toHex(), turned(encrypted).toHex());
    equal(desEncrypt(key.map((each) => each ^ 1), block).toHex(), encrypted.toHex());
    return Promise.resolve();
  });
  await checkProperty(property, 50);
});

Deno.test("ntHash() takes a password as UTF-16, outside the first plane too", () => {
  equal(ntHash(portableCrypto, "").toHex(), "31d6cfe0d16ae931b73c59d7e0c089c0");
  equal(ntHash(portableCrypto, "ü😀").toHex(), portableCrypto.md4(hex("fc003dd800de")).toHex());
});

Deno.test("parseNtHash() reads what FreeRADIUS takes for an NT-Password", () => {
  const hash = "0cb6948805f797bf2a82807973b89537";
  for (const text of [hash, hash.toUpperCase(), `0x${hash}`, ` ${hash} `]) {
    equal(parseNtHash(text)?.toHex(), hash);
  }
  for (const text of ["", "secret", hash.slice(1), `${hash}0`, `${hash.slice(1)}g`]) {
    equal(parseNtHash(text), null);
  }
});
