import { equal, ok } from "node:assert/strict";
import { foldCase } from "../../src/values/fold_case.ts";

Deno.test("foldCase() takes names that look alike for equal", () => {
  equal(foldCase("ADA@Example.ORG"), "ada@example.org");
  equal(foldCase("E\u0301le\u0300ve"), foldCase("éLÈVE"));
  equal(foldCase("ｆｕｌｌ"), "full");
});

Deno.test("foldCase() takes no time for a name made of a million combining marks", () => {
  const started = performance.now();
  foldCase(`a${"\u0301\u0323".repeat(500_000)}`);
  foldCase(`a${"\u0301\u0323".repeat(511)}`);
  ok(performance.now() - started < 200);
});
