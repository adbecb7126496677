import type { Client, InStatement } from "@libsql/client";
import init from "../../migrations/0000_init.sql" with { type: "text" };
import expectChange from "../../migrations/0001_expect_change.sql" with { type: "text" };
import sessionCount from "../../migrations/0002_session_count.sql" with { type: "text" };
import outbox from "../../migrations/0003_outbox.sql" with { type: "text" };
import pendingNumber from "../../migrations/0004_pending_number.sql" with { type: "text" };
import magicLinks from "../../migrations/0005_magic_links.sql" with { type: "text" };
import registration from "../../migrations/0006_registration.sql" with { type: "text" };
import sessionAlias from "../../migrations/0007_session_alias.sql" with { type: "text" };
import outboxLanes from "../../migrations/0008_outbox_lanes.sql" with { type: "text" };
import expiryIndexes from "../../migrations/0009_expiry_indexes.sql" with { type: "text" };
import sessionAliasMonth from "../../migrations/0010_session_alias_month.sql" with { type: "text" };
import zones from "../../migrations/0011_zones.sql" with { type: "text" };
import controllerSessions from "../../migrations/0012_controller_sessions.sql" with { type: "text" };
import usageLatest from "../../migrations/0013_usage_latest.sql" with { type: "text" };

/** In the order they are applied; a name, once released, keeps its text. */
const MIGRATIONS: readonly (readonly [name: string, sql: string])[] = [
  ["0000_init", init],
  ["0001_expect_change", expectChange],
  ["0002_session_count", sessionCount],
  ["0003_outbox", outbox],
  ["0004_pending_number", pendingNumber],
  ["0005_magic_links", magicLinks],
  ["0006_registration", registration],
  ["0007_session_alias", sessionAlias],
  ["0008_outbox_lanes", outboxLanes],
  ["0009_expiry_indexes", expiryIndexes],
  ["0010_session_alias_month", sessionAliasMonth],
  ["0011_zones", zones],
  ["0012_controller_sessions", controllerSessions],
  ["0013_usage_latest", usageLatest],
];

/**
 * Brings a database to the newest schema: each file whole or not at all, together with the note that it was applied.
 * Two processes may try at once; the later one finds the work done.
 */
export async function migrate(client: Client): Promise<void> {
  await client.execute("create table if not exists _migration (name text primary key, at text not null)");
  const applied = await appliedMigrations(client);
  for (const [name, text] of MIGRATIONS) {
    if (applied.has(name)) continue;
    try {
      await client.batch([noteOf(name), ...statementsOf(text)], "write");
    } catch (fault) {
      if (!(await appliedMigrations(client)).has(name)) throw fault;
    }
  }
}

async function appliedMigrations(client: Client): Promise<Set<string>> {
  const { rows } = await client.execute("select name from _migration");
  return new Set(rows.map((row) => String(row[0])));
}

// First in its batch: of two processes the second fails here, before it touches a table.
function noteOf(name: string): InStatement {
  return { sql: "insert into _migration (name, at) values (?, datetime('now'))", args: [name] };
}

function statementsOf(text: string): InStatement[] {
  return text.split("--> statement-breakpoint").map((sql) => sql.trim()).filter(Boolean)
    .map((sql) => ({ sql, args: [] }));
}
