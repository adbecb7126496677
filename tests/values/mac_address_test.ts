import { equal, ok } from "node:assert/strict";
import { isMacAddress, macKey } from "../../src/values/mac_address.ts";

Deno.test("a MAC address is recognized in the spellings of all vendors", () => {
  const spellings = [
    "5c:7d:c1:72:a7:3b",
    "5C-7D-C1-72-A7-3B",
    "5c7d.c172.a73b",
    "5C7DC172A73B",
    "5c7dc1-72a73b",
  ];
  for (const text of spellings) equal(macKey(text), "5c7dc172a73b", text);
  for (const text of ["", "5c:7d:c1:72:a7", "5c:7d:c1:72:a7:3b:00", "5g:7d:c1:72:a7:3b", "ada", "::::"]) {
    equal(macKey(text), null, text);
  }
});

Deno.test("a user name is a MAC address only as a whole, with separators", () => {
  ok(isMacAddress("5c:7d:c1:72:a7:3b") && isMacAddress("5C-7D-C1-72-A7-3B"));
  for (
    const text of ["5c:7d:c1:72:a7:3b@realm", "x5c:7d:c1:72:a7:3b", "5c7dc172a73b", "5c:7d:c1:72:a7:3b\n"]
  ) {
    ok(!isMacAddress(text), text);
  }
});
