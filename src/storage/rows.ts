import type { InStatement } from "@libsql/client";
import { type Column, getTableColumns, getTableName, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";

/** Rows in one statement: its one bound value is then at most a few megabytes. */
const ROWS_TOGETHER = 5_000;

/**
 * Inserts rows, thousands in one statement: they travel as one JSON text, for a statement binds at most 32,766 values.
 * All rows have the keys of the first; values are what JSON can carry.
 */
export function insertRows<T extends SQLiteTable>(
  table: T,
  rows: readonly T["$inferInsert"][],
): InStatement[] {
  const [first] = rows;
  if (!first) return [];
  const columns = columnsOf(table, Object.keys(first));
  const names = columns.map(([, { name }]) => quote(name)).join(", ");
  const values = columns.map((_, at) => `value ->> ${at}`).join(", ");
  return chunks(rows).map((some) => ({
    sql: `insert into ${quote(getTableName(table))} (${names}) select ${values} from json_each(?)`,
    args: [JSON.stringify(some.map((row) => encode(columns, row)))],
  }));
}

/** A row as it was read, and the columns that shall change. */
export interface RowChange<Row> {
  readonly stored: Row;
  readonly changes: Partial<Row>;
}

/**
 * Changes rows, each only in its own columns. A row whose `guard` columns are no longer what was read makes the whole
 * batch fail (`isConflict()`): somebody else was faster.
 */
export function updateRows<T extends SQLiteTable>(
  table: T,
  key: readonly string[],
  rows: readonly RowChange<T["$inferSelect"]>[],
): InStatement[] {
  const alike = Map.groupBy(rows, ({ changes }) => Object.keys(changes).sort().join());
  return [...alike].flatMap(([names, some]) => {
    const changed = columnsOf(table, names.split(","));
    const found = columnsOf(table, key);
    const set = changed.map(([, { name }], at) => `${quote(name)} = given.value ->> ${at}`).join(", ");
    const where = found.map(([, { name }], at) =>
      `${quote(getTableName(table))}.${quote(name)} = given.value ->> ${changed.length + at}`
    ).join(" and ");
    return chunks(some).flatMap((part) => [{
      sql: `update ${quote(getTableName(table))} set ${set} from json_each(?) as given where ${where}`,
      args: [JSON.stringify(
        part.map(({ stored, changes }) => [...encode(changed, changes), ...encode(found, stored)]),
      )],
    }, expectChanges(part.length)]);
  });
}

/** Deletes rows by their `id`; one that is gone already makes the whole batch fail. */
export function deleteRows(table: SQLiteTable, ids: readonly (string | number)[]): InStatement[] {
  return chunks(ids).flatMap((some) => [{
    sql: `delete from ${quote(getTableName(table))} where id in (select value from json_each(?))`,
    args: [JSON.stringify(some)],
  }, expectChanges(some.length)]);
}

/** Whether a column's value is one of any number of texts. */
export function isAnyOf(column: Column, values: readonly string[]): SQL {
  return sql`${column} in (select value from json_each(${JSON.stringify(values)}))`;
}

/** A `batch()` failed because a row that it needs is gone, or one is there that it wanted to make. */
export function isConstraintFailure(fault: unknown): boolean {
  return fault instanceof Error && (/constraint failed|SQLITE_CONSTRAINT/.test(fault.message) ||
    isConstraintFailure(fault.cause));
}

/** As `EXPECT_CHANGE`, for an exact number. */
function expectChanges(rows: number): InStatement {
  return { sql: "insert into expect_change select changes() = ?", args: [rows] };
}

type NamedColumn = readonly [key: string, column: Column];

function columnsOf(table: SQLiteTable, keys: readonly string[]): NamedColumn[] {
  const columns = getTableColumns(table);
  return keys.map((key) => {
    const column = columns[key];
    if (!column) throw new TypeError(`${getTableName(table)} has no column ${key}`);
    return [key, column];
  });
}

function encode(columns: readonly NamedColumn[], row: Readonly<Record<string, unknown>>): unknown[] {
  return columns.map(([key, column]) => {
    const value = row[key];
    return value === null || value === undefined ? null : column.mapToDriverValue(value);
  });
}

function chunks<T>(items: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < items.length; at += ROWS_TOGETHER) parts.push(items.slice(at, at + ROWS_TOGETHER));
  return parts;
}

function quote(name: string): string {
  return `"${name}"`;
}
