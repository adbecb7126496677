import { equal } from "node:assert/strict";
import fc from "fast-check";
import { percentDecode, percentEncode } from "../../../src/http/coova/percent_encoding.ts";
import { checkProperty } from "../../support/check_property.ts";

Deno.test("percentEncode() leaves bare what CoovaChilli leaves bare, in lower-case hex otherwise", () => {
  equal(
    percentEncode("http://www.example.org/some/path?a=b&c=d"),
    "http%3a%2f%2fwww.example.org%2fsome%2fpath%3fa%3db%26c%3dd",
  );
  equal(percentEncode("AZaz09-_.!~*"), "AZaz09-_.!~*");
  equal(percentEncode("Sorry, (it's) +é\0"), "Sorry%2c%20%28it%27s%29%20%2b%c3%a9%00");
});

Deno.test("percentDecode() keeps a plus and what is no octet, and says U+FFFD for what is no UTF-8", () => {
  equal(percentDecode("a+b%2Bc%2bd"), "a+b+c+d");
  equal(percentDecode("100%"), "100%");
  equal(percentDecode("%4%zz%41%"), "%4%zzA%");
  equal(percentDecode("j%C3%BCrgen ü"), "jürgen ü");
  equal(percentDecode("%ff%00"), "\ufffd\0");
  equal(percentDecode("%EF%BB%BFx"), "\ufeffx");
});

Deno.test("what was encoded is decoded to the same text", async () => {
  await checkProperty(
    fc.asyncProperty(
      fc.string({ unit: "grapheme" }),
      (text) => Promise.resolve(equal(percentDecode(percentEncode(text)), text)),
    ),
    300,
  );
});
