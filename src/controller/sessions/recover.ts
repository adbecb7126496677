import { closeRestartedNas } from "../../aaa/accounting/accounting_on.ts";
import { stationKey } from "../gate/gate.ts";
import { openAddresses } from "./open_addresses.ts";
import { scheduleInterim } from "./interim.ts";
import type { LiveSession } from "./live_session.ts";
import { nasIpAddressOf } from "./nas_identity.ts";
import { inTurn, type SessionContext } from "./session_context.ts";
import { recordPacket } from "./session_record.ts";
import { readSessions, storeProgress } from "./session_store.ts";
import { addressesOf, type StationRecord } from "./station_record.ts";

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
  await storeEnds(context, [...endings].filter(({ isEndStored }) => !isEndStored));
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
        const known = session.addresses.length;
        if (!session.isSplash && addressesOf(record).length < known) {
          await openAddresses(context, record, session);
        }
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

/** The gate may still have counts of them, if it does not need its zones for that. */
async function storeEnds({ access, passage, report, zones }: SessionContext, ended: readonly LiveSession[]) {
  if (!ended.length) return;
  try {
    const traffic = await passage.traffic();
    for (const session of ended) {
      const passed = traffic.get(stationKey(session.facts));
      // Where the zone is served, somebody newer is there.
      if (passed && !zones.has(session.facts.zoneId)) session.count(passed, session.countedAt);
    }
  } catch (fault) {
    report("counting what zones used that are no more", fault);
  }
  await storeProgress(access.db, ended);
  for (const session of ended) session.isEndStored = true;
}

function restore(context: SessionContext, session: LiveSession): StationRecord | null {
  const { now, passage, stations, zones } = context;
  const { zoneId, mac, slot, sessionId, userName, grant } = session.facts;
  const zone = zones.get(zoneId);
  if (!zone || stations.find(zoneId, mac)) {
    session.end = { at: new Date(session.countedAt), cause: zone ? "NAS-Error" : "Admin-Reset" };
    return null;
  }
  const record = stations.restore(zone, mac, slot, sessionId, now());
  record.userName = userName;
  record.session = session;
  // The one placed last stays where only one can be.
  for (const address of session.addresses.toReversed()) stations.place(record, address);
  stations.sort(record);
  scheduleInterim(session, now().getTime());
  const { bandwidthUp, bandwidthDown } = grant;
  const { addresses } = session;
  if (!session.isSplash) passage.adopt(zone, { zoneId, mac, addresses, bandwidthUp, bandwidthDown });
  session.countableFrom = 0;
  return record;
}
