import type { SeededRandom } from "./seeded_random.ts";

type Make = (random: SeededRandom) => string;

const WRONG_VALUES: readonly [Make, ...Make[]] = [
  () => "null",
  () => "true",
  () => "[]",
  () => "{}",
  () => '[["a"]]',
  () => '{"toString":1,"valueOf":2,"toJSON":3,"length":4}',
  () => '{"value":"x","op":"+="}',
  (random) => random.pick(["1e400", "-1e400", "1e308", "-1e308", "1.5", "-0", "1e-5", "0.1e1"]),
  (random) =>
    `${random.pick(["", "-"])}1${"0".repeat(random.pick([9, 15, 18, 19, 20, 100, 399, 400, 401, 5000]))}`,
  () => "9223372036854775807",
  () => "9223372036854775808",
  () => '"-1"',
  () => '"9223372036854775808"',
  () => '"1e5"',
  () => '"0x10"',
  () => '" 12 "',
  () => '"+5"',
  () => '"5.0"',
  () => '"٣"',
  () => '""',
  () => '"   "',
  () => '"\\ud800"',
  () => '"a\\udc00b"',
  () => '"\\ud83d\\ude00"',
  () => '"\\u0000"',
  () => '"a\\u0000b"',
  () => '"\\u202e\\u0007\\u001b[31m"',
  () => '"%s%n${7*7}{{7*7}}"',
  () => `"' or 1=1; drop table radacct; --"`,
  () => '"__proto__"',
  (random) => `"${"x".repeat(random.pick([64, 65, 150, 151, 253, 254, 255, 256, 4096, 65536]))}"`,
  (random) => `"${"é".repeat(random.pick([32, 33, 253, 254]))}"`,
  (random) => `"${"\\ud83d\\ude00".repeat(random.pick([32, 33, 127, 254]))}"`,
  (random) => JSON.stringify(random.word(random.between(1, 40))),
  (random) => String(random.between(-5, 5_000_000)),
];

/** A JSON value that few fields expect. */
export function wrongValue(random: SeededRandom): string {
  return random.pick(WRONG_VALUES)(random);
}

const BROKEN: readonly [Make, ...Make[]] = [
  () => "",
  () => " ",
  () => "{",
  () => '{"a"',
  () => '{"a":1,}',
  () => "{'a':1}",
  () => '{"a":1}{"b":2}',
  () => '{"a":NaN}',
  () => '{"a":Infinity}',
  () => '{"a":01}',
  () => '{"a":+1}',
  () => '{"a":"\n"}',
  () => '{"a":"\\x41"}',
  () => '{"a":"\\ud8"}',
  () => "//",
  () => "\u0000",
  () => "null",
  () => "true",
  () => "3",
  () => '"text"',
  () => "[]",
  () => '[{"username":"a"}]',
  () => "1e400",
  (random) => "[".repeat(random.pick([64, 65, 1000, 100_000])),
  (random) => nested(random, "[", "]"),
  (random) => nested(random, '{"a":', "}"),
  (random) => `{"username":${nested(random, "[", "]")}}`,
  (random) => `{"username":${nested(random, '{"username":', "}")}}`,
  // Long digits take another way through the reader.
  (random) => `{"session_time":12345678901234567890,"a":${nested(random, "[", "]")}}`,
  (random) => `{${Array.from({ length: 2000 }, (_, i) => `"${random.word(5)}${i}":${i}`).join()}}`,
  () => `[${"0,".repeat(100_000)}0]`,
  () => `{"a":[${"[],".repeat(100_000)}[]]}`,
  (random) => `{"${"k".repeat(random.pick([1, 1000, 100_000]))}":1}`,
  () => '{"__proto__":{"username":"a"},"constructor":1,"toString":2}',
  () => '{"username":"a","username":["b"]}',
  () => '{"\\ud800":"a"}',
  () => "\ufeff{}",
];

/** A body that is no object a client would send, or no JSON at all. */
export function brokenJson(random: SeededRandom): string {
  return random.pick(BROKEN)(random);
}

function nested(random: SeededRandom, open: string, close: string): string {
  const depth = random.pick([60, 63, 64, 65, 500, 5_000, 50_000]);
  return `${open.repeat(depth)}${open.endsWith(":") ? "1" : ""}${close.repeat(depth)}`;
}
