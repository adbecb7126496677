import { and, eq, isNull, lt, sql } from "drizzle-orm";
import type { InStatement } from "@libsql/client";
import { numbered } from "../../storage/change_sequence.ts";
import { builder, columnsOf, compiled, given, query } from "../../storage/prepared.ts";
import { radacct, usageLatest } from "../../storage/schema/ledger.ts";
import { LARGEST_INT64 } from "../../values/octets.ts";
import type { Session } from "./accounting_packet.ts";

/** A session as it was read, with the mark that a write must still find. */
export type StoredSession = Session & { readonly nodeId: string; readonly changeSeq: number };

const thisSession = and(
  eq(radacct.organizationId, given("organizationId")),
  eq(radacct.uniqueId, given("uniqueId")),
);
export const findSession = query(columnsOf(radacct), builder.select().from(radacct).where(thisSession));

const value = (name: string) => sql`${given(name)}`;
/** Columns that no index has: most packets change only these. */
const unindexed = {
  sessionId: value("sessionId"),
  groupname: value("groupname"),
  realm: value("realm"),
  nasPortId: value("nasPortId"),
  nasPortType: value("nasPortType"),
  updatedAt: value("updatedAt"),
  interval: value("interval"),
  sessionSeconds: value("sessionSeconds"),
  authentication: value("authentication"),
  connectionInfoStart: value("connectionInfoStart"),
  connectionInfoStop: value("connectionInfoStop"),
  inputOctets: value("inputOctets"),
  outputOctets: value("outputOctets"),
  terminateCause: value("terminateCause"),
  serviceType: value("serviceType"),
  framedProtocol: value("framedProtocol"),
  framedIpAddress: value("framedIpAddress"),
  framedIpv6Address: value("framedIpv6Address"),
  framedIpv6Prefix: value("framedIpv6Prefix"),
  framedInterfaceId: value("framedInterfaceId"),
  delegatedIpv6Prefix: value("delegatedIpv6Prefix"),
  heardAt: value("heardAt"),
  describedBy: value("describedBy"),
  closedBy: value("closedBy"),
};
const indexed = {
  username: value("username"),
  userId: value("userId"),
  nasIpAddress: value("nasIpAddress"),
  startedAt: value("startedAt"),
  stoppedAt: value("stoppedAt"),
  calledStationId: value("calledStationId"),
  callingStationId: value("callingStationId"),
  callingMac: value("callingMac"),
};
const INDEXED = Object.keys(indexed) as (keyof typeof indexed)[];

const insert = compiled(
  builder.insert(radacct).values({
    organizationId: given("organizationId"),
    uniqueId: given("uniqueId"),
    ...unindexed,
    ...indexed,
    ...numbered,
  }).onConflictDoNothing(),
);
const unchangedSince = and(
  thisSession,
  eq(radacct.nodeId, given("beforeNode")),
  eq(radacct.changeSeq, given("beforeSeq")),
);
const updateAll = compiled(
  builder.update(radacct).set({ ...unindexed, ...indexed, ...numbered }).where(unchangedSince),
);
const updateUnindexed = compiled(
  builder.update(radacct).set({ ...unindexed, ...numbered }).where(unchangedSince),
);
const updateEnd = compiled(
  builder.update(radacct).set({ ...unindexed, stoppedAt: value("stoppedAt"), ...numbered }).where(
    unchangedSince,
  ),
);

/** Changes no row when another packet made the session first. */
export function insertSession(session: Session, nodeId: string): InStatement {
  return insert({ ...session, nodeId });
}

/** Changes no row when another packet changed the session since it was read. */
export function updateSession(before: StoredSession, after: Session, nodeId: string): InStatement {
  const values = { ...after, nodeId, beforeNode: before.nodeId, beforeSeq: before.changeSeq };
  const moved = INDEXED.filter((column) => before[column] !== after[column]);
  // Setting a column rewrites its indexes, also when the value stays.
  if (!moved.length) return updateUnindexed(values);
  return moved.length === 1 && moved[0] === "stoppedAt" ? updateEnd(values) : updateAll(values);
}

/** Starts anew on another day; two sessions at the limit must not turn the sum into a real number. */
const added = (column: string) =>
  sql.raw(`min(iif(day = excluded.day, ${column}, 0) + excluded.${column}, ${LARGEST_INT64})`);
/** The triggers of `usage_latest` keep what another day had; for an earlier day than the latest `changes()` is 0 then. */
export const addUsage = compiled(
  builder.insert(usageLatest).values({
    organizationId: given("organizationId"),
    userId: given("userId"),
    day: given("day"),
    nodeId: given("nodeId"),
    sessionSeconds: given("sessionSeconds"),
    inputOctets: given("inputOctets"),
    outputOctets: given("outputOctets"),
  }).onConflictDoUpdate({
    target: [usageLatest.organizationId, usageLatest.userId, usageLatest.nodeId],
    set: {
      day: sql`excluded.day`,
      sessionSeconds: added("session_seconds"),
      inputOctets: added("input_octets"),
      outputOctets: added("output_octets"),
    },
  }),
);

const endedByAnother = {
  stoppedAt: sql`coalesce(acctupdatetime, ${given("now")})`,
  terminateCause: "Session-Timeout",
  closedBy: "server" as const,
  ...numbered,
};
const begunBefore = [
  isNull(radacct.stoppedAt),
  lt(radacct.startedAt, given("startedAt")),
  sql`${radacct.uniqueId} <> ${given("uniqueId")}`,
  sql`(${radacct.userId} is not null or ${radacct.username} = ${given("username")})`,
];
// The plus signs keep the planner on the station's index: a user may have many open sessions, a station hardly two.
const closeOlderOfMac = compiled(
  builder.update(radacct).set(endedByAnother).where(and(
    eq(radacct.callingMac, given("callingMac")),
    sql`+${radacct.organizationId} = ${given("organizationId")}`,
    sql`+${radacct.userId} is ${given("userId")}`,
    ...begunBefore,
  )),
);
const closeOlderOfStation = compiled(
  builder.update(radacct).set(endedByAnother).where(and(
    eq(radacct.organizationId, given("organizationId")),
    sql`${radacct.userId} is ${given("userId")}`,
    eq(radacct.callingStationId, given("callingStationId")),
    ...begunBefore,
  )),
);

/**
 * A station has one session: a new open one ends those that began before it, of the same user here. MAC addresses are
 * the same in any spelling.
 */
export function closeOlderSessions(session: Session, nodeId: string, now: string): InStatement {
  return (session.callingMac ? closeOlderOfMac : closeOlderOfStation)({ ...session, nodeId, now });
}
