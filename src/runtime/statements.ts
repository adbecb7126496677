import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { InArgs, InStatement, ResultSet, Row } from "@libsql/client";
import { EXPECT_CHANGE } from "../storage/database.ts";
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
  /** Of the last statement that writes: what `changes()` would give. */
  #changed = 0;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  run({ sql, args }: Statement): ResultSet {
    if (sql === EXPECT_CHANGE.sql) return this.#expectChange();
    const { statement, columns, reads } = this.#prepare(sql);
    if (!columns.length) {
      const { changes, lastInsertRowid } = statement.run(...args);
      this.#changed = Number(changes);
      return resultSet(columns, [], this.#changed, BigInt(lastInsertRowid));
    }
    // `setReturnArrays` made every row an array.
    const rows = statement.all(...args) as unknown as Row[];
    rows.forEach(narrowIntegers);
    if (reads) return resultSet(columns, rows, 0, undefined);
    // What writes and has columns has a `returning`, and gives a row for each that it changed.
    this.#changed = rows.length;
    return resultSet(columns, rows, rows.length, undefined);
  }

  /** What the view and its trigger do, which takes a packet as long as charging its usage. */
  #expectChange(): ResultSet {
    if (!this.#changed) throw new Error("expected a change");
    return resultSet([], [], 1, undefined);
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
  return { sql, args: areBound(args) ? args : args.map(toBound) };
}

/** Most are: what need not be copied is not, for a packet has a hundred. */
function areBound(args: unknown[]): args is Bound[] {
  return args.every((value) =>
    typeof value === "string" || value === null || typeof value === "bigint" || typeof value === "number"
  );
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
