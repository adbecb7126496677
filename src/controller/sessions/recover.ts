import { closeRestartedNas } from "../../aaa/accounting/accounting_on.ts";
import { scheduleInterim } from "./interim.ts";
import type { LiveSession } from "./live_session.ts";
import { nasIpAddressOf } from "./nas_identity.ts";
import { isLimited } from "./shared_quota.ts";
import { inTurn, type SessionContext } from "./session_context.ts";
import { recordPacket } from "./session_record.ts";
import { readSessions } from "./session_store.ts";
import { finishEndings } from "./sign_out.ts";
import { miss } from "./sightings.ts";
import type { StationRecord } from "./station_record.ts";

/**
 * Finds the sessions that an earlier process left, so that the next `passage.apply()` lets them go on. Those of zones
 * that are no more have ended, as far as they were counted.
 *
 * @returns the stations that have a session.
 */
export async function findSessions(context: SessionContext): Promise<StationRecord[]> {
  const { access, endings } = context;
  const sessions = await readSessions(access.db);
  // Of two that one station began the older never passed: its end was not stored any more.
  sessions.sort((a, b) => b.facts.startedAt.getTime() - a.facts.startedAt.getTime());
  const found: StationRecord[] = [];
  for (const session of sessions) {
    const record = session.end ? null : restore(context, session);
    if (record) found.push(record);
    else endings.add(session);
  }
  await finishEndings(context);
  return found;
}

/** Makes good what the earlier process may not have come to; the gate has been told of the stations. */
export async function resumeSessions(
  context: SessionContext,
  records: readonly StationRecord[],
): Promise<void> {
  await Promise.all(records.map((record) =>
    inTurn(context, record, async () => {
      const { session } = record;
      if (!session) return;
      try {
        if (!session.octets) await recordPacket(context, session, "Start");
      } catch (fault) {
        context.report("a session found again", fault);
      }
    })
  ));
}

/**
 * Accounting-On: closes what is open in the zones' records and not among the sessions found again. Only what a failing
 * database left can be.
 */
export async function closeForgotten(context: SessionContext): Promise<void> {
  const { access: { db }, calledStationId, endings, now, stations, zones } = context;
  const running = [...endings, ...[...stations.withSession()].flatMap(({ session }) => session ?? [])]
    .map(({ facts }) => facts.uniqueId);
  for (const zone of zones.values()) {
    await closeRestartedNas(db, {
      organizationId: zone.organizationId,
      nasIpAddress: nasIpAddressOf(zone),
      calledStationId: calledStationId(zone),
      running,
    }, now());
  }
}

function restore(context: SessionContext, session: LiveSession): StationRecord | null {
  const { now, passage, stations, zones } = context;
  // The clock has not been told the time yet: what was goes on from where it was.
  if (session.countedAt > now().getTime()) session.shift(now().getTime() - session.countedAt);
  const { zoneId, mac, slot, sessionId, userName, grant: { bandwidthUp, bandwidthDown } } = session.facts;
  const zone = zones.get(zoneId) ?? null;
  if (stations.find(zoneId, mac)) {
    session.end = { at: new Date(session.countedAt), cause: "NAS-Error" };
    return null;
  }
  session.isInGate = !session.isSplash;
  if (session.isInGate) {
    passage.adopt(zone, { zoneId, mac, addresses: session.addresses, bandwidthUp, bandwidthDown });
  }
  if (!zone) {
    session.end = { at: now(), cause: "Admin-Reset" };
    return null;
  }
  const record = stations.restore(zone, mac, slot, sessionId, now());
  record.userName = userName;
  record.session = session;
  // The one placed last stays where only one can be.
  for (const address of session.addresses.toReversed()) stations.place(record, address);
  stations.sort(record);
  // What is left of the user's quota is divided with the first sweep.
  if (isLimited(session)) session.nextInterimAt = now().getTime();
  else scheduleInterim(session, now().getTime());
  session.countableFrom = 0;
  miss(session, zone, now().getTime(), session.countedAt);
  return record;
}
