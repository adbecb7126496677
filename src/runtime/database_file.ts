import { fdatasync, fdatasyncSync, fstatSync, openSync, statSync } from "node:fs";
import process from "node:process";

/**
 * By device and inode. They stay open until the process ends: whoever closes any descriptor of a file gives up all locks
 * that the process has on it (POSIX), and without SQLite's the next process that reads the database deletes its log.
 */
const descriptors = new Map<string, number>();

/** A database file beside SQLite, which has it open. */
export interface DatabaseFile {
  /** To be called before the first sync. @throws {Error} when it cannot be opened. */
  open(): void;
  /** Says when all that was written before is on the disk, or why it is not. */
  sync(done: (fault: Error | null) => void): void;
  /** The same, stopping the event loop. @throws {Error} why it is not. */
  now(): void;
  /** What was written may never get to the disk. */
  lost(fault: Error): void;
}

/** @param path of a database that SQLite has opened. */
export function databaseFile(path: string): DatabaseFile {
  let descriptor: number | undefined;
  const open = () => descriptor ??= descriptorOf(path);
  // Unless it is open nothing was written that SQLite does not sync itself.
  const now = () => descriptor === undefined ? undefined : fdatasyncSync(descriptor);
  return {
    open,
    now,
    sync(done) {
      // Deno's asynchronous one works on a duplicate, and closes it.
      if ("Bun" in globalThis) return fdatasync(open(), done);
      try {
        now();
      } catch (fault) {
        // Node's file functions throw nothing else.
        return done(fault as Error);
      }
      done(null);
    },
    lost: endBeforeItIsWorse,
  };
}

function descriptorOf(path: string): number {
  const known = descriptors.get(keyOf(statSync(path, { bigint: true })));
  if (known !== undefined) return known;
  const opened = openSync(path, "r+");
  descriptors.set(keyOf(fstatSync(opened, { bigint: true })), opened);
  return opened;
}

function keyOf({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${dev} ${ino}`;
}

/**
 * Linux reports a page that it could not write once, and takes it for written from then on. The log still has it, as long
 * as nobody closes the database: SQLite would take the file for complete and delete the log. After a kill the next start
 * finds a log that nobody knows (unless another process has the database open meanwhile), and writes all of it into the
 * file.
 */
function endBeforeItIsWorse({ message }: Error): void {
  process.stderr.write(
    `The database could not be brought to the disk (${message}). Portico ends at once: what was acknowledged is in the log, and the next start writes it into the file.\n`,
  );
  process.kill(process.pid, "SIGKILL");
}
