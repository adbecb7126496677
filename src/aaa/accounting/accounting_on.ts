import { and, eq, sql } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { numbered, takeChangeNumber } from "../../storage/change_sequence.ts";
import { builder, compiled, given, query } from "../../storage/prepared.ts";
import { radacct } from "../../storage/schema/ledger.ts";
import { nasRestart } from "../../storage/schema/state.ts";
import type { OrganizationId } from "../../values/organization_id.ts";
import { type SqlDateTime, toSqlDateTime } from "../../values/sql_date_time.ts";

const REPETITION_MILLISECONDS = 60_000;
const CLOSED_AT_ONCE = 1000;
const END_OF_TIME = toSqlDateTime(new Date("9999-12-31T23:59:59Z"));

/** A NAS that says it has restarted (RFC 2866 section 5.1); an empty text was not sent. */
export interface NasRestart {
  readonly organizationId: OrganizationId;
  readonly nasIpAddress: string;
  readonly calledStationId: string;
  /** Unique ids of sessions that go on all the same, where that is known. */
  readonly running?: readonly string[];
}

const thisNas = and(
  eq(nasRestart.organizationId, given("organizationId")),
  eq(nasRestart.nasIpAddress, given("nasIpAddress")),
  eq(nasRestart.calledStationId, given("calledStationId")),
);
const lastRestartFields = { firstAt: nasRestart.firstAt };
const lastRestart = query(
  lastRestartFields,
  builder.select(lastRestartFields).from(nasRestart).where(thisNas),
);
const rememberRestart = compiled(
  builder.insert(nasRestart).values({
    organizationId: given("organizationId"),
    nasIpAddress: given("nasIpAddress"),
    calledStationId: given("calledStationId"),
    firstAt: given("firstAt"),
  }).onConflictDoUpdate({
    target: [nasRestart.organizationId, nasRestart.nasIpAddress, nasRestart.calledStationId],
    set: { firstAt: sql`excluded.first_at` },
  }),
);
const closeSome = compiled(
  builder.update(radacct).set({
    stoppedAt: sql`max(${given("now")}, acctstarttime)`,
    terminateCause: "NAS-Reboot",
    closedBy: "server",
    ...numbered,
  }).where(sql`rowid in (select rowid from radacct where organization_id = ${given("organizationId")}
    and acctstoptime is null
    and (${given("nasIpAddress")} = '' or nasipaddress = ${given("nasIpAddress")})
    and (${given("calledStationId")} = '' or calledstationid = ${given("calledStationId")})
    and acctstarttime <= ${given("begunUntil")}
    and acctuniqueid not in (select value from json_each(${given("running")})) limit ${
    sql.raw(String(CLOSED_AT_ONCE))
  })`),
);

/**
 * Closes the open sessions of one NAS of one organization: they ended when it restarted. Said again within a minute it
 * closes nothing that began since it was first said.
 */
export async function closeRestartedNas(db: Database, restart: NasRestart, now: Date): Promise<void> {
  if (!restart.nasIpAddress && !restart.calledStationId) return;
  // No session has longer ones.
  if (restart.nasIpAddress.length > 64 || restart.calledStationId.length > 253) return;
  // Who knows what goes on repeats nothing by mistake, and may not know the time yet.
  const begunUntil = restart.running ? END_OF_TIME : await firstSaid(db, restart, now);
  const running = JSON.stringify(restart.running ?? []);
  for (;;) {
    const { nodeId } = db;
    const close = closeSome({ ...restart, running, begunUntil, now: toSqlDateTime(now), nodeId });
    const [, result] = await db.ledger.$client.batch([takeChangeNumber({ nodeId }), close], "write");
    if ((result?.rowsAffected ?? 0) < CLOSED_AT_ONCE) return;
  }
}

async function firstSaid(db: Database, restart: NasRestart, now: Date): Promise<SqlDateTime> {
  const [last] = await lastRestart(db.state, { ...restart });
  if (last && last.firstAt > toSqlDateTime(new Date(now.getTime() - REPETITION_MILLISECONDS))) {
    return last.firstAt;
  }
  const firstAt = toSqlDateTime(now);
  await db.state.$client.batch([rememberRestart({ ...restart, firstAt })], "write");
  return firstAt;
}
