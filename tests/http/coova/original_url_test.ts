import { equal } from "node:assert/strict";
import { caughtUrl, checkedUrl, locationOf, sentUrl } from "../../../src/http/coova/original_url.ts";

Deno.test("an original URL is kept as it is when it is one of the web", () => {
  for (
    const url of ["http://www.example.org/a b", "https://example.org", "HTTP://[2001:db8::1]:8080/?x=<\"'>"]
  ) {
    equal(checkedUrl(url), url);
  }
});

Deno.test("an original URL is dropped when it leads elsewhere, pretends, or cannot be sent", () => {
  for (
    const url of [
      "javascript:alert(1)",
      "data:text/html,x",
      "//evil.example/",
      "/relative",
      "http:evil.example",
      "http:///evil.example/",
      "http://bank.example@evil.example/",
      "http://user:secret@example.org/",
      "http://evil.example\\@bank.example/",
      "http://example.org/\r\nSet-Cookie: a=b",
      "http://example.org/\0",
      "http://example.org/\u2028",
      "http://exa mple.org/",
      `http://example.org/${"a".repeat(2047)}`,
      "",
    ]
  ) equal(checkedUrl(url), null, url);
});

Deno.test("userurl is decoded once more than other parameters", () => {
  equal(sentUrl("http%3A%2F%2Fwww.example.org%2Fa%20b"), "http://www.example.org/a b");
  equal(sentUrl("http://www.example.org/"), "http://www.example.org/");
  equal(sentUrl("javascript%3aalert(1)"), null);
  equal(sentUrl(undefined), null);
});

Deno.test("what a station was caught at is put together again, unless something of it was cut", () => {
  const target = { host: "www.example.org", path: "/some/path", query: "a=b", isWhole: true };
  equal(caughtUrl(target), "http://www.example.org/some/path?a=b");
  equal(caughtUrl({ ...target, query: null }), "http://www.example.org/some/path");
  equal(caughtUrl({ ...target, query: "" }), "http://www.example.org/some/path?");
  equal(caughtUrl({ ...target, isWhole: false }), null);
  equal(caughtUrl({ ...target, host: "" }), null);
  equal(caughtUrl({ ...target, host: 'a"onload=' }), null);
});

Deno.test("a header gets an address in printable ASCII", () => {
  equal(locationOf("http://example.org/größe a"), "http://example.org/gr%c3%b6%c3%9fe%20a");
  equal(locationOf("javascript:alert(1)"), null);
});
