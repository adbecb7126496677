import type { InStatement } from "@libsql/client";
import { type Database, EXPECT_CHANGE, isConflict, writeLedgerAndState } from "../../storage/database.ts";
import { changeNumber, takeChangeNumber } from "../../storage/change_sequence.ts";
import { toSqlDateTime } from "../../values/sql_date_time.ts";
import type { AccessContext } from "../access/access_context.ts";
import { findGroup, findSessionOwner } from "../access/find_user.ts";
import { placeTakenOver } from "../access/simultaneous_use.ts";
import { endRadiusTokens } from "../credentials/radius_token.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import type { AccountingPacket, Session } from "./accounting_packet.ts";
import { advanceSession, beginSession, lastKnownAt } from "./advance_session.ts";
import { recentSessions } from "./recent_sessions.ts";
import {
  addUsage,
  closeOlderSessions,
  findSession,
  insertSession,
  type StoredSession,
  updateSession,
} from "./session_statements.ts";
import { usageShares } from "./usage_shares.ts";

/** Each lost race means that another process stored a packet of the session. */
const MOST_RACES = 50;

type Change = { readonly before: StoredSession | null; readonly after: Session };

/**
 * Stores what a Start, Interim-Update or Stop reports, with the usage it adds: durable when the promise is kept. Any
 * order, repetition and simultaneity of a session's packets gives the same totals, state and sum of usage.
 */
export async function recordSession(
  context: AccessContext,
  organization: OrganizationRecord,
  packet: AccountingPacket,
  now: Date,
): Promise<"created" | "updated"> {
  const key = `${organization.id} ${packet.uniqueId}`;
  return await context.db.turns.take(key, () => storePacket(context, organization, packet, key, now));
}

async function storePacket(
  context: AccessContext,
  organization: OrganizationRecord,
  packet: AccountingPacket,
  key: string,
  now: Date,
): Promise<"created" | "updated"> {
  const { db } = context;
  const recent = recentSessions(db);
  for (let race = 0; race < MOST_RACES; race++) {
    // A Start is nearly always a session's first packet: that is tried, and read only when it is not so.
    const isFirst = packet.status === "Start" && race === 0;
    const before = recent.find(key) ?? (isFirst ? undefined : await readSession(db, organization, packet));
    const change = await changeOf(context, organization, packet, before, now);
    const { after } = change;
    if (before && isSame(before, after)) {
      if (recent.find(key)) {
        // Without a write nothing tells whether another process changed it meanwhile: that is read.
        recent.forget(key);
        continue;
      }
      // A repetition that tells nothing new needs no write; what was read may still be on its way to the disk.
      await db.ledger.$client.sync();
      return "updated";
    }
    try {
      const { ledger, state } = statementsOf(context, organization, change, now);
      const changeSeq = changeNumber(await writeLedgerAndState(db, ledger, state));
      if (after.stoppedAt === null) recent.keep(key, { ...after, nodeId: db.nodeId, changeSeq });
      else recent.forget(key);
      return before ? "updated" : "created";
    } catch (fault) {
      recent.forget(key);
      if (!isConflict(fault)) throw fault;
    }
  }
  throw new Error(
    `Cannot store session ${packet.uniqueId}: its row was changed ${MOST_RACES} times meanwhile`,
  );
}

function isSame(before: Session, after: Session): boolean {
  for (const column in after) {
    // Both have the columns of a session.
    const key = column as keyof Session;
    if (before[key] !== after[key]) return false;
  }
  return true;
}

async function readSession(
  db: Database,
  organization: OrganizationRecord,
  { uniqueId }: AccountingPacket,
): Promise<StoredSession | undefined> {
  const [session] = await findSession(db.ledger, { organizationId: organization.id, uniqueId });
  return session;
}

async function changeOf(
  context: AccessContext,
  organization: OrganizationRecord,
  packet: AccountingPacket,
  before: StoredSession | undefined,
  now: Date,
): Promise<Change> {
  const { db, settings } = context;
  const userId = before?.userId ?? await ownerOf(context, organization, packet, now);
  if (before) {
    const after = advanceSession(before, packet, userId, now);
    return { before, after: keepConvertedStation(context, organization, before, after) };
  }
  const after = beginSession(organization.id, packet, userId, now);
  const { username, callingStationId } = after;
  if (!settings.apiAccountingAutoGroup || !userId || username === callingStationId) {
    return { before: null, after };
  }
  const group = await findGroup(db, organization.id, userId, now);
  return { before: null, after: { ...after, groupname: group?.name ?? null } };
}

async function ownerOf(
  { db, settings }: AccessContext,
  organization: OrganizationRecord,
  { description }: AccountingPacket,
  now: Date,
): Promise<string | null> {
  const name = description.username;
  if (!name) return null;
  const owner = await findSessionOwner(db, organization.id, name, settings.authBackendAutoPrefixes, now);
  return owner?.id ?? null;
}

/** An id that is listed as unconverted never replaces the converted one (radius-api 3.7). */
function keepConvertedStation(
  { settings }: AccessContext,
  organization: OrganizationRecord,
  before: Session,
  after: Session,
): Session {
  const listed = settings.calledStationIds[organization.id] ?? settings.calledStationIds[organization.slug];
  const isUnconverted = after.calledStationId !== null &&
    listed?.unconverted_ids.includes(after.calledStationId);
  return isUnconverted && before.calledStationId
    ? { ...after, calledStationId: before.calledStationId }
    : after;
}

function statementsOf(
  { db, settings }: AccessContext,
  { id: organizationId, timeZone }: OrganizationRecord,
  { before, after }: Change,
  now: Date,
): { readonly ledger: InStatement[]; readonly state: InStatement[] } {
  const { nodeId } = db;
  const { userId } = after;
  const ledger = [
    takeChangeNumber({ nodeId }),
    before ? updateSession(before, after, nodeId) : insertSession(after, nodeId),
    EXPECT_CHANGE,
  ];
  const state: InStatement[] = [];
  if (userId) {
    // A row whose user was unknown has charged nobody yet.
    const counted = before?.userId ? before : null;
    for (const share of usageShares(counted, after, timeZone, now)) {
      ledger.push(addUsage({ organizationId, userId, nodeId, ...share }));
    }
  }
  const opens = !before && after.stoppedAt === null;
  if (opens && after.calledStationId && after.callingStationId) {
    ledger.push(closeOlderSessions(after, nodeId, toSqlDateTime(now)));
  }
  if (opens && userId) state.push(...placeTakenOver({ ...after, userId }, now));
  const firstStop = after.closedBy === "nas" && !before?.closedBy;
  if (firstStop && userId && settings.disposableRadiusUserToken) {
    state.push(endRadiusTokens(userId, organizationId, lastKnownAt(after)));
  }
  return { ledger, state };
}
