/**
 * Writes to a database until its write-ahead log was begun anew a few times: `log_writer.ts <file> [beside]`. With
 * `beside` it is the process that the first one starts, which writes too, and syncs nothing of it.
 */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readSync } from "node:fs";
import process from "node:process";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import type { VersionedClient } from "../../src/storage/database.ts";
import { openFile } from "../../src/runtime/file_client.ts";
import { SeededRandom } from "../fuzz/seeded_random.ts";

const SENDERS = 16;
const ROWS = 4_000;
const LOGS = 2;
/** Later the other process is idle: as long as it writes, no log is complete and begun anew. */
const BATCHES_BESIDE = 3_000;
/** More than the longest log takes, so that the program ends although none is begun anew. */
const MOST_BATCHES = 40_000;
const UPSERT = "insert into fact values (?, ?) on conflict (name) do update set filling = excluded.filling";

/** A row of the table, which most of the time is there: four to six stand on a page. */
function row(random: SeededRandom): [number, string] {
  return [random.between(1, ROWS), random.word(random.between(600, 1_000))];
}

/** What changes when the log is begun anew (https://www.sqlite.org/fileformat2.html, section 4.1). */
function saltOf(log: number): string {
  const salt = new Uint8Array(8);
  readSync(log, salt, 0, salt.length, 16);
  return salt.join();
}

/** Small batches, many at once, until the log was begun anew. `wrote` is called now and then, and told how many. */
async function writeOneLog(
  client: VersionedClient,
  log: number,
  random: SeededRandom,
  wrote: (batches: number) => void,
): Promise<void> {
  const salt = saltOf(log);
  let batches = 0;
  let isOver = false;
  const send = async () => {
    while (!isOver) {
      const statements = [row(random), row(random)].map((args) => ({ sql: UPSERT, args }));
      await client.batch(statements, "write");
      if (++batches % SENDERS) continue;
      isOver = saltOf(log) !== salt;
      if (batches > MOST_BATCHES) throw new Error("The log was not begun anew");
      wrote(batches);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, send));
}

async function write(path: string): Promise<void> {
  const client = openFile(path);
  await client.batch(["create table fact (name integer primary key, filling text)"], "write");
  const options = "Deno" in globalThis ? ["run", "-A", "--quiet"] : [];
  const beside = spawn(process.execPath, [...options, fileURLToPath(import.meta.url), path, "beside"], {
    stdio: ["pipe", "inherit", "inherit"],
  });
  const ended = once(beside, "exit");
  const log = openSync(`${path}-wal`, "r");
  const random = new SeededRandom(20261123);
  for (let logs = 0; logs < LOGS; logs++) {
    await writeOneLog(client, log, random, (batches) => {
      if (batches < BATCHES_BESIDE) beside.stdin.write("....");
    });
  }
  beside.stdin.end();
  const [code] = await ended;
  if (code !== 0) throw new Error(`The other process ended with ${code}`);
  closeSync(log);
  // Debian's SQLite trusts the locks on the file alone: without them it takes itself for the last one, and deletes the log.
  execFileSync("sqlite3", [path, "select count(*) from fact"]);
  await client.batch([{ sql: UPSERT, args: row(random) }], "write");
  client.close();
}

/** One commit for each octet that comes; moving and syncing the log is left to the process that sends them. */
async function writeBeside(path: string): Promise<void> {
  const database = new DatabaseSync(path);
  database.exec("pragma busy_timeout = 10000; pragma synchronous = normal; pragma wal_autocheckpoint = 0");
  const upsert = database.prepare(UPSERT);
  const random = new SeededRandom(20261124);
  for await (const octets of process.stdin) {
    for (let count = 0; count < octets.length; count++) upsert.run(...row(random));
  }
  database.close();
}

const [path, role] = process.argv.slice(2);
if (!path) throw new Error("Give a file");
await (role === "beside" ? writeBeside(path) : write(path));
