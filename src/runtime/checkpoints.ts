import { CheckpointConnections } from "./checkpoint_connections.ts";
import type { FileSync } from "./file_sync.ts";
import { isDiskFault } from "./sqlite_fault.ts";

/** About what a commit writes into the log, and each batch of it more. */
const PAGES_OF_COMMIT = 8;
const PAGES_OF_BATCH = 4;
/** After so many some are moved: it takes less than a millisecond. */
const FEW_PAGES = 500;
/** After so many the file is synced, beside the event loop: it takes the processor of a small machine a millisecond. */
const SYNCED_PAGES = 2_000;
/** A log this long is begun anew; what changes all the time is moved only then. */
const LONG_PAGES = 14_000;
/** However much comes while a slow disk syncs, a log this long is. */
const TOO_LONG_PAGES = 3 * LONG_PAGES;

/**
 * Moves what was written to a database's log into its file, a little at a time between commits. SQLite would move
 * thousands of pages at once and sync them, which takes long: here it would stop the event loop, on a thread of its own
 * take it the only core of a small machine.
 *
 * These are SQLite's own incomplete checkpoints, and safe for the same reasons (https://www.sqlite.org/wal.html,
 * "Checkpointing"): only pages are moved that the log has on the disk, and it is begun anew only after a complete
 * one, which syncs the file. Most of that sync is done before, beside the event loop.
 */
export class Checkpoints {
  readonly #path: string;
  readonly #file: Pick<FileSync, "open" | "begin">;
  /** Opened when there is something to move. */
  #connections: CheckpointConnections | undefined;
  #state: "moving" | "syncing" | "finishing" = "moving";
  /** In the log since some were moved. */
  #pages = 0;
  #moveAt = FEW_PAGES;
  /** Of the log. */
  #length = 0;
  #finishAt = LONG_PAGES;
  #syncAt = SYNCED_PAGES;
  #fault: Error | null = null;

  /** @param file what syncs the database file. */
  constructor(path: string, file: Pick<FileSync, "open" | "begin">) {
    this.#path = path;
    this.#file = file;
  }

  /** Why the file could not be synced: what of it never got to the disk is in the log alone, which must stay. */
  get fault(): Error | null {
    return this.#fault;
  }

  /** To be called before each commit: what is in the log now may be moved when that commit is on the disk. */
  beforeCommit(): void {
    if (this.#state !== "moving" || this.#pages < this.#moveAt) return;
    try {
      this.#file.open();
      this.#connections ??= new CheckpointConnections(this.#path);
      this.#connections.mark();
    } catch {
      // Before the next commit it is tried again.
    }
  }

  /** Says that so many batches more are in the log, by one commit. */
  committed(batches: number): void {
    this.#pages += PAGES_OF_COMMIT + batches * PAGES_OF_BATCH;
  }

  /** Whether `move()` has something to do, once the commit is on the disk. */
  get isDue(): boolean {
    return this.#state === "finishing" || (this.#connections?.isMarked ?? false);
  }

  /** The commit failed, or it is not known whether it is on the disk. */
  cancel(): void {
    this.#connections?.unmark();
  }

  move(): void {
    if (!this.#connections || !this.isDue) return;
    try {
      if (this.#state === "finishing") this.#finish(this.#connections);
      else this.#moveSome(this.#connections);
    } catch (fault) {
      // Moved with the next ones; only what a sync lost is lost for good.
      if (this.#state === "finishing" && isDiskFault(fault)) this.#fail(fault);
      this.#state = "moving";
    } finally {
      this.#pages = 0;
    }
  }

  close(): void {
    this.#connections?.close();
    this.#connections = undefined;
  }

  #moveSome(connections: CheckpointConnections): void {
    try {
      const moved = connections.moveMarked();
      if (!moved) return;
      this.#length = moved.log;
      // As long as somebody reads what was before, looking through the log for what can be moved is vain.
      this.#moveAt = Math.max(FEW_PAGES, (moved.log - moved.moved) / 4);
    } finally {
      connections.unmark();
    }
    if (this.#length >= this.#syncAt) this.#syncFile();
  }

  #syncFile(): void {
    this.#state = "syncing";
    this.#file.begin((fault) => {
      if (fault) this.#fail(fault);
      this.#syncAt = this.#length + SYNCED_PAGES;
      const isLittleLeft = this.#pages < SYNCED_PAGES || this.#length > TOO_LONG_PAGES;
      this.#state = this.#length >= this.#finishAt && isLittleLeft ? "finishing" : "moving";
    });
  }

  /** The kernel reports a page that it could not write once, and takes it for written from then on. */
  #fail(cause: Error): void {
    const why = `The database file could not be brought to the disk (${cause.message})`;
    this.#fault = new Error(`${why}: nothing more is written before the next start`, { cause });
  }

  #finish(connections: CheckpointConnections): void {
    const { log, moved } = connections.moveAll();
    this.#state = "moving";
    // If it is not begun anew, somebody else reads it: trying again at once would be as vain.
    const begins = moved === log ? 0 : log;
    this.#finishAt = begins + LONG_PAGES;
    this.#syncAt = begins + SYNCED_PAGES;
  }
}
