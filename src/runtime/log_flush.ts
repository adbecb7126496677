import { close, fdatasync, fdatasyncSync, openSync, realpathSync } from "node:fs";
import { isPoolHashing } from "./thread_pool.ts";

/**
 * Brings a SQLite database's write-ahead log to the disk without stopping the event loop: what SQLite does itself at
 * each commit under `synchronous=FULL`. SQLite takes no locks on this file, so that it may be opened beside it.
 */
export class LogFlush {
  readonly #path: string;
  #descriptor: number | undefined;

  /** @param path of the database, whose log exists as long as it is open. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Says when all that was written before is on the disk, or why it is not. */
  begin(done: (fault: Error | null) => void): void {
    try {
      if (!isPoolHashing()) return fdatasync(this.#open(), done);
      // Behind hashes it would wait for them, and packets with it: the event loop rather stops for the disk.
      this.now();
    } catch (fault) {
      // Node's file functions throw nothing else.
      return done(fault as Error);
    }
    done(null);
  }

  /** The same, stopping the event loop. */
  now(): void {
    fdatasyncSync(this.#open());
  }

  close(): void {
    if (this.#descriptor !== undefined) close(this.#descriptor);
    this.#descriptor = undefined;
  }

  #open(): number {
    // SQLite keeps the log beside the file that a link leads to.
    return this.#descriptor ??= openSync(`${realpathSync(this.#path)}-wal`, "r+");
  }
}
