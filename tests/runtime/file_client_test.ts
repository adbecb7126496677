import { deepEqual, equal, rejects } from "node:assert/strict";
import { setImmediate } from "node:timers";
import type { Client } from "@libsql/client";
import { openFile } from "../../src/runtime/file_client.ts";

async function withFile(use: (client: Client, path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/test.db`;
  const client = openFile(path);
  try {
    await client.batch(["create table fact (name text primary key, times integer not null)"], "write");
    await use(client, path);
  } finally {
    client.close();
    await Deno.remove(folder, { recursive: true });
  }
}

const insert = (name: string, times = 1) => ({ sql: "insert into fact values (?, ?)", args: [name, times] });
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function names(client: Client): Promise<unknown[]> {
  return (await client.execute("select name from fact order by name")).rows.map((row) => row[0]);
}

Deno.test("of batches that are committed together each stands or falls by itself", async () => {
  await withFile(async (client) => {
    const settled = await Promise.allSettled([
      client.batch([insert("a"), insert("b")], "write"),
      client.batch([insert("c"), insert("a")], "write"),
      client.batch([insert("d"), "update fact set times = 7 where name = 'a' returning times"], "write"),
    ]);
    deepEqual(settled.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
    deepEqual(await names(client), ["a", "b", "d"]);
    const third = settled[2]?.status === "fulfilled" ? settled[2].value : [];
    deepEqual(third.map(({ rowsAffected }) => rowsAffected), [1, 1]);
    equal(third[1]?.rows[0]?.[0], 7);
  });
});

Deno.test("a fault that SQLite ends the whole transaction for undoes nobody else's batch", async () => {
  await withFile(async (client) => {
    const raise =
      "create trigger refuse before insert on fact when new.name = 'x' begin select raise(rollback, 'no'); end";
    await client.batch([raise], "write");
    const settled = await Promise.allSettled([
      client.batch([insert("a")], "write"),
      client.batch([insert("b"), insert("x")], "write"),
    ]);
    deepEqual(settled.map(({ status }) => status), ["rejected", "rejected"]);
    deepEqual(await names(client), [], "whoever was told of a failure has stored nothing");
    await client.batch([insert("c")], "write");
    deepEqual(await names(client), ["c"]);
  });
});

Deno.test("writes that come while others are brought to the disk are not lost, nor answered in another order", async () => {
  await withFile(async (client) => {
    const answered: number[] = [];
    const writes: Promise<void>[] = [];
    for (let number = 0; number < 200; number++) {
      const write = client.batch([insert(`name ${number}`)], "write");
      writes.push(write.then(() => void answered.push(number)));
      if (number % 3 === 0) await turn();
    }
    await Promise.all(writes);
    deepEqual(answered, Array.from({ length: 200 }, (_, number) => number));
    equal((await names(client)).length, 200);
  });
});

for (const turns of [0, 1, 2, 3, 5, 10]) {
  Deno.test(`closed ${turns} turns of the event loop after a write, it has stored and answered it`, async () => {
    await withFile(async (client, path) => {
      const writing = [client.batch([insert("early")], "write")];
      for (let i = 0; i < turns; i++) await turn();
      writing.push(client.batch([insert("late")], "write"));
      client.close();
      equal((await Promise.all(writing)).length, 2);
      const again = openFile(path);
      deepEqual(await names(again), ["early", "late"]);
      again.close();
      await rejects(client.batch([insert("after")], "write"), /closed/);
    });
  });
}

Deno.test("sync() is kept with nothing to write, too", async () => {
  await withFile(async (client) => {
    const writing = client.batch([insert("a")], "write");
    await client.sync();
    await client.sync();
    await writing;
  });
});
