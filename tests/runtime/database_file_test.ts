import { equal, match, ok } from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";

const PEER = "tests/runtime/database_file_peer.ts";
const RUNTIMES: Readonly<Record<string, readonly [string, ...string[]]>> = {
  deno: [Deno.execPath(), "run", "-A", "--no-check", PEER],
  bun: ["./node_modules/@oven/bun-linux-x64/bin/bun", PEER],
};
const ROWS = 20 * 400;

/** Starts the process, and gives what it writes, line by line; `ended` is the signal that ended it. */
function startPeer([program, ...args]: readonly [string, ...string[]], path: string, fault: string) {
  const child = spawn(program, [...args, path, fault]);
  const errors: string[] = [];
  child.stderr.on("data", (text) => errors.push(String(text)));
  const ended = new Promise<string | null>((resolve) => child.on("close", (_, signal) => resolve(signal)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, errors, ended, line: async () => (await lines.next()).value };
}

/** Without them the next process that comes and goes deletes the log: it takes itself for the last one. */
async function hasLocks(path: string): Promise<boolean> {
  const { ino } = await Deno.stat(path);
  // proc_locks(5): the file is MAJOR:MINOR:INODE.
  return (await Deno.readTextFile("/proc/locks")).includes(`:${ino} `);
}

/** As the next process finds them. */
function rowsOf(path: string): number {
  const database = new DatabaseSync(path);
  const { n } = database.prepare("select count(*) as n from fact").get() ?? {};
  equal(database.prepare("pragma quick_check").get()?.quick_check, "ok");
  database.close();
  return Number(n);
}

for (const [name, command] of Object.entries(RUNTIMES)) {
  Deno.test({
    name: `${name}: a process that synced its file keeps SQLite's locks on it, and its log`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      const folder = await Deno.makeTempDir();
      const path = `${folder}/test.db`;
      const { child, line, ended, errors } = startPeer(command, path, "");
      try {
        equal(await line(), "written", errors.join(""));
        ok(await hasLocks(path));
        equal(rowsOf(path), ROWS);
        child.stdin.write("late\n");
        equal(await line(), "stored late");
      } finally {
        child.kill("SIGKILL");
        await ended;
      }
      equal(rowsOf(path), ROWS + 1);
      await Deno.remove(folder, { recursive: true });
    },
  });

  Deno.test(`${name}: a process whose file could not be synced ends at once, and says why`, async () => {
    const folder = await Deno.makeTempDir();
    const path = `${folder}/test.db`;
    const { ended, errors } = startPeer(command, path, "EIO: i/o error");
    equal(await ended, "SIGKILL");
    match(errors.join(""), /could not be brought to the disk \(EIO: i\/o error\)/);
    ok((await Deno.stat(`${path}-wal`)).size > 2_000 * 4_096, "the log is there for the next start");
    ok(rowsOf(path) >= 2_000);
    await Deno.remove(folder, { recursive: true });
  });
}
