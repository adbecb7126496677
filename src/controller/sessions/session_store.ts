import { and, eq, sql } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { builder, columnsOf, compiled, given, query } from "../../storage/prepared.ts";
import { controllerSession } from "../../storage/schema/controller.ts";

import { fromSqlDateTime, toSqlDateTime } from "../../values/sql_date_time.ts";
import type { TerminateCause } from "../controller.ts";
import type { Grant } from "./grant.ts";
import { type Counted, LiveSession } from "./live_session.ts";

type Row = typeof controllerSession.$inferSelect;

const readAll = query(columnsOf(controllerSession), builder.select().from(controllerSession));
const insert = compiled(
  builder.insert(controllerSession).values({
    uniqueId: given("uniqueId"),
    organizationId: given("organizationId"),
    zoneId: given("zoneId"),
    mac: given("mac"),
    slot: given("slot"),
    sessionId: given("sessionId"),
    username: given("username"),
    serviceType: given("serviceType"),
    nasIpAddress: given("nasIpAddress"),
    calledStationId: given("calledStationId"),
    startedAt: given("startedAt"),
    allowed: given("allowed"),
    isAccepted: given("isAccepted"),
    isSplash: given("isSplash"),
    addresses: given("addresses"),
    traffic: given("traffic"),
    countedAt: given("countedAt"),
    activeAt: given("activeAt"),
    endedAt: given("endedAt"),
    terminateCause: given("terminateCause"),
  }),
);
const value = (name: string) => sql`${given(name)}`;
const update = compiled(
  builder.update(controllerSession).set({
    startedAt: value("startedAt"),
    isSplash: value("isSplash"),
    addresses: value("addresses"),
    traffic: value("traffic"),
    countedAt: value("countedAt"),
    activeAt: value("activeAt"),
    endedAt: value("endedAt"),
    terminateCause: value("terminateCause"),
  }).where(and(
    eq(controllerSession.uniqueId, given("uniqueId")),
    // What was counted before the end and comes after it is late.
    sql`(${controllerSession.endedAt} is null or ${given("endedAt")} is not null)`,
  )),
);
const remove = compiled(
  builder.delete(controllerSession).where(eq(controllerSession.uniqueId, given("uniqueId"))),
);

/** Puts a session that begins where a new process finds it. */
export async function storeSession(db: Database, session: LiveSession): Promise<void> {
  await db.state.$client.batch([insert(toRow(session))], "write");
}

/** What changes as sessions go on: their counts, their addresses, the clock, and that they ended. */
export async function storeProgress(db: Database, sessions: readonly LiveSession[]): Promise<void> {
  if (!sessions.length) return;
  await db.state.$client.batch(sessions.map((session) => update(toRow(session))), "write");
}

export async function removeSession(db: Database, { facts: { uniqueId } }: LiveSession): Promise<void> {
  await db.state.$client.batch([remove({ uniqueId })], "write");
}

/** The sessions that an earlier process left. */
export async function readSessions(db: Database): Promise<LiveSession[]> {
  return (await readAll(db.state, {})).map(toSession);
}

function toRow(session: LiveSession): Row {
  const { facts, end } = session;
  const { userName: username, startedAt, grant, ...same } = facts;
  return {
    ...same,
    username,
    startedAt: toSqlDateTime(startedAt),
    allowed: JSON.stringify(grant, (_, value) => typeof value === "bigint" ? String(value) : value),
    isSplash: session.isSplash,
    addresses: JSON.stringify(session.addresses),
    traffic: JSON.stringify(session.counted),
    countedAt: toSqlDateTime(new Date(session.countedAt)),
    activeAt: toSqlDateTime(new Date(session.activeAt)),
    endedAt: end && toSqlDateTime(end.at),
    terminateCause: end && end.cause,
  };
}

function toSession(row: Row): LiveSession {
  const {
    username: userName,
    startedAt,
    allowed,
    isSplash,
    addresses,
    traffic,
    countedAt,
    activeAt,
    ...rest
  } = row;
  const { endedAt, terminateCause, ...same } = rest;
  const facts = { ...same, userName, startedAt: fromSqlDateTime(startedAt), grant: readGrant(allowed) };
  // All of these were written by `toRow()`.
  const session = new LiveSession(facts, JSON.parse(addresses) as string[], isSplash);
  session.counted = JSON.parse(traffic) as Counted;
  session.countedAt = fromSqlDateTime(countedAt).getTime();
  session.activeAt = fromSqlDateTime(activeAt).getTime();
  if (endedAt && terminateCause) {
    session.end = { at: fromSqlDateTime(endedAt), cause: terminateCause as TerminateCause };
    session.isEndStored = true;
  }
  return session;
}

/** As JSON carries it: an instant is a text, and so is what may pass 2^53. */
type StoredGrant = Omit<Grant, "terminateAt" | OctetLimit> & {
  readonly terminateAt: string | null;
} & { readonly [limit in OctetLimit]: string | null };
type OctetLimit = "maxInputOctets" | "maxOutputOctets" | "maxTotalOctets";

function readGrant(text: string): Grant {
  // Written by `toRow()`.
  const { terminateAt, maxInputOctets, maxOutputOctets, maxTotalOctets, ...same } = JSON.parse(
    text,
  ) as StoredGrant;
  return {
    ...same,
    terminateAt: terminateAt === null ? null : new Date(terminateAt),
    maxInputOctets: octets(maxInputOctets),
    maxOutputOctets: octets(maxOutputOctets),
    maxTotalOctets: octets(maxTotalOctets),
  };
}

function octets(text: string | null): bigint | null {
  return text === null ? null : BigInt(text);
}
