import { close, fdatasync, fdatasyncSync, openSync } from "node:fs";

/**
 * Brings a SQLite database's write-ahead log to the disk without stopping the event loop: what SQLite does itself at
 * each commit under `synchronous=FULL`. SQLite takes no locks on this file, so that it may be opened beside it.
 */
export class LogFlush {
  readonly #path: string;
  #descriptor: number | undefined;

  /** @param path of the database; the log exists once something was written to it. */
  constructor(path: string) {
    this.#path = `${path}-wal`;
  }

  /** Says when all that was written before is on the disk, or why it is not. */
  begin(done: (fault: Error | null) => void): void {
    try {
      fdatasync(this.#open(), done);
    } catch (fault) {
      // `openSync` throws nothing else.
      done(fault as Error);
    }
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
    return this.#descriptor ??= openSync(this.#path, "r+");
  }
}
