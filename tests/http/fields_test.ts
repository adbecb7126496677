import { deepEqual, equal, ok } from "node:assert/strict";
import * as v from "valibot";
import { checkFields, optionalCount, optionalText, text } from "../../src/http/fields.ts";
import type { Text } from "../../src/http/problem.ts";

/** What a field comes to: its value, or the key of its message. */
function outcome(schema: v.GenericSchema, sent: unknown): unknown {
  const { fields, errors } = checkFields(v.object({ field: schema }), { field: sent });
  const [complaint] = errors.field ?? [];
  return complaint === undefined ? { is: fields.field } : keyOf(complaint);
}

function keyOf(complaint: Text): string {
  return typeof complaint === "string" ? complaint : complaint.key;
}

Deno.test("a text is measured in characters, without the white space around it", () => {
  const cases: readonly [sent: unknown, outcome: unknown][] = [
    ["abcd", { is: "abcd" }],
    [" abcd\t\n", { is: "abcd" }],
    ["abcde", "text_too_long"],
    ["😀😀😀😀", { is: "😀😀😀😀" }],
    ["😀😀😀😀😀", "text_too_long"],
    ["a b", { is: "a b" }],
    [" \u{FEFF}é😀 ", { is: "é😀" }],
    ["", "field_blank"],
    [" \u3000", "field_blank"],
    ["\0", "null_characters"],
    ["a\0b", "null_characters"],
    ["\ud800", "invalid_text"],
    ["abcde\udc00\0", "invalid_text"],
    [12, { is: "12" }],
    [-0, { is: "0" }],
    [12345, "text_too_long"],
    [2 ** 53, "invalid_text"],
    [1.5, "invalid_text"],
    [NaN, "invalid_text"],
    [1n, "invalid_text"],
    [null, "field_null"],
    [true, "invalid_text"],
    [["a"], "invalid_text"],
    [{}, "invalid_text"],
  ];
  for (const [sent, expected] of cases) deepEqual(outcome(text(4), sent), expected, String(sent));
});

Deno.test("a text may be allowed to be blank, null, or to keep its white space", () => {
  deepEqual(outcome(text(4, { blank: true }), ""), { is: "" });
  deepEqual(outcome(text(4, { blank: true }), "  "), { is: "" });
  deepEqual(outcome(text(4, { blank: true }), null), "field_null");
  deepEqual(outcome(optionalText(4), null), { is: null });
  deepEqual(outcome(optionalText(4), " "), { is: "" });
  deepEqual(outcome(optionalText(4), " abcde"), "text_too_long");
  deepEqual(outcome(text(4, { verbatim: true }), " ab "), { is: " ab " });
  deepEqual(outcome(text(4, { verbatim: true }), " abc "), "text_too_long");
  deepEqual(outcome(text(4, { verbatim: true }), " "), { is: " " });
});

Deno.test("a count has 64 bits, in whatever way it is written", () => {
  const cases: readonly [sent: unknown, outcome: unknown][] = [
    ["", { is: undefined }],
    [" ", { is: undefined }],
    ["0", { is: 0n }],
    [" 12 ", { is: 12n }],
    ["+5", { is: 5n }],
    ["-0", { is: 0n }],
    ["12.000", { is: 12n }],
    ["000000000000000000000000012", { is: 12n }],
    ["999999999999999999", { is: 999_999_999_999_999_999n }],
    ["9223372036854775807", { is: 9_223_372_036_854_775_807n }],
    ["9223372036854775808", "integer_too_large"],
    [9_223_372_036_854_775_808n, "integer_too_large"],
    ["-1", "integer_too_small"],
    [-1, "integer_too_small"],
    [7, { is: 7n }],
    [1.5, "invalid_integer"],
    [Infinity, "invalid_integer"],
    ["1e3", "invalid_integer"],
    ["0x10", "invalid_integer"],
    ["٣", "invalid_integer"],
    ["9".repeat(400), "integer_too_large"],
    ["9".repeat(401), "invalid_integer"],
    [null, "field_null"],
    [false, "invalid_integer"],
    [[1], "invalid_integer"],
  ];
  for (const [sent, expected] of cases) deepEqual(outcome(optionalCount(), sent), expected, String(sent));
});

Deno.test("on Bun, what is kept of a text is not the megabyte of white space that it came with", async () => {
  const script = `
    import * as v from "valibot";
    import { parseFields, text } from "./src/http/fields.ts";
    const fields = v.object({ name: text(10) });
    const kept = [];
    for (let i = 0; i < 200; i++) {
      const body = JSON.parse(JSON.stringify({ name: " ".repeat(1_000_000) + "guest" + i }));
      kept.push(parseFields(fields, body).name);
    }
    Bun.gc(true);
    console.log(process.memoryUsage().heapUsed, kept.at(-1));
  `;
  const bun = new Deno.Command("./node_modules/@oven/bun-linux-x64/bin/bun", { args: ["-e", script] });
  const { stdout, stderr } = await bun.output();
  const [heap, last] = new TextDecoder().decode(stdout).trim().split(" ");
  equal(last, "guest199", new TextDecoder().decode(stderr));
  ok(Number(heap) < 50_000_000, `${heap} octets are kept`);
});
