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

  /** @throws {Error} when they cannot be opened; then neither is. */
  constructor(path: string) {
    using opened = new DisposableStack();
    this.#reader = opened.use(new DatabaseSync(path));
    this.#mover = opened.use(new DatabaseSync(path));
    this.#checkpoint = this.#mover.prepare("pragma wal_checkpoint(passive)");
    this.#dataVersion = this.#mover.prepare("pragma data_version");
    opened.move();
  }

  get isMarked(): boolean {
    return this.#marked !== null;
  }

  /**
   * Nothing that comes into the log from now on is moved by `moveMarked()`.
   *
   * @throws {Error} when the database cannot be read.
   */
  mark(): void {
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
   * file is not on the disk. And when somebody else is moving.
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

  /**
   * Moves all; then, and only when nothing came meanwhile, syncs the file. The log is begun anew by the next commit.
   *
   * @returns null when somebody else is moving.
   */
  moveAll(): Moved | null {
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

  #move(): Moved | null {
    const { busy, log, checkpointed } = this.#checkpoint.get() ?? {};
    return busy ? null : { log: Number(log), moved: Number(checkpointed) };
  }
}
