import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { Client } from "@libsql/client";
import { type Sqld, startSqld } from "../../build/sqld.ts";
import { openRemote } from "../../src/runtime/remote_client.ts";
import { isolateWriteQueue } from "../../src/runtime/worker_write_queue.ts";
import { EXPECT_CHANGE, isConflict } from "../../src/storage/database.ts";
import { migrate } from "../../src/storage/migrate.ts";

Deno.test({
  name: "openRemote()",
  fn: async (t) => {
    const folder = await Deno.makeTempDir();
    const sqld = await startSqld(folder);
    const client = openRemote(sqld.url);
    try {
      await t.step("migrates once", async () => {
        await migrate(client);
        await migrate(client);
        const { rows } = await client.execute(
          "select count(*) from sqlite_schema where name in ('radacct', 'nas')",
        );
        equal(rows[0]?.[0], 2);
        await client.execute("create table sum (id integer primary key, n integer)");
      });
      await t.step("gives integers as numbers while they are exact, as bigint above", () => integers(client));
      await t.step("lets each of many batches stand or fall by itself", () => standOrFall(client));
      await t.step("lets the clients of one isolate share one queue", () => sharedQueue(sqld));
      await t.step("tells a failed expectation from a fault", () => conflict(client));
      await t.step("answers reads while writes wait", () => readsPass(client));
      await t.step(
        "gives up on a frozen server at the deadline, and goes on when it is back",
        () => frozen(sqld),
      );
    } finally {
      client.close();
      await sqld.stop();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

async function integers(client: Client) {
  const { rows } = await client.execute("select 9007199254740991, 9007199254740993, -1, 1.5, 'x', null");
  deepEqual(rows.map((row) => Array.from(row)), [[9007199254740991, 9007199254740993n, -1, 1.5, "x", null]]);
  const { lastInsertRowid, rowsAffected } = await client.execute({
    sql: "insert into sum values (?, ?)",
    args: [9007199254740993n, 2],
  });
  deepEqual([lastInsertRowid, rowsAffected], [9007199254740993n, 1]);
  await client.execute("delete from sum");
}

async function standOrFall(client: Client) {
  const outcomes = await Promise.allSettled(Array.from({ length: 40 }, (_, i) =>
    client.batch([
      { sql: "insert into sum values (?, 1)", args: [i] },
      // Every fourth takes an id that is taken.
      { sql: "insert into sum values (?, 1)", args: [i % 4 ? 100 + i : i] },
    ])));
  equal(outcomes.filter(({ status }) => status === "fulfilled").length, 30);
  const { rows } = await client.execute(
    "select count(*), count(*) filter (where id % 4 = 0 and id < 40) from sum",
  );
  deepEqual(rows.map((row) => Array.from(row)), [[60, 0]]);
}

async function sharedQueue({ url }: Sqld) {
  const writeQueue = isolateWriteQueue(10_000);
  const outcomes = await Promise.allSettled(Array.from({ length: 40 }, (_, i) => {
    const client = openRemote(url, "", { writeQueue });
    return client.execute({ sql: "insert into sum values (?, 2)", args: [i % 4 ? 200 + i : 200] });
  }));
  equal(outcomes.filter(({ status }) => status === "fulfilled").length, 31);
  const { rows } = await openRemote(url).execute("select count(*) from sum where n = 2");
  equal(rows[0]?.[0], 31);
}

async function conflict(client: Client) {
  await rejects(
    client.batch(["delete from sum where id = -1", EXPECT_CHANGE]),
    (fault) => isConflict(fault),
  );
  await client.batch(["delete from sum where id = 1", EXPECT_CHANGE]);
}

async function readsPass(client: Client) {
  const order: string[] = [];
  await Promise.all([
    ...Array.from(
      { length: 20 },
      (_, i) =>
        client.execute({ sql: "insert into sum values (?, 0)", args: [1_000 + i] }).then(() =>
          order.push("write")
        ),
    ),
    client.execute("select 1").then(() => order.push("read")),
  ]);
  ok(order.includes("read"));
  equal(order.length, 21);
}

async function frozen({ url, process }: Sqld) {
  const hasty = openRemote(url, "", { deadlineMilliseconds: 300 });
  const { pid } = process;
  ok(pid);
  Deno.kill(pid, "SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, 50));
  const startedAt = performance.now();
  await Promise.all([
    rejects(hasty.execute("select 1")),
    rejects(hasty.execute("insert into sum values (5000, 0)")),
    rejects(hasty.batch(["insert into sum values (5001, 0)"])),
  ]);
  ok(performance.now() - startedAt < 2_000);
  Deno.kill(pid, "SIGCONT");
  await hasty.execute("insert into sum values (5002, 0)");
  hasty.close();
}

Deno.test("openRemote() reports a server that is not there", async () => {
  const client = openRemote("http://127.0.0.1:9");
  await rejects(client.execute("select 1"));
  await rejects(client.batch(["delete from sum"]));
  client.close();
});
