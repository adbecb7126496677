import { createClient, LibsqlError } from "@libsql/client/http";
import type { Client, InArgs, InStatement, ResultSet, Row, TransactionMode } from "@libsql/client";
import { resultSet } from "../storage/result_set.ts";

/** Of sqld itself a write transaction may take 5 s. */
const DEADLINE_MILLISECONDS = 10_000;
/** More statements than this are not sent as one transaction. */
const MOST_TOGETHER = 500;
const READS = /^\s*(select|explain|pragma|values)\b/i;

interface Group {
  readonly statements: readonly InStatement[];
  readonly waitsSince: number;
  readonly resolve: (results: ResultSet[]) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * A libSQL server (sqld, Turso) over HTTP as a `Client`. Integers are numbers as long as a number can hold them, above
 * that bigint. A call that misses its deadline fails, and a write may then still have happened.
 *
 * Writes go one at a time: a server whose clients give up many writes at once can stop writing for good. Those that
 * arrive meanwhile go together as one transaction; each batch still stands or falls by itself.
 *
 * @param url `http:`, `https:` or `libsql:`.
 * @param authToken sent as a bearer token; empty for a server that asks for none.
 */
export function openRemote(
  url: string,
  authToken = "",
  deadlineMilliseconds = DEADLINE_MILLISECONDS,
): Client {
  const server = createClient({
    url,
    ...(authToken ? { authToken } : {}),
    intMode: "bigint",
    // The library's own limiter would only hide the queue that is here; it reads 0 as 20.
    concurrency: Number.MAX_SAFE_INTEGER,
    fetch: (request: Request) => fetch(request, { signal: AbortSignal.timeout(deadlineMilliseconds) }),
  });
  return new RemoteClient(server, deadlineMilliseconds);
}

class RemoteClient implements Client {
  readonly protocol = "http";
  readonly #server: Client;
  readonly #deadlineMilliseconds: number;
  #waiting: Group[] = [];
  #writing = false;

  constructor(server: Client, deadlineMilliseconds: number) {
    this.#server = server;
    this.#deadlineMilliseconds = deadlineMilliseconds;
  }

  get closed(): boolean {
    return this.#server.closed;
  }

  async execute(statement: InStatement | string, args?: InArgs): Promise<ResultSet> {
    const one = typeof statement === "string" && args ? { sql: statement, args } : statement;
    if (READS.test(typeof one === "string" ? one : one.sql)) return narrowed(await this.#server.execute(one));
    const [result] = await this.#enqueue([one]);
    if (!result) throw new Error("A statement gave no result");
    return result;
  }

  async batch(
    statements: (InStatement | [string, InArgs?])[],
    mode: TransactionMode = "write",
  ): Promise<ResultSet[]> {
    const all = statements.map(toStatement);
    if (mode !== "read") return await this.#enqueue(all);
    return (await this.#server.batch(all, "read")).map(narrowed);
  }

  async migrate(statements: InStatement[]): Promise<ResultSet[]> {
    return await this.batch(statements, "write");
  }

  transaction(): Promise<never> {
    return Promise.reject(new Error("Interactive transactions would stop every other write: use batch()"));
  }

  async executeMultiple(sql: string): Promise<void> {
    await this.#server.executeMultiple(sql);
  }

  sync(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  close(): void {
    this.#server.close();
  }

  reconnect(): void {
    this.#server.reconnect();
  }

  #enqueue(statements: readonly InStatement[]): Promise<ResultSet[]> {
    if (!statements.length) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ statements, waitsSince: performance.now(), resolve, reject });
      if (!this.#writing) void this.#writeWaiting();
    });
  }

  async #writeWaiting(): Promise<void> {
    this.#writing = true;
    // What is asked for in the same turn goes in the same transaction.
    await Promise.resolve();
    while (this.#waiting.length) {
      const groups = this.#takeTogether();
      const [first] = groups;
      if (first && groups.length === 1) await this.#writeOne(first);
      else if (first) await this.#writeTogether(groups);
    }
    this.#writing = false;
  }

  #takeTogether(): Group[] {
    const taken: Group[] = [];
    let statements = 0;
    for (let group = this.#waiting[0]; group; group = this.#waiting[0]) {
      if (taken.length && statements + group.statements.length > MOST_TOGETHER) break;
      this.#waiting.shift();
      if (performance.now() - group.waitsSince > this.#deadlineMilliseconds) {
        group.reject(new LibsqlError("The database did not get to this write in time", "TIMEOUT"));
        continue;
      }
      taken.push(group);
      statements += group.statements.length;
    }
    return taken;
  }

  async #writeOne({ statements, resolve, reject }: Group): Promise<void> {
    const [only] = statements;
    try {
      if (only && statements.length === 1) resolve([narrowed(await this.#server.execute(only))]);
      else resolve((await this.#server.batch([...statements], "write")).map(narrowed));
    } catch (fault) {
      reject(fault);
    }
  }

  async #writeTogether(groups: readonly Group[]): Promise<void> {
    try {
      const results = await this.#server.batch(groups.flatMap(({ statements }) => statements), "write");
      let from = 0;
      for (const { statements, resolve } of groups) {
        resolve(results.slice(from, from += statements.length).map(narrowed));
      }
    } catch (fault) {
      // Anything but a refused statement leaves open what happened: trying again could do it twice.
      if (!isRefusedStatement(fault)) return groups.forEach(({ reject }) => reject(fault));
      for (const group of groups) await this.#writeOne(group);
    }
  }
}

function isRefusedStatement(fault: unknown): boolean {
  return fault instanceof LibsqlError && fault.code.startsWith("SQL");
}

function toStatement(statement: InStatement | [string, InArgs?]): InStatement {
  if (!Array.isArray(statement)) return statement;
  const [sql, args] = statement;
  return { sql, args: args ?? [] };
}

function narrowed({ columns, rows, rowsAffected, lastInsertRowid }: ResultSet): ResultSet {
  // Plain arrays, as a file gives them: `Row`'s named columns cost more than the rest of the row.
  const arrays = rows.map((row) => Array.from(columns, (_, i) => narrowInteger(row[i]))) as unknown as Row[];
  return resultSet(columns, arrays, rowsAffected, lastInsertRowid);
}

function narrowInteger(value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER ? Number(value) : value;
}
