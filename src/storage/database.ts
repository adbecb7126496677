import type { Client, InStatement, ResultSet } from "@libsql/client";
import type { LibSQLDatabase } from "drizzle-orm/libsql";
// The plain entry would load a native SQLite that nothing here uses.
import { drizzle } from "drizzle-orm/libsql/http";
import { DirectoryCache } from "./directory_cache.ts";
import { processTurns, type Turns } from "./turns.ts";

export type Handle = LibSQLDatabase & { readonly $client: Client };

/**
 * The three kinds of data. In a venue the handles are one and the same; no statement joins across kinds, so that each
 * can live in a file or server of its own.
 */
export interface Database {
  /** Organizations, users, groups, NAS: written by people, seldom. Change it with `changeDirectory()`. */
  readonly directory: Handle;
  /** Sessions, usage, post-auth, audit log: written by packets, all the time. */
  readonly ledger: Handle;
  /** Keys, places, throttles: stays where it was made. */
  readonly state: Handle;
  readonly cache: DirectoryCache;
  /** For what a session's packets must not do at the same moment. */
  readonly turns: Turns;
  /** This installation, in the rows it writes. */
  readonly nodeId: string;
}

/** A client that can tell whether another connection has changed the database since it was last asked. */
export interface VersionedClient extends Client {
  /** Another number after each such change. */
  dataVersion(): number;
}

/** One client for all three kinds. */
export function venueDatabase(
  client: Client | VersionedClient,
  nodeId: string,
  turns = processTurns(),
): Database {
  const handle = drizzle(client);
  const cache = new DirectoryCache(() => "dataVersion" in client ? client.dataVersion() : undefined);
  return { directory: handle, ledger: handle, state: handle, cache, turns, nodeId };
}

/**
 * Applies directory statements atomically and forgets what was cached. Without any, it waits until the disk has what
 * was found to be as it should.
 */
export async function changeDirectory(db: Database, statements: InStatement[]): Promise<void> {
  if (!statements.length) return void await db.directory.$client.sync();
  try {
    await db.directory.$client.batch(statements, "write");
  } finally {
    db.cache.clear();
  }
}

/**
 * Writes to ledger and state: atomically where they are one database, else the ledger first, so that what a packet
 * reported is never lost to a failing state.
 *
 * @returns what the ledger's statements gave, in their order.
 */
export async function writeLedgerAndState(
  db: Database,
  ledger: readonly InStatement[],
  state: readonly InStatement[],
): Promise<readonly ResultSet[]> {
  if (db.ledger === db.state) return await db.ledger.$client.batch([...ledger, ...state], "write");
  const results = await db.ledger.$client.batch([...ledger], "write");
  if (state.length) await db.state.$client.batch([...state], "write");
  return results;
}

/** A `batch()` failed because a row was not as its compare-and-set expected (migration 0001). */
export function isConflict(fault: unknown): boolean {
  return fault instanceof Error &&
    (fault.message.includes("expected a change") || isConflict(fault.cause));
}

/** Compare-and-set inside a batch: the batch fails when the statement before this one changed no row. */
export const EXPECT_CHANGE = {
  sql: "insert into expect_change select changes()",
  args: [],
} satisfies InStatement;
