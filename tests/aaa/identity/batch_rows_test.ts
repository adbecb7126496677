import { deepEqual, equal, match, ok } from "node:assert/strict";
import { type FileReading, readBatchFile } from "../../../src/aaa/identity/batch_rows.ts";

const HASH = "pbkdf2_sha256$1$salt$ON9CizCTCOSMNofn+QvaDpzyU1aMIex1Sg4HarSrZCM=";

Deno.test("readBatchFile() reads names, addresses and the three kinds of passwords", async () => {
  const reading = await read(
    "rohith,cleartext$ pass word ,rohith@example.org,Rohith,Kumar",
    `ravi,${HASH},ravi@example.org,,`,
    " Zoë , ,zoe@example.org, Zoë ,",
  );
  ok(reading.kind === "users");
  deepEqual(reading.users.map(({ username, password }) => ({ username, password })), [
    { username: "rohith", password: { kind: "clear", text: " pass word " } },
    { username: "ravi", password: { kind: "hash", encoded: HASH } },
    { username: "Zoë", password: { kind: "random" } },
  ]);
  equal(reading.users[2]?.firstName, "Zoë");
});

Deno.test("readBatchFile() names a user after the address when there is no user name", async () => {
  const reading = await read(",,rohith@example.org,,", ",,o'brien@example.org,,");
  ok(reading.kind === "users");
  deepEqual(reading.users.map(({ username }) => username), ["rohith", "obrien"]);
});

Deno.test("readBatchFile() takes a repeated address, in any letter case, for the same user", async () => {
  const reading = await read("ada,,ada@example.org,Ada,", "other,cleartext$x,ADA@example.org,Other,");
  ok(reading.kind === "users");
  deepEqual(reading.users.map(({ username, firstName }) => [username, firstName]), [["ada", "Ada"]]);
});

Deno.test("readBatchFile() says what is wrong with which row, addresses and columns under their own key", async () => {
  const { __all__, csvfile } = await errorsOf(
    "ada,,ada@example.org,Ada,Lovelace",
    "ada,,ada@example.org",
    "bob,,bob at example.org,,",
    "no blanks,,c@example.org,,",
    "dora,secret,dora@example.org,,",
    "emil,cleartext$,emil@example.org,,",
    `${"x".repeat(151)},,f@example.org,,`,
    `greta,,g@example.org,${"x".repeat(151)},`,
    'hans,,"h"h@example.org,,',
    `ida,${HASH.replace("$1$", "$999999999$")},i@example.org,,`,
    'jan,,j@example.org,"new\nline",',
  );
  deepEqual(__all__.map(rowOf), [2, 3]);
  deepEqual(csvfile.map(rowOf), [4, 5, 6, 7, 8, 9, 10, 11]);
  match(__all__[0] ?? "", /5 columns expected, 3 found/);
});

Deno.test("readBatchFile() says no more than twenty things", async () => {
  const { __all__ } = await errorsOf(...Array<string>(500).fill("a,b"));
  equal(__all__.length, 20);
});

Deno.test("readBatchFile() refuses addresses that are none", async () => {
  for (
    const address of [
      "",
      "a",
      "a@b",
      "@example.org",
      "a@.org",
      "a@example.",
      "a@b@example.org",
      "a b@example.org",
      "a@exa mple.org",
      "a\u0007@example.org",
      `${"x".repeat(243)}@example.org`,
      '"a,b"@example.org',
    ]
  ) {
    const reading = await read(`ada,,${address},,`);
    equal(reading.kind, "refused", JSON.stringify(address));
  }
});

Deno.test("readBatchFile() refuses files of too many users, of nobody, and of other encodings", async () => {
  const many = Array.from({ length: 51 }, (_, at) => `,,u${at}@example.org,,`);
  match((await errorsOf(...many)).csvfile[0] ?? "", /50/);
  equal((await read(...many.slice(1))).kind, "users");
  for (const nobody of ["", "\n\r\n", ",,,,\n"]) equal((await errorsOf(nobody)).csvfile.length, 1);
  const latin1 = await readBatchFile(Uint8Array.of(0x7a, 0xeb, 0x2c), 50, pause);
  ok(latin1.kind === "refused");
  equal(latin1.errors.__all__.length, 1);
});

Deno.test("readBatchFile() pauses now and then", async () => {
  let pauses = 0;
  const rows = Array.from({ length: 1000 }, (_, at) => `,,u${at}@example.org,,`);
  await readBatchFile(new TextEncoder().encode(rows.join("\n")), 1000, () => {
    pauses++;
    return pause();
  });
  ok(pauses >= 10);
});

async function read(...rows: string[]): Promise<FileReading> {
  return await readBatchFile(new TextEncoder().encode(rows.join("\r\n")), 50, pause);
}

async function errorsOf(...rows: string[]) {
  const reading = await read(...rows);
  ok(reading.kind === "refused");
  return reading.errors;
}

function rowOf(text: string): number {
  return Number(/^row (\d+): /.exec(text)?.[1]);
}

function pause(): Promise<void> {
  return Promise.resolve();
}
