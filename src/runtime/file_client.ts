import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers";
import type { InArgs, InStatement, ResultSet, TransactionMode } from "@libsql/client";
import type { VersionedClient } from "../storage/database.ts";
import { type Disk, diskOf, DurableLog } from "./durable_log.ts";
import { cacheKibibytes } from "./file_cache.ts";
import { onlyReads } from "./reads.ts";
import { isBusy } from "./sqlite_fault.ts";
import { type Statement, Statements, toStatement } from "./statements.ts";

/** How long a write waits for another process that holds the file, in milliseconds. */
const LOCK_PATIENCE = 30_000;
const LOCK_RETRY = 5;
/** How many turns of the event loop a group may go on growing. */
const GATHERING_TURNS = 8;

interface Group {
  readonly statements: readonly Statement[];
  readonly resolve: (results: ResultSet[]) => void;
  readonly reject: (reason: unknown) => void;
}
/** A group that was run; `settle` tells whoever waits for it what came of it. */
interface Run {
  readonly group: Group;
  readonly settle: () => void;
}

/**
 * A libSQL file as a `Client`, on the SQLite that Deno and Bun carry: statements are prepared once, which costs a
 * tenth of what `@libsql/client` needs for `file:` (it prepares each time).
 *
 * Reads answer at once. Writes that arrive together, or while earlier ones are brought to the disk, are committed
 * together (group commit): each batch stands or falls by itself, and its promise is kept only after the write-ahead
 * log was synced. That happens beside the event loop, so that a slow disk stops nothing else. While another process
 * holds the file, writes wait without stopping reads.
 *
 * @param path a file, or `:memory:`.
 * @param disk null for a database that is on none.
 */
export function openFile(
  path: string,
  disk: Disk | null = path === ":memory:" ? null : diskOf(path),
): VersionedClient {
  const database = new DatabaseSync(path);
  database.exec("pragma busy_timeout = 3000; pragma journal_mode = wal; pragma synchronous = normal");
  database.exec(
    `pragma foreign_keys = on; pragma cache_size = -${cacheKibibytes(path)}; pragma temp_store = memory`,
  );
  // `Checkpoints` come sooner; SQLite's own are for when they cannot.
  database.exec("pragma wal_autocheckpoint = 100000");
  // From here on waiting is ours (`#waitForLock`): SQLite's would stop the event loop.
  database.exec("pragma busy_timeout = 2");
  return new FileClient(database, path, disk);
}

class FileClient implements VersionedClient {
  readonly protocol = "file";
  closed = false;
  readonly #database: DatabaseSync;
  readonly #statements: Statements;
  /** Null for a database that is on no disk. */
  readonly #log: DurableLog | null;
  #waiting: Group[] = [];
  #scheduled = false;
  /** Committed, and on its way to the disk. */
  #flushing: readonly Run[] | null = null;
  #blockedSince: number | undefined;

  constructor(database: DatabaseSync, path: string, disk: Disk | null) {
    this.#database = database;
    this.#statements = new Statements(database);
    this.#log = disk && new DurableLog(database, path, disk);
  }

  async execute(statement: InStatement | string, args?: InArgs): Promise<ResultSet> {
    const one = toStatement(typeof statement === "string" && args ? { sql: statement, args } : statement);
    if (onlyReads(one.sql)) return this.#statements.run(one);
    const [result] = await this.#enqueue([one]);
    if (!result) throw new Error("A statement gave no result");
    return result;
  }

  async batch(statements: (InStatement | [string, InArgs?])[], mode?: TransactionMode): Promise<ResultSet[]> {
    const all = statements.map(toStatement);
    if (mode !== "read") return await this.#enqueue(all);
    // Nothing else runs between these: one thread, no await.
    this.#database.exec("begin");
    try {
      return all.map((statement) => this.#statements.run(statement));
    } finally {
      this.#database.exec("commit");
    }
  }

  async migrate(statements: InStatement[]): Promise<ResultSet[]> {
    return await this.batch(statements, "write");
  }

  transaction(): Promise<never> {
    return Promise.reject(new Error("Interactive transactions would stop every other write: use batch()"));
  }

  async executeMultiple(sql: string): Promise<void> {
    this.#database.exec(sql);
    await this.sync();
  }

  /** Kept when whatever could be read before is on the disk. */
  async sync(): Promise<undefined> {
    await this.#enqueue([]);
  }

  close(): void {
    if (this.closed) return;
    this.#commitNow();
    this.closed = true;
    this.#takeWaiting().forEach((group) =>
      group.reject(new Error("The database was closed before this write"))
    );
    this.#statements.forget();
    if (this.#log) this.#log.close();
    else this.#database.close();
  }

  dataVersion(): number {
    const { rows: [version] } = this.#statements.run({ sql: "pragma data_version", args: [] });
    return Number(version?.[0]);
  }

  reconnect(): void {
    throw new Error("A closed file is opened anew with openFile()");
  }

  #enqueue(statements: readonly Statement[]): Promise<ResultSet[]> {
    if (this.closed) return Promise.reject(new Error("The database is closed"));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ statements, resolve, reject });
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#flushing) return;
    this.#scheduled = true;
    setImmediate(() => this.#commitWhenAllArrived(0, GATHERING_TURNS));
  }

  /** Requests that came together reach their writes over a few turns of the event loop: one sync serves them all. */
  #commitWhenAllArrived(arrived: number, turns: number): void {
    const { length } = this.#waiting;
    if (length > arrived && turns > 0) setImmediate(() => this.#commitWhenAllArrived(length, turns - 1));
    else this.#commit();
  }

  #commit(): void {
    this.#scheduled = false;
    if (this.closed || this.#flushing || !this.#waiting.length) return;
    const committed = this.#commitWaiting();
    if (!committed) return;
    this.#flushing = committed;
    this.#log?.begin((fault) => {
      // `close()` may have settled them meanwhile.
      if (this.#flushing === committed) this.#settle(fault);
      if (this.#waiting.length) this.#schedule();
    });
    if (!this.#log) this.#settle(null);
  }

  /** What is waiting or on its way to the disk is there afterwards, unless another process holds the file. */
  #commitNow(): void {
    const flush = () => this.#flushing && this.#settle(faultOf(() => this.#log?.now()));
    flush();
    if (!this.#waiting.length) return;
    this.#flushing = this.#commitWaiting();
    flush();
  }

  #settle(fault: Error | null): void {
    const committed = this.#flushing ?? [];
    this.#flushing = null;
    for (const { group, settle } of committed) {
      if (fault) group.reject(fault);
      else settle();
    }
  }

  /** Null when nothing could be committed: then it is tried again, or whoever waits knows why. */
  #commitWaiting(): readonly Run[] | null {
    const groups = this.#takeWaiting();
    try {
      this.#log?.beforeCommit();
      this.#statements.control("begin immediate");
      const committed = this.#runAll(groups);
      this.#statements.control("commit");
      this.#blockedSince = undefined;
      this.#log?.committed(groups.length);
      return committed;
    } catch (fault) {
      const isUndone = faultOf(() => this.#rollBack()) === null;
      if (isUndone && isBusy(fault)) this.#waitForLock(groups, fault);
      else groups.forEach((group) => group.reject(fault));
      return null;
    }
  }

  /**
   * Runs all batches. A savepoint for each copies every page that it changes, so they have one only when a batch
   * failed, in a second attempt.
   */
  #runAll(groups: readonly Group[]): readonly Run[] {
    try {
      return groups.map((group) => this.#runGroup(group));
    } catch {
      this.#rollBack();
      this.#statements.control("begin immediate");
      return groups.map((group) => this.#runApart(group));
    }
  }

  #rollBack(): void {
    if (this.#database.isTransaction) this.#statements.control("rollback");
  }

  #takeWaiting(): Group[] {
    const groups = this.#waiting;
    this.#waiting = [];
    return groups;
  }

  #runGroup(group: Group): Run {
    const results = group.statements.map((statement) => this.#statements.run(statement));
    return { group, settle: () => group.resolve(results) };
  }

  /** Runs one batch, which stands or falls by itself; what it answers is kept back until the commit. */
  #runApart(group: Group): Run {
    this.#statements.control("savepoint one");
    try {
      const run = this.#runGroup(group);
      this.#statements.control("release one");
      return run;
    } catch (fault) {
      if (!this.#database.isTransaction) throw fault;
      this.#statements.control("rollback to one");
      this.#statements.control("release one");
      return { group, settle: () => group.reject(fault) };
    }
  }

  #waitForLock(groups: readonly Group[], fault: unknown): void {
    const now = performance.now();
    this.#blockedSince ??= now;
    if (now - this.#blockedSince > LOCK_PATIENCE) {
      this.#blockedSince = undefined;
      groups.forEach((group) => group.reject(fault));
      return;
    }
    this.#waiting.unshift(...groups);
    this.#scheduled = true;
    setTimeout(() => this.#commit(), LOCK_RETRY);
  }
}

function faultOf(work: () => void): Error | null {
  try {
    work();
    return null;
  } catch (fault) {
    // Node's file functions throw nothing else.
    return fault as Error;
  }
}
