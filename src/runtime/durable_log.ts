import type { DatabaseSync } from "node:sqlite";
import { Checkpoints } from "./checkpoints.ts";
import { type DatabaseFile, databaseFile } from "./database_file.ts";
import { LogFlush } from "./log_flush.ts";

/** What brings a database to the disk: its write-ahead log, and the file itself. */
export interface Disk {
  readonly log: Pick<LogFlush, "begin" | "now" | "close">;
  readonly file: DatabaseFile;
}

/** @param path of a database. */
export function diskOf(path: string): Disk {
  return { log: new LogFlush(path), file: databaseFile(path) };
}

/** The write-ahead log of a database in a file: what is committed gets to the disk, and in time into the file. */
export class DurableLog {
  readonly #database: DatabaseSync;
  readonly #disk: Disk;
  readonly #checkpoints: Checkpoints;
  /** What a failed sync was to bring to the disk may never get there, and the next sync says nothing of it. */
  #isSuspect = false;

  constructor(database: DatabaseSync, path: string, disk: Disk) {
    this.#database = database;
    this.#disk = disk;
    this.#checkpoints = new Checkpoints(path, disk.file);
  }

  /** Before each commit. @throws {Error} when it could not be promised to last. */
  beforeCommit(): void {
    if (this.#isSuspect) this.#empty();
    this.#checkpoints.beforeCommit();
  }

  /** After a commit of so many batches. */
  committed(batches: number): void {
    this.#checkpoints.committed(batches);
  }

  /** Says when all that was committed is on the disk, or why it is not. */
  begin(done: (fault: Error | null) => void): void {
    const ended = this.#checkpoints.beforeSync();
    this.#disk.log.begin((fault) => {
      if (fault) this.#isSuspect = true;
      ended(fault);
      done(fault);
    });
    this.#checkpoints.move();
  }

  /** The same, stopping the event loop. */
  now(): void {
    try {
      this.#disk.log.now();
    } catch (fault) {
      this.#isSuspect = true;
      this.#checkpoints.cancel();
      throw fault;
    }
  }

  /** The database too. */
  close(): void {
    this.#checkpoints.close();
    this.#syncFile();
    this.#database.close();
    this.#disk.log.close();
  }

  /**
   * Linux reports a page that it could not write once, and takes it for written from then on. So what is in the log goes
   * into the database file, which is synced for itself, before anything builds on it.
   */
  #empty(): void {
    this.#syncFile();
    const row = this.#database.prepare("pragma wal_checkpoint(truncate)").get();
    if (row?.busy) throw new Error("database is locked: the log could not be emptied");
    this.#isSuspect = false;
  }

  /** Before SQLite gives the log up: of what was moved without a sync it does not know. */
  #syncFile(): void {
    try {
      this.#disk.file.now();
    } catch (fault) {
      // Node's file functions throw nothing else.
      this.#disk.file.lost(fault as Error);
    }
  }
}
