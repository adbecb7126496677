import { createClient, LibsqlError } from "@libsql/client/http";
import type { Client, InArgs, InStatement, ResultSet, Row, TransactionMode } from "@libsql/client";
import { narrowInteger, onlyReads } from "./reads.ts";
import { resultSet } from "../storage/result_set.ts";
import { DEADLINE_MILLISECONDS, processWriteQueue, type WriteQueue } from "./write_queue.ts";

/** sqld turns away what exceeds 128. */
const READS_AT_ONCE = 64;

export interface RemoteOptions {
  /** Longest one call to the server may take; 10 s unless told. */
  readonly deadlineMilliseconds?: number;
  /** Shared by all clients of one server that run in one process; each has its own unless told. */
  readonly writeQueue?: WriteQueue;
}

/**
 * A libSQL server (sqld, Turso) over HTTP as a `Client`. Integers are numbers as long as a number can hold them, above
 * that bigint. A call that misses its deadline fails, and a write may then still have happened. Writes go through one
 * queue, where each batch stands or falls by itself.
 *
 * @param url `http:`, `https:` or `libsql:`.
 * @param authToken sent as a bearer token; empty for a server that asks for none.
 */
export function openRemote(url: string, authToken = "", options: RemoteOptions = {}): Client {
  const { deadlineMilliseconds = DEADLINE_MILLISECONDS } = options;
  const server = createClient({
    url,
    ...(authToken ? { authToken } : {}),
    intMode: "bigint",
    concurrency: READS_AT_ONCE,
    fetch: (request: Request) => fetch(request, { signal: AbortSignal.timeout(deadlineMilliseconds) }),
  });
  const writeQueue = options.writeQueue ?? processWriteQueue(deadlineMilliseconds);
  return new RemoteClient(server, writeQueue, deadlineMilliseconds);
}

class RemoteClient implements Client {
  readonly protocol = "http";
  readonly #server: Client;
  readonly #writeQueue: WriteQueue;
  readonly #deadlineMilliseconds: number;

  constructor(server: Client, writeQueue: WriteQueue, deadlineMilliseconds: number) {
    this.#server = server;
    this.#writeQueue = writeQueue;
    this.#deadlineMilliseconds = deadlineMilliseconds;
  }

  get closed(): boolean {
    return this.#server.closed;
  }

  async execute(statement: InStatement | string, args?: InArgs): Promise<ResultSet> {
    const one = typeof statement === "string" && args ? { sql: statement, args } : statement;
    if (onlyReads(typeof one === "string" ? one : one.sql)) {
      return narrowed(await this.#patiently(() => this.#server.execute(one)));
    }
    const [result] = await this.#write([one]);
    if (!result) throw new Error("A statement gave no result");
    return result;
  }

  async batch(
    statements: (InStatement | [string, InArgs?])[],
    mode: TransactionMode = "write",
  ): Promise<ResultSet[]> {
    const all = statements.map(toStatement);
    if (mode !== "read") return await this.#write(all);
    return (await this.#patiently(() => this.#server.batch(all, "read"))).map(narrowed);
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

  async #write(statements: readonly InStatement[]): Promise<ResultSet[]> {
    if (!statements.length) return [];
    const results = await this.#patiently(() => this.#writeQueue.write(this.#server, statements));
    return results.map(narrowed);
  }

  /** Asks again while the server turns calls away unread because it has too many. */
  async #patiently<T>(call: () => Promise<T>): Promise<T> {
    const giveUpAt = performance.now() + this.#deadlineMilliseconds;
    for (let pause = 5;; pause = Math.min(2 * pause, 50)) {
      try {
        return await call();
      } catch (fault) {
        if (!isTurnedAway(fault) || performance.now() > giveUpAt) throw fault;
        await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random())));
      }
    }
  }
}

function isTurnedAway(fault: unknown): boolean {
  if (!(fault instanceof LibsqlError) || !(fault.cause instanceof Error)) return false;
  return "status" in fault.cause && fault.cause.status === 429;
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
