import { equal, ok } from "node:assert/strict";
import { openFile } from "../../src/runtime/file_client.ts";

const ROUNDS = 720;

const insert = (name: string) => ({
  sql: "insert into fact values (?, ?)",
  args: [name, "x".repeat(3_000)],
});

Deno.test("a log that is written all the time is moved beside it, and does not grow for ever", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/test.db`;
  const client = openFile(path);
  try {
    await client.batch(["create table fact (name text primary key, filling text)"], "write");
    const logSize = async () => (await Deno.stat(`${path}-wal`)).size;
    let most = 0;
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all(
        Array.from({ length: 100 }, (_, i) => client.batch([insert(`${i * 7919 % 100} ${round}`)], "write")),
      );
      most = Math.max(most, await logSize());
    }
    const written = ROUNDS * 100 * 4_096;
    // SQLite itself would move a log of 48,000 pages, should the thread get no time on a busy machine.
    ok(most < 52_000 * 4_096, `the log had ${most} octets of at least ${written}`);
    ok((await Deno.stat(path)).size > written / 4, "nothing was moved into the file");
    equal((await client.execute("pragma quick_check")).rows[0]?.[0], "ok");
    equal((await client.execute("select count(*) from fact")).rows[0]?.[0], ROUNDS * 100);
  } finally {
    client.close();
    await Deno.remove(folder, { recursive: true });
  }
});
