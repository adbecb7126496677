import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { InArgs, InStatement, ResultSet, Row } from "@libsql/client";
import { resultSet } from "../storage/result_set.ts";
import { narrowInteger, onlyReads } from "./reads.ts";

const CACHED_STATEMENTS = 512;

/** Deno and Bun have it, Deno's declarations do not yet. */
interface ArrayStatement extends StatementSync {
  setReturnArrays(enabled: boolean): void;
}
type Bound = string | number | bigint | null | Uint8Array;
/** What SQLite is told, with its values as SQLite takes them. */
export interface Statement {
  readonly sql: string;
  readonly args: Bound[];
}
interface Prepared {
  readonly statement: StatementSync;
  readonly columns: string[];
  readonly reads: boolean;
}
/** Runs statements on SQLite, which prepares each once. */
export class Statements {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, Prepared>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  run({ sql, args }: Statement): ResultSet {
    const { statement, columns, reads } = this.#prepare(sql);
    if (!columns.length) {
      const { changes, lastInsertRowid } = statement.run(...args);
      return resultSet(columns, [], Number(changes), BigInt(lastInsertRowid));
    }
    // `setReturnArrays` made every row an array.
    const rows = statement.all(...args) as unknown as Row[];
    rows.forEach(narrowIntegers);
    // What writes and has columns has a `returning`, and gives a row for each that it changed.
    return resultSet(columns, rows, reads ? 0 : rows.length, undefined);
  }

  /** Begins and ends transactions; prepared, since they come with every packet. */
  control(sql: string): void {
    this.#prepare(sql).statement.run();
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql) as ArrayStatement;
    statement.setReadBigInts(true);
    statement.setReturnArrays(true);
    const columns = statement.columns().map(({ name }) => name);
    const prepared = { statement, columns, reads: onlyReads(sql) };
    if (this.#prepared.size >= CACHED_STATEMENTS) this.#prepared.delete(firstKey(this.#prepared));
    this.#prepared.set(sql, prepared);
    return prepared;
  }

  forget(): void {
    this.#prepared.clear();
  }
}

function firstKey(map: Map<string, Prepared>): string {
  for (const key of map.keys()) return key;
  return "";
}

/** @throws {TypeError} for a value that SQLite has no type for, and for named values. */
export function toStatement(statement: InStatement | [string, InArgs?]): Statement {
  if (typeof statement === "string") return { sql: statement, args: [] };
  const [sql, args] = Array.isArray(statement) ? statement : [statement.sql, statement.args];
  if (args === undefined) return { sql, args: [] };
  if (!Array.isArray(args)) throw new TypeError("Only positional arguments are used here");
  return { sql, args: args.map(toBound) };
}

function toBound(value: unknown): Bound {
  switch (typeof value) {
    case "string":
    case "number":
    case "bigint":
      return value;
    case "boolean":
      return value ? 1 : 0;
    default:
      if (value === null || value instanceof Uint8Array) return value;
      throw new TypeError(`Cannot store a ${typeof value}`);
  }
}

function narrowIntegers(row: Row): void {
  for (let i = 0; i < row.length; i++) row[i] = narrowInteger(row[i] ?? null);
}
