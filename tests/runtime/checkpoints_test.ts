import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { Client } from "@libsql/client";
import { CheckpointConnections } from "../../src/runtime/checkpoint_connections.ts";
import { type Disk, diskOf } from "../../src/runtime/durable_log.ts";
import { openFile } from "../../src/runtime/file_client.ts";

const PAGE = 4_096;
/** Each of them fills a page. */
const BATCHES = 100;

interface Written {
  readonly client: Client;
  readonly path: string;
  /** Commits so many rounds of batches. @returns how long the log was at most, in octets. */
  write(rounds: number): Promise<number>;
  logSize(): Promise<number>;
}

async function withFile(use: (written: Written) => Promise<void>, disk = diskOf): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/test.db`;
  const client = openFile(path, disk(path));
  const logSize = async () => (await Deno.stat(`${path}-wal`)).size;
  let round = 0;
  const write = async (rounds: number) => {
    let most = 0;
    for (const end = round + rounds; round < end; round++) {
      const insert = (_: unknown, i: number) =>
        client.batch([row(`${i * 7919 % BATCHES} ${round}`)], "write");
      await Promise.all(Array.from({ length: BATCHES }, insert));
      most = Math.max(most, await logSize());
    }
    return most;
  };
  try {
    await client.batch(["create table fact (name text primary key, filling text)"], "write");
    await use({ client, path, write, logSize });
  } finally {
    client.close();
    await Deno.remove(folder, { recursive: true });
  }
}

const row = (name: string) => ({ sql: "insert into fact values (?, ?)", args: [name, "x".repeat(3_000)] });
const count = async (client: Client) =>
  Number((await client.execute("select count(*) from fact")).rows[0]?.[0]);

Deno.test("a log that is written all the time is moved between commits, and does not grow for ever", async () => {
  await withFile(async ({ client, path, write }) => {
    const rounds = 720;
    const most = await write(rounds);
    const written = rounds * BATCHES * PAGE;
    // On a slow disk three times as much as on a quick one.
    ok(most < written * 0.7, `the log had ${most} octets of at least ${written}`);
    ok((await Deno.stat(path)).size > written / 2, "little was moved into the file");
    equal((await client.execute("pragma quick_check")).rows[0]?.[0], "ok");
    equal(await count(client), rounds * BATCHES);
  });
});

Deno.test("what somebody else reads stays as it was, and the log is begun anew when they have done", async () => {
  await withFile(async ({ client, path, write, logSize }) => {
    await write(1);
    const reader = new DatabaseSync(path);
    reader.exec("begin");
    const seen = () => Number(reader.prepare("select count(*) as n from fact").get()?.n);
    equal(seen(), BATCHES);
    await write(200);
    equal(seen(), BATCHES);
    const grown = await logSize();
    reader.exec("commit");
    reader.close();
    // A log that is begun anew keeps its length on the disk.
    await write(400);
    ok(await logSize() < 2 * grown, `${await logSize()} octets, ${grown} before`);
    equal(await count(client), 601 * BATCHES);
  });
});

Deno.test("nothing is moved when nothing came since the mark: the log would be begun anew before the file is synced", async () => {
  await withFile(async ({ client, path, write }) => {
    await write(1);
    const checkpoints = new CheckpointConnections(path);
    checkpoints.mark();
    equal(checkpoints.moveMarked(), null);
    await client.execute("update fact set filling = filling where name = 'none'");
    equal(checkpoints.moveMarked(), null);
    await write(1);
    const some = checkpoints.moveMarked();
    ok(some && some.moved > BATCHES && some.moved < some.log, JSON.stringify(some));
    const all = checkpoints.moveAll();
    deepEqual(all, { log: some.log, moved: some.log });
    checkpoints.close();
  });
});

Deno.test("a log whose sync failed is emptied although it was about to be moved", async () => {
  let fails = false;
  const failing = (path: string): Disk => {
    const disk = diskOf(path);
    const begin: Disk["log"]["begin"] = (done) =>
      fails ? setTimeout(() => done(new Error("EIO: fdatasync"))) : disk.log.begin(done);
    return { ...disk, log: { begin, now: () => disk.log.now(), close: () => disk.log.close() } };
  };
  await withFile(async ({ client }) => {
    const before = performance.now();
    // Soon there is enough in the log to be moved.
    for (let i = 0; i < 40; i++) {
      fails = true;
      await rejects(client.batch([row(`lost? ${i}`)], "write"), /EIO/);
      fails = false;
      await client.batch([row(`kept ${i}`)], "write");
    }
    ok(performance.now() - before < 5_000, "it waited for a reader of our own");
    equal(await count(client), 80);
  }, failing);
});

Deno.test("on a disk that takes more than a second for each sync the log is moved all the same", async () => {
  const slow = (path: string): Disk => {
    const disk = diskOf(path);
    const begin: Disk["log"]["begin"] = (done) => setTimeout(() => disk.log.begin(done), 1_100);
    return { ...disk, log: { begin, now: () => disk.log.now(), close: () => disk.log.close() } };
  };
  await withFile(async ({ client, path }) => {
    for (let i = 0; i < 3; i++) {
      await Promise.all(Array.from({ length: 200 }, (_, j) => client.batch([row(`${i} ${j}`)], "write")));
    }
    ok((await Deno.stat(path)).size > 200 * PAGE, "nothing was moved");
  }, slow);
});

Deno.test("when the file's sync fails the process is to end, and the log has all that was promised", async () => {
  const lost: string[] = [];
  const disk = (path: string): Disk => ({
    ...diskOf(path),
    file: {
      open: () => {},
      now: () => {},
      sync: (done) => setTimeout(() => done(new Error("EIO"))),
      lost: ({ message }) => lost.push(message),
    },
  });
  await withFile(async ({ path, write }) => {
    // As if nothing that was moved had got to the disk.
    const start = `${path}-start`;
    await copy(path, start);
    await write(80);
    deepEqual([...new Set(lost)], ["EIO"]);
    await copy(`${path}-wal`, `${start}-wal`);
    const next = openFile(start);
    equal(await count(next), 80 * BATCHES);
    equal((await next.execute("pragma quick_check")).rows[0]?.[0], "ok");
    next.close();
  }, disk);
});

/** Not here: closing the file would give up SQLite's locks on it. */
async function copy(from: string, to: string): Promise<void> {
  const { success } = await new Deno.Command("cp", { args: [from, to] }).output();
  ok(success);
}
