import { DatabaseSync, type StatementSync } from "node:sqlite";

/** What a checkpoint found and left, in pages of the log. */
export interface Moved {
  readonly log: number;
  readonly moved: number;
}

/**
 * Two more connections to a database: one moves pages of its log into its file, the other reads, since no checkpoint
 * moves what came after somebody's reading began.
 */
export class CheckpointConnections {
  readonly #mover: DatabaseSync;
  readonly #checkpoint: StatementSync;
  readonly #dataVersion: StatementSync;
  readonly #reader: DatabaseSync;
  /** What the mover saw of the database when it was marked. */
  #marked: number | null = null;

  /** @throws {Error} when they cannot be opened. */
  constructor(path: string) {
    this.#reader = new DatabaseSync(path);
    try {
      this.#mover = new DatabaseSync(path);
    } catch (fault) {
      this.#reader.close();
      throw fault;
    }
    this.#checkpoint = this.#mover.prepare("pragma wal_checkpoint(passive)");
    this.#dataVersion = this.#mover.prepare("pragma data_version");
  }

  get isMarked(): boolean {
    return this.#marked !== null;
  }

  /**
   * Nothing that comes into the log from now on is moved by `moveMarked()`. A mark that was set before stays.
   *
   * @throws {Error} when the database cannot be read.
   */
  mark(): void {
    if (this.#marked !== null) return;
    try {
      // To read a table would take the whole schema.
      this.#reader.exec("begin; pragma schema_version");
      // Only then: what another process writes between the two is taken for what was there.
      this.#marked = this.#version();
    } finally {
      if (this.#marked === null) this.unmark();
    }
  }

  unmark(): void {
    if (this.#reader.isTransaction) this.#reader.exec("rollback");
    this.#marked = null;
  }

  /**
   * Moves what the log had when it was marked, without any sync: all of that must be on the disk.
   *
   * @returns null when nothing came since: then it would move all there is, and let the log be begun anew although the
   * file is not on the disk.
   */
  moveMarked(): Moved | null {
    if (this.#marked === null || this.#version() === this.#marked) return null;
    this.#mover.exec("pragma synchronous = off");
    try {
      return this.#move();
    } finally {
      // Whoever closes the database last moves the rest.
      this.#mover.exec("pragma synchronous = normal");
    }
  }

  /** Moves all; then, and only when nothing came meanwhile, syncs the file. The log is begun anew by the next commit. */
  moveAll(): Moved {
    this.unmark();
    return this.#move();
  }

  close(): void {
    this.#reader.close();
    this.#mover.close();
  }

  #version(): number {
    return Number(this.#dataVersion.get()?.data_version);
  }

  #move(): Moved {
    const { log, checkpointed } = this.#checkpoint.get() ?? {};
    return { log: Number(log), moved: Number(checkpointed) };
  }
}
