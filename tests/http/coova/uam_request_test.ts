import { deepEqual, equal } from "node:assert/strict";
import { readQuery, readTarget } from "../../../src/http/coova/uam_request.ts";

Deno.test("a query's values are percent-decoded; a plus is a plus, the first of a name counts, names are as sent", () => {
  deepEqual(
    [...readQuery("x=1&username=a+b&username=nobody&Username=%41&empty=&bare&0.123&=none&a;b=%26")],
    [["x", "1"], ["username", "a+b"], ["Username", "A"], ["empty", ""], ["a;b", "&"]],
  );
  deepEqual([...readQuery(null)], []);
});

Deno.test("a whole address as the target says the host, and the header does not", () => {
  deepEqual(readTarget({ target: "http://www.example.org/px?q=1", host: "10.1.0.1:3990" }), {
    host: "www.example.org",
    path: "/px",
    query: "q=1",
    isWhole: true,
  });
  equal(readTarget({ target: "http://www.example.org", host: "" })?.path, "/");
  equal(readTarget({ target: "http://www.example.org?q", host: "" })?.query, "q");
});

Deno.test("a path is cut after 255 octets and a query after 2047, and they are whole no more", () => {
  const long = readTarget({ target: `/${"p".repeat(300)}?${"q".repeat(3000)}`, host: "a" });
  deepEqual([long?.path.length, long?.query?.length, long?.isWhole], [255, 2047, false]);
});

Deno.test("what is no path and no address of the web is not understood, and neither is an overlong host", () => {
  for (const target of ["*", "example.org:443", "ftp://example.org/", "", "status"]) {
    equal(readTarget({ target, host: "a" }), null, target);
  }
  equal(readTarget({ target: "/", host: "h".repeat(256) }), null);
});
