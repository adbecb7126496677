import type { InStatement, InValue } from "@libsql/client";
import { fillPlaceholders, type Query, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/libsql/http";
import type { Handle } from "./database.ts";

/** Builds statements without a database: for `compiled()`. */
export const builder = drizzle.mock();

/** A value that is given each time a prepared query runs. */
export const given = sql.placeholder;

/** Compiles a statement once; the result takes its values and gives what `batch()` wants. */
export function compiled(statement: { toSQL(): Query }): (values: Record<string, unknown>) => InStatement {
  const query = statement.toSQL();
  return (values) => ({
    sql: query.sql,
    // Drizzle's encoders give what the driver stores.
    args: fillPlaceholders(query.params, values) as InValue[],
  });
}

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
