import { deepEqual, equal, ok } from "node:assert/strict";
import { type CsvRow, csvRows, decodeCsv } from "../../../src/aaa/identity/batch_csv.ts";

const TEXT = "zoë,cleartext$пароль,zoe@example.org,Zoë,Łęcka\r\nyusuf,,yusuf@example.org,,\n";
const MARK = "\uFEFF";

Deno.test("decodeCsv() reads UTF-8 and UTF-16 in both orders, with and without a mark", () => {
  const encodings: Record<string, Uint8Array> = {
    utf8: new TextEncoder().encode(TEXT),
    utf8WithMark: new TextEncoder().encode(MARK + TEXT),
    little: utf16(TEXT, true),
    littleWithMark: utf16(MARK + TEXT, true),
    big: utf16(TEXT, false),
    bigWithMark: utf16(MARK + TEXT, false),
  };
  for (const [name, octets] of Object.entries(encodings)) equal(decodeCsv(octets), TEXT, name);
});

Deno.test("decodeCsv() takes a text of a script without Latin letters for what it is", () => {
  const text = "нина,cleartext$очень длинный пароль,нина@пример.рф,Нина,Хачатурян\n".repeat(20);
  for (const little of [true, false]) equal(decodeCsv(utf16(text, little)), text);
});

Deno.test("decodeCsv() removes NUL characters, also from a file that is padded with them", () => {
  const encoder = new TextEncoder();
  equal(decodeCsv(encoder.encode("a\0da,,a@example.org,,\n")), "ada,,a@example.org,,\n");
  equal(decodeCsv(encoder.encode("ada,,a@example.org,,\n" + "\0".repeat(100))), "ada,,a@example.org,,\n");
  equal(decodeCsv(new Uint8Array(10)), "");
});

Deno.test("decodeCsv() gives up on other encodings and on half characters", () => {
  const latin1 = Uint8Array.of(...[..."zoë,,z@example.org,,"].map((letter) => letter.charCodeAt(0)));
  equal(decodeCsv(latin1), null);
  equal(decodeCsv(utf16(MARK + "zo\uD800,,z@example.org,,", true)), null);
  equal(decodeCsv(Uint8Array.of(0xff, 0xfe, 0x41)), null);
});

Deno.test("csvRows() reads quoted commas, line ends and quotation marks", async () => {
  deepEqual(await rowsOf('a,"b,c","d ""e""\r\nf",g,\n'), [{
    row: 1,
    cells: ["a", "b,c", 'd "e"\r\nf', "g", ""],
  }]);
  deepEqual(await rowsOf(',"",a"b, "c" ,'), [{ row: 1, cells: ["", "", 'a"b', ' "c" ', ""] }]);
});

Deno.test("csvRows() takes any line end, and counts empty rows without showing them", async () => {
  const rows = await rowsOf("a\n\nb\r\n\r\nc\rd\n,,,,\n \ne");
  deepEqual(rows, [
    { row: 1, cells: ["a"] },
    { row: 3, cells: ["b"] },
    { row: 5, cells: ["c"] },
    { row: 6, cells: ["d"] },
    { row: 9, cells: ["e"] },
  ]);
});

Deno.test("csvRows() says which row has a quotation mark out of place, and goes on", async () => {
  const [broken, next, ...more] = await rowsOf('"a"b,c\nd\n');
  ok(broken && "broken" in broken && broken.row === 1);
  deepEqual(next, { row: 2, cells: ["d"] });
  equal(more.length, 0);
});

Deno.test("csvRows() ends where a quotation mark is never closed or a row has a million columns", async () => {
  for (const hostile of ['"' + "a,b\n".repeat(100_000), ",".repeat(1_000_000), '"'.repeat(999_999)]) {
    const rows = await rowsOf(`a\n${hostile}`);
    deepEqual(rows[0], { row: 1, cells: ["a"] });
    ok(rows[1] && "broken" in rows[1] && rows[1].row === 2);
    equal(rows.length, 2);
  }
});

async function rowsOf(text: string): Promise<CsvRow[]> {
  return await Array.fromAsync(csvRows(text));
}

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const octets = new DataView(new ArrayBuffer(text.length * 2));
  for (let at = 0; at < text.length; at++) octets.setUint16(at * 2, text.charCodeAt(at), littleEndian);
  return new Uint8Array(octets.buffer);
}
