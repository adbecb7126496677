import type { InStatement, InValue, Row } from "@libsql/client";
import { Column, getTableColumns, is, Param, Placeholder, type Query, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/libsql/http";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Handle } from "./database.ts";

type Values = Readonly<Record<string, unknown>>;
type Fields = Readonly<Record<string, Column | SQL>>;

/** Builds statements without a database: for `compiled()` and `query()`. */
export const builder = drizzle.mock();

/** A value that is given each time a statement runs. */
export const given = sql.placeholder;

/** Compiles a statement once; the result takes its values and gives what `batch()` wants. */
export function compiled(statement: { toSQL(): Query }): (values: Values) => InStatement {
  const { sql, params } = statement.toSQL();
  const arguments_ = params.map(argument);
  return (values) => ({ sql, args: arguments_.map((read) => read(values)) });
}

/**
 * Compiles a select once, for hot paths: what drizzle's own prepared query does, without the layers that cost more
 * than the read.
 *
 * @param fields what the select selects, in the same order.
 */
export function query<Select extends { toSQL(): Query; readonly _: { readonly result: readonly unknown[] } }>(
  fields: Fields,
  select: Select,
): (handle: Handle, values: Values) => Promise<Select["_"]["result"]> {
  const statement = compiled(select);
  const names = Object.keys(fields);
  const decoders = Object.values(fields).map(decoder);
  const toObject = (row: Row) => {
    const object: Record<string, unknown> = {};
    for (let i = 0; i < names.length; i++) {
      const value = row[i];
      const decode = decoders[i];
      object[names[i] ?? ""] = decode && value !== null ? decode(value) : value;
    }
    return object;
  };
  return async (handle, values) => {
    const { rows } = await handle.$client.execute(statement(values));
    // The rows hold the select's own fields, decoded by their columns.
    return rows.map(toObject) as Select["_"]["result"];
  };
}

/** All columns of a table: what `select()` without fields selects. */
export const columnsOf = (table: SQLiteTable): Fields => getTableColumns(table);

/** Prepares a query once per database handle: the builder costs several times the read itself. */
export function prepared<T>(build: (handle: Handle) => T): (handle: Handle) => T {
  const known = new WeakMap<Handle, T>();
  return (handle) => {
    const found = known.get(handle);
    if (found) return found;
    const made = build(handle);
    known.set(handle, made);
    return made;
  };
}

/** How one parameter gets its value. Drizzle's encoders give what the driver stores. */
function argument(parameter: unknown): (values: Values) => InValue {
  if (is(parameter, Placeholder)) return ({ [parameter.name]: value }) => value as InValue;
  if (is(parameter, Param) && is(parameter.value, Placeholder)) {
    const { value: { name }, encoder } = parameter;
    return ({ [name]: value }) => value === null ? null : encoder.mapToDriverValue(value) as InValue;
  }
  return () => parameter as InValue;
}

/** Undefined for a column whose values are what the driver gives. */
function decoder(field: Column | SQL): ((value: unknown) => unknown) | undefined {
  if (!is(field, Column) || field.mapFromDriverValue === Column.prototype.mapFromDriverValue) {
    return undefined;
  }
  return (value) => field.mapFromDriverValue(value);
}
