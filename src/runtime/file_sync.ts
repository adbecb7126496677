import { close, fdatasync, fdatasyncSync, openSync } from "node:fs";

/**
 * Brings what was written to a file to the disk. Whoever closes any descriptor of a database file gives up all locks that
 * the process has on it (POSIX), SQLite's too: that one is closed after SQLite's.
 */
export class FileSync {
  readonly #path: () => string;
  #descriptor: number | undefined;
  #running = 0;
  #isClosed = false;

  /** @param path asked for when it is opened. */
  constructor(path: () => string) {
    this.#path = path;
  }

  /** What the first sync would do otherwise. @throws {Error} when it cannot be opened. */
  open(): number {
    return this.#descriptor ??= openSync(this.#path(), "r+");
  }

  /** Says when all that was written before is on the disk, or why it is not. */
  begin(done: (fault: Error | null) => void): void {
    try {
      fdatasync(this.open(), (fault) => {
        this.#running--;
        if (this.#isClosed) this.#release();
        done(fault);
      });
      this.#running++;
    } catch (fault) {
      // Node's file functions throw nothing else.
      done(fault as Error);
    }
  }

  /** The same, stopping the event loop. */
  now(): void {
    fdatasyncSync(this.open());
  }

  close(): void {
    this.#isClosed = true;
    this.#release();
  }

  /** Not under a sync that still runs: the number would be another file's. */
  #release(): void {
    if (this.#running || this.#descriptor === undefined) return;
    close(this.#descriptor);
    this.#descriptor = undefined;
  }
}
