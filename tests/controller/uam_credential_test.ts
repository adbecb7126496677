import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { chapResponse } from "../../src/aaa/credentials/chap.ts";
import { ntResponse } from "../../src/aaa/credentials/mschapv2.ts";
import { ntHash } from "../../src/aaa/credentials/nt_hash.ts";
import { uamCredential, uamKey } from "../../src/controller/uam_credential.ts";
import { portableCrypto } from "../../src/runtime/portable_crypto.ts";
import vectors from "../fixtures/coova/vectors.json" with { type: "json" };
import { checkProperty } from "../support/check_property.ts";

const CHALLENGE = "0123456789abcdef0123456789abcdef";
const SECRET = { uamsecret: "greatsecret", nochallenge: false };
const OPEN = { uamsecret: "", nochallenge: false };
const octets = (text: string) => new TextEncoder().encode(text);

function read(query: string, options = SECRET, challenge = CHALLENGE) {
  return uamCredential(portableCrypto, options, challenge, new URLSearchParams(query));
}

for (const vector of vectors.password) {
  const { challenge, uamsecret, username, password, key, note } = vector;
  const options = { uamsecret, nochallenge: false };

  Deno.test(`log-on values as captured are read: ${note}`, () => {
    equal(uamKey(portableCrypto, challenge, uamsecret).toHex(), key);
    deepEqual(read(`password=${vector.pap}`, options, challenge), { kind: "password", password });

    for (const [ident, expected] of [["", vector.chapIdent0], ["57", vector.chapIdent57]] as const) {
      if (!expected) continue;
      const chap = read(`response=${expected}${ident && `&ident=${ident}`}`, options, challenge);
      ok(chap?.kind === "chap");
      equal(chap.ident, Number(ident));
      equal(chap.challenge.toHex(), key);
      deepEqual(chap.response, chapResponse(portableCrypto, chap.ident, octets(password), chap.challenge));
    }
    if (!vector.ntresponse) return;
    const mschap = read(`ntresponse=${vector.ntresponse}`, options, challenge);
    ok(mschap?.kind === "mschapv2");
    deepEqual([mschap.challenge.toHex(), mschap.peerChallenge.toHex()], [key, key]);
    const hash = ntHash(portableCrypto, password);
    equal(hash.toHex(), vector.ntHash);
    const expected = ntResponse(portableCrypto, mschap.challenge, mschap.peerChallenge, username, hash);
    deepEqual(mschap.ntResponse, expected);
  });
}

Deno.test("the first present of ntresponse, response and password wins, whatever their order; an empty one is not there", () => {
  equal(read("password=00&response=00&ntresponse=00")?.kind, "mschapv2");
  equal(read("password=00&response=00")?.kind, "chap");
  equal(read("ntresponse=&response=&password=00")?.kind, "password");
  equal(read("response=zz&password=00"), null);
});

Deno.test("hex is read in either case, filled with zeros when short and cut when long", () => {
  const full = "a29b7e8eb946f74d970f46b8fe752a30";
  const response = (query: string) => {
    const credential = read(query);
    return credential?.kind === "chap" ? credential.response.toHex() : null;
  };
  equal(response(`response=${full.toUpperCase()}`), full);
  equal(response("response=414db154a4"), "414db154a4".padEnd(32, "0"));
  equal(response("response=414db154a41"), "414db154a4".padEnd(32, "0"));
  equal(response(`response=${full}ffff`), full);
  equal(response("response=nothex"), null);
  const credential = read(`ntresponse=${"ab".repeat(30)}`);
  equal(credential?.kind === "mschapv2" && credential.ntResponse.toHex(), "ab".repeat(24));
});

Deno.test("ident is a decimal octet, and 0 when it is none", () => {
  const ident = (text: string) => {
    const credential = read(`response=00&ident=${text}`);
    return credential?.kind === "chap" ? credential.ident : null;
  };
  deepEqual(["0", "57", "255", "256", "0a", "-1", ""].map(ident), [0, 57, 255, 0, 0, 0, 0]);
});

Deno.test("a password that was filled up with NULs is the one without", () => {
  const key = uamKey(portableCrypto, CHALLENGE, "greatsecret");
  const padded = octets("plainpass".padEnd(16, "\0")).map((octet, at) => octet ^ (key[at] ?? 0));
  deepEqual(read(`password=${padded.toHex()}`), { kind: "password", password: "plainpass" });
});

Deno.test("with nochallenge the password is clear text, hex or not", () => {
  const options = { uamsecret: "", nochallenge: true };
  for (const password of ["plainpass", "00ff", "größe +%"]) {
    const query = `password=${encodeURIComponent(password)}`;
    deepEqual(read(query, options, "0".repeat(32)), { kind: "password", password });
  }
});

Deno.test("parameters of old documents, and a password that is no hex, are not understood", () => {
  for (
    const query of ["", "chapchallenge=00&chappassword=00&chapid=0", "password=plainpass", "WISPrEAPMsg=AA=="]
  ) {
    equal(read(query), null);
  }
});

Deno.test("any password of up to 128 octets comes out as it was hidden", async () => {
  const password = fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }).filter((text) =>
    octets(text).length <= 128 && !text.endsWith("\0") && text.isWellFormed()
  );
  const challenge = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => bytes.toHex());
  const property = fc.asyncProperty(
    password,
    challenge,
    fc.constantFrom(SECRET, OPEN),
    (text, shown, options) => {
      const key = uamKey(portableCrypto, shown, options.uamsecret);
      const hidden = octets(text).map((octet, at) => octet ^ (key[at % 16] ?? 0));
      deepEqual(read(`password=${hidden.toHex()}`, options, shown), { kind: "password", password: text });
      return Promise.resolve();
    },
  );
  await checkProperty(property, 200);
});

Deno.test("what is not understood never throws", async () => {
  const name = fc.constantFrom("ntresponse", "response", "ident", "password", "username");
  const property = fc.asyncProperty(fc.array(fc.tuple(name, fc.string({ unit: "binary" }))), (pairs) => {
    const credential = uamCredential(portableCrypto, SECRET, CHALLENGE, new Map(pairs));
    ok(credential === null || credential.kind);
    return Promise.resolve();
  });
  await checkProperty(property, 300);
});
