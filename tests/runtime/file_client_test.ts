import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers";
import type { Client } from "@libsql/client";
import { nativeCrypto } from "../../src/runtime/crypto.ts";
import { databaseFile } from "../../src/runtime/database_file.ts";
import { openFile } from "../../src/runtime/file_client.ts";
import { LogFlush } from "../../src/runtime/log_flush.ts";

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

Deno.test("a database behind a symbolic link is synced where its log is", async () => {
  await withFile(async (client, path) => {
    const link = `${path}-link`;
    await Deno.symlink(path, link);
    // Whoever takes it for the log syncs the wrong file, and says nothing.
    await Deno.writeTextFile(`${link}-wal`, "");
    const synced: string[] = [];
    const beside = openFile(link);
    await beside.batch([insert("a")], "write");
    for (const { name } of Deno.readDirSync("/proc/self/fd")) {
      synced.push(await Deno.readLink(`/proc/self/fd/${name}`).catch(() => ""));
    }
    equal(synced.includes(`${link}-wal`), false);
    beside.close();
    deepEqual(await names(client), ["a"]);
  });
});

/** A disk whose next syncs fail as often as was asked for. */
class FailingDisk {
  failures = 0;
  begun = 0;
  readonly #log: LogFlush;

  constructor(path: string) {
    this.#log = new LogFlush(path);
  }

  begin(done: (fault: Error | null) => void): void {
    this.begun++;
    if (this.failures-- > 0) setImmediate(() => done(new Error("EIO: fdatasync")));
    else this.#log.begin(done);
  }

  now(): void {
    if (this.failures-- > 0) throw new Error("EIO: fdatasync");
    this.#log.now();
  }

  close(): void {
    this.#log.close();
  }
}

async function withFailingDisk(use: (client: Client, disk: FailingDisk, path: string) => Promise<void>) {
  await withFile(async (_, path) => {
    const disk = new FailingDisk(path);
    const client = openFile(path, { log: disk, file: databaseFile(path) });
    try {
      await use(client, disk, path);
    } finally {
      client.close();
    }
  });
}

/** Whether the database file says it without its log: that is all there is when the log never reached the disk. */
async function isWithoutLog(path: string, name: string): Promise<boolean> {
  const copy = `${path}-copy`;
  // Not here: closing the file would give up SQLite's locks on it.
  await new Deno.Command("cp", { args: [path, copy] }).output();
  const client = openFile(copy);
  try {
    return (await names(client)).includes(name);
  } catch {
    return false;
  } finally {
    client.close();
  }
}

Deno.test("after a sync failed, nothing is promised on the strength of the next one alone", async () => {
  await withFailingDisk(async (client, disk, path) => {
    disk.failures = 1;
    await rejects(client.batch([insert("lost?")], "write"), /EIO/);
    // A packet that comes again finds it stored, and waits for the disk before it says so.
    deepEqual(await names(client), ["lost?"]);
    await client.sync();
    equal(await isWithoutLog(path, "lost?"), true);
    await client.batch([insert("next")], "write");
    deepEqual(await names(client), ["lost?", "next"]);
  });
});

Deno.test("a failed sync refuses everybody who waits for it, and those who come later are served", async () => {
  await withFailingDisk(async (client, disk) => {
    disk.failures = 1;
    const settled = await Promise.allSettled([
      client.batch([insert("a")], "write"),
      client.batch([insert("b")], "write"),
      client.sync(),
    ]);
    deepEqual(settled.map(({ status }) => status), ["rejected", "rejected", "rejected"]);
    await client.batch([insert("c")], "write");
  });
});

Deno.test("after a failed sync, writes wait for another process that is reading", async () => {
  await withFailingDisk(async (client, disk, path) => {
    const reader = new DatabaseSync(path);
    reader.exec("begin");
    reader.prepare("select * from fact").all();
    disk.failures = 1;
    await rejects(client.batch([insert("a")], "write"), /EIO/);
    let isAnswered = false;
    const writing = client.batch([insert("b")], "write").then(() => isAnswered = true);
    await new Promise((resolve) => setTimeout(resolve, 100));
    equal(isAnswered, false, "the log holds what may not be on the disk");
    reader.exec("commit");
    reader.close();
    await writing;
  });
});

Deno.test("a disk that fills up refuses what has no room, and takes it when there is room again", async () => {
  await withFile(async (client) => {
    const [pages] = (await client.execute("pragma page_count")).rows;
    await client.execute(`pragma max_page_count = ${Number(pages?.[0]) + 1}`);
    const big = { sql: "insert into fact values ('big' || ?, randomblob(100000))", args: [1] };
    const settled = await Promise.allSettled([
      client.batch([big], "write"),
      client.batch([insert("small")], "write"),
    ]);
    equal(settled[0]?.status, "rejected");
    const stored = (await names(client)).includes("small");
    equal(settled[1]?.status === "fulfilled", stored, "what is said is what is stored");
    await client.execute("pragma max_page_count = 100000");
    await client.batch([big], "write");
  });
});

Deno.test("a write does not wait until passwords are hashed", async () => {
  const crypto = nativeCrypto();
  const octets = new Uint8Array(16);
  let hashed = 0;
  await withFile(async (client) => {
    const hashes = Array.from({ length: 12 }, async () => {
      await crypto.scrypt(octets, octets, { N: 2 ** 15, r: 8, p: 1, keyLength: 64 });
      hashed++;
    });
    for (let i = 0; i < 5; i++) await client.batch([insert(`name ${i}`)], "write");
    ok(hashed < 12, `${hashed} hashes were done before five writes`);
    await Promise.all(hashes);
  });
  await crypto.close();
});

Deno.test("a file of more than a gibibyte has a larger cache, which would slow the commits of a smaller one down", async () => {
  const cache = async (client: Client) => (await client.execute("pragma cache_size")).rows[0]?.[0];
  await withFile(async (client, path) => {
    equal(await cache(client), -8_192);
    client.close();
    // Sparse: it takes no room on the disk.
    await Deno.truncate(path, 2 ** 30);
    const large = openFile(path);
    equal(await cache(large), -131_072);
    large.close();
  });
});
