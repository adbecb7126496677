import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { builder, given, query } from "../../storage/prepared.ts";
import { radacct, sessionAlias } from "../../storage/schema/ledger.ts";
import type { OrganizationId } from "../../values/organization_id.ts";

/** What sessions are looked up by and more than one user may have: the column, and what filters call it. */
export type Alias = "username" | "callingStationId";

const KIND = { username: "username", callingStationId: "station" } as const;

const owner = { userId: sessionAlias.userId };
const owners = query(
  owner,
  builder.select(owner).from(sessionAlias).where(and(
    eq(sessionAlias.organizationId, given("organizationId")),
    eq(sessionAlias.kind, given("kind")),
    eq(sessionAlias.value, given("value")),
  )).limit(2),
);

/** Whose sessions came under a user name or from a station; no more than two, since one alone is worth knowing. */
export async function usersOf(
  db: Database,
  organizationId: OrganizationId,
  alias: Alias,
  value: string,
): Promise<readonly string[]> {
  const rows = await owners(db.ledger, { organizationId, kind: KIND[alias], value });
  return rows.map(({ userId }) => userId);
}

const one = { found: sql<number>`1` };
const stranger = (alias: Alias) =>
  query(
    one,
    builder.select(one).from(radacct).where(and(
      eq(radacct.organizationId, given("organizationId")),
      eq(radacct[alias], given("value")),
      isNull(radacct.userId),
    )).limit(1),
  );
const strangers = { username: stranger("username"), callingStationId: stranger("callingStationId") };

/** Whether sessions of somebody who is not known came under it too. */
export async function haveStrangers(
  db: Database,
  organizationId: OrganizationId,
  alias: Alias,
  value: string,
): Promise<boolean> {
  return (await strangers[alias](db.ledger, { organizationId, value })).length > 0;
}

/** The sessions of everybody who has it, known or not; for a statement that is given it under its name. */
export function ofEverybody(alias: Alias): SQL {
  const same = sql`organization_id = ${given("organizationId")}
    and ${sql.identifier(radacct[alias].name)} = ${given(alias)}`;
  return sql`${radacct}.rowid in (
    select rowid from radacct where ${same} and user_id is null
    union all select rowid from radacct where ${same} and user_id in (
      select user_id from session_alias where organization_id = ${given("organizationId")}
      and kind = ${sql.raw(`'${KIND[alias]}'`)} and value = ${given(alias)}))`;
}
