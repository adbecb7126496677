import { clearTimeout, setTimeout } from "node:timers";
import { CheckpointConnections } from "./checkpoint_connections.ts";
import type { DatabaseFile } from "./database_file.ts";
import { isFailedSync } from "./sqlite_fault.ts";

/** About what a commit writes into the log, and each batch of it more. */
const PAGES_OF_COMMIT = 8;
const PAGES_OF_BATCH = 4;
/** After so many some are moved: it takes less than a millisecond. */
const FEW_PAGES = 500;
/** So many can be synced between two commits. */
const SYNCABLE_PAGES = 2_000;
/** After so many the file is synced: what is synced less often is written less often. */
const MANY_PAGES = 7_000;
/** A log this long is begun anew; what changes all the time is moved only then. */
const LONG_PAGES = 14_000;
/** However much the file's sync has left to do on a slow disk, a log this long is. */
const TOO_LONG_PAGES = 3 * LONG_PAGES;
/** Without a commit for so long nobody is kept from beginning the log anew. */
const IDLE_MILLISECONDS = 1_000;

/**
 * Moves what was written to a database's log into its file, a little at a time between commits. SQLite would move
 * thousands of pages at once and sync them, which takes long: here it would stop the event loop, on a thread of its own
 * take it the only core of a small machine.
 *
 * These are SQLite's own incomplete checkpoints, and safe for the same reasons (https://www.sqlite.org/wal.html,
 * "Checkpointing"): only pages are moved that the log has on the disk, and it is begun anew only after a complete
 * one, which syncs the file. Most of that sync is done before, on Bun beside the event loop.
 */
export class Checkpoints {
  readonly #path: string;
  readonly #file: DatabaseFile;
  /** Opened when there is something to move. */
  #connections: CheckpointConnections | undefined;
  /** In the log since some were moved. */
  #pages = 0;
  #moveAt = FEW_PAGES;
  /** Of the log, as it was when some were moved, in pages; how far it was moved, and synced. */
  #length = 0;
  #moved = 0;
  #synced = 0;
  #isSyncing = false;
  #finishAt = LONG_PAGES;
  /** How many there have been. */
  #marks = 0;
  /** All that was marked. */
  #isOnDisk = false;
  #isLogSyncing = false;
  #idle: NodeJS.Timeout | undefined;

  constructor(path: string, file: DatabaseFile) {
    this.#path = path;
    this.#file = file;
  }

  /** To be called before each commit. */
  beforeCommit(): void {
    if (this.#pages >= this.#moveAt) this.#mark();
  }

  /** Says that so many batches more are in the log, by one commit. */
  committed(batches: number): void {
    this.#pages += PAGES_OF_COMMIT + batches * PAGES_OF_BATCH;
  }

  /** Says that a sync of the log begins. @returns what is to be told of its end. */
  beforeSync(): (fault: Error | null) => void {
    const covered = this.#marks;
    this.#isLogSyncing = true;
    return (fault) => {
      this.#isLogSyncing = false;
      if (fault) this.cancel();
      // A mark that was set later may have more, of another process, than what was synced.
      else if (covered === this.#marks) this.#isOnDisk = this.#connections?.isMarked ?? false;
    };
  }

  /** It is not known whether what was marked is on the disk. */
  cancel(): void {
    this.#isOnDisk = false;
    this.#connections?.unmark();
  }

  /** Moves what was marked, if that is enough and on the disk; while the log is being synced is a good time. */
  move(): void {
    if (!this.#connections || !this.#isOnDisk || this.#pages < this.#moveAt) return;
    const isTimeToFinish = this.#isTimeToFinish();
    try {
      if (isTimeToFinish) this.#finish(this.#connections);
      else this.#moveSome(this.#connections);
    } catch (fault) {
      // What was not moved is moved with the next ones.
      if (isFailedSync(fault)) this.#file.lost(fault);
      this.#pages = 0;
    } finally {
      this.cancel();
    }
    // What is changed again before the next time need not be moved then. A log that is to be begun anew nobody may read.
    if (!isTimeToFinish) this.#mark();
    this.#syncFile();
  }

  close(): void {
    clearTimeout(this.#idle);
    this.#connections?.close();
    this.#connections = undefined;
  }

  #mark(): void {
    if (this.#connections?.isMarked) return;
    try {
      this.#file.open();
      this.#connections ??= new CheckpointConnections(this.#path);
      this.#connections.mark();
      this.#marks++;
      this.#awaitIdle();
    } catch {
      // Before the next commit it is tried again.
    }
  }

  /** A mark that is old keeps others from beginning the log anew. */
  #awaitIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (this.#isLogSyncing) return this.#awaitIdle();
      this.move();
      this.cancel();
    }, IDLE_MILLISECONDS).unref();
  }

  #isTimeToFinish(): boolean {
    const isNearlySynced = this.#moved - this.#synced < SYNCABLE_PAGES && !this.#isSyncing;
    return this.#length >= this.#finishAt && (isNearlySynced || this.#length >= TOO_LONG_PAGES);
  }

  #moveSome(connections: CheckpointConnections): void {
    const found = connections.moveMarked();
    if (!found) return;
    // It was begun anew after a failed sync, or by another process.
    if (found.log < this.#length) this.#beginAnew();
    this.#length = found.log;
    this.#moved = found.moved;
    this.#pages = 0;
    // As long as somebody reads what was before, looking through the log for what can be moved is vain.
    this.#moveAt = Math.max(FEW_PAGES, (found.log - found.moved) / 4);
  }

  #syncFile(): void {
    const moved = this.#moved;
    const most = this.#length >= this.#finishAt ? SYNCABLE_PAGES : MANY_PAGES;
    if (this.#isSyncing || moved - this.#synced < most) return;
    this.#isSyncing = true;
    this.#file.sync((fault) => {
      this.#isSyncing = false;
      if (fault) this.#file.lost(fault);
      else this.#synced = Math.min(moved, this.#moved);
    });
  }

  #finish(connections: CheckpointConnections): void {
    const found = connections.moveAll();
    if (!found) return;
    this.#pages = 0;
    if (found.moved === found.log) return this.#beginAnew();
    // Somebody else reads it: trying again at once would be as vain.
    this.#length = found.log;
    this.#moved = found.moved;
    this.#finishAt = found.log + LONG_PAGES;
  }

  #beginAnew(): void {
    this.#length = 0;
    this.#moved = 0;
    this.#synced = 0;
    this.#finishAt = LONG_PAGES;
    this.#moveAt = FEW_PAGES;
  }
}
