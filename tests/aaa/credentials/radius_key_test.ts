import { equal, match, ok } from "node:assert/strict";
import { newApiNonce, newOrganizationToken, newRadiusKey } from "../../../src/aaa/credentials/radius_key.ts";
import { randomAlphanumeric } from "../../../src/aaa/credentials/random_text.ts";
import { nativeCrypto } from "../../../src/runtime/crypto.ts";

const crypto = nativeCrypto();

Deno.test("keys, tokens and nonces have their length, letters and digits only, and never repeat", () => {
  for (const [make, length] of [[newRadiusKey, 40], [newOrganizationToken, 32], [newApiNonce, 22]] as const) {
    const made = Array.from({ length: 1000 }, () => make(crypto));
    for (const key of made) {
      match(key, /^[A-Za-z0-9]+$/);
      equal(key.length, length);
    }
    equal(new Set(made).size, made.length);
  }
});

Deno.test("every letter and digit of a key is as likely as any other", () => {
  const counts = new Map<string, number>();
  const drawn = 620_000;
  for (const character of randomAlphanumeric(crypto, drawn)) {
    counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  equal(counts.size, 62);
  // Ten thousand each, with a standard deviation of 99; a modulo without rejection favours eight by 25 %.
  for (const [character, count] of counts) ok(Math.abs(count - 10_000) < 700, `${character}: ${count}`);
});

Deno.test("octets that would favour some letters are drawn again", () => {
  const drawn = [new Uint8Array([248, 255, 0]), new Uint8Array([61, 62]), new Uint8Array([247])];
  const scripted = { ...crypto, randomBytes: () => drawn.shift() ?? new Uint8Array() };
  equal(randomAlphanumeric(scripted, 3), "A9A");
  equal(drawn.length, 1);
});
