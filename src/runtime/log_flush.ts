import { realpathSync } from "node:fs";
import { FileSync } from "./file_sync.ts";
import { isPoolHashing } from "./thread_pool.ts";

/**
 * Brings a SQLite database's write-ahead log to the disk without stopping the event loop: what SQLite does itself at
 * each commit under `synchronous=FULL`. SQLite takes no locks on this file, so that it may be opened beside it.
 */
export class LogFlush {
  readonly #sync: FileSync;

  /** @param path of the database, whose log exists as long as it is open. */
  constructor(path: string) {
    // SQLite keeps the log beside the file that a link leads to.
    this.#sync = new FileSync(() => `${realpathSync(path)}-wal`);
  }

  /** Says when all that was written before is on the disk, or why it is not. */
  begin(done: (fault: Error | null) => void): void {
    if (!isPoolHashing()) return this.#sync.begin(done);
    try {
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
    this.#sync.now();
  }

  close(): void {
    this.#sync.close();
  }
}
