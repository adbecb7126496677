import { toHex } from "../../values/hex.ts";
import type { Grant } from "./grant.ts";
import { LiveSession, type SessionFacts } from "./live_session.ts";
import { nasIpAddressOf } from "./nas_identity.ts";
import { openAddresses } from "./open_addresses.ts";
import type { SessionContext } from "./session_context.ts";
import { storeSession } from "./session_store.ts";
import { recordShared } from "./shared_quota.ts";
import { endSession, finishEnding } from "./sign_out.ts";
import { addressesOf, type StationRecord } from "./station_record.ts";

const UNIQUE_OCTETS = 16;

export interface Beginning {
  readonly userName: string;
  readonly sessionId: string;
  readonly serviceType: SessionFacts["serviceType"];
  readonly grant: Grant;
  readonly isAccepted: boolean;
  readonly isSplash: boolean;
}

/**
 * Begins a session, in the station's turn. First it is stored and its Start recorded, then the gate opens: whenever
 * this process dies, the next one finds every session that passes.
 *
 * @returns whether it began; if not, what there is of it is ended, and the fault reported.
 */
export async function beginSession(
  context: SessionContext,
  record: StationRecord,
  beginning: Beginning,
): Promise<boolean> {
  const { closing } = record;
  if (closing) await finishEnding(context, record, closing);
  // The gate would go on counting for the one before.
  if (record.closing || context.isStopping || !context.zones.has(record.zone.id)) return false;
  const session = new LiveSession(
    factsOf(context, record, beginning),
    addressesOf(record),
    beginning.isSplash,
  );
  record.userName = beginning.userName;
  record.sessionId = beginning.sessionId;
  // A record without a row would stay open for ever, so the row is asked for first: writes keep their order.
  const stored = await Promise.allSettled([
    storeSession(context.access.db, session),
    recordShared(context, session, "Start"),
  ]);
  record.session = session;
  context.stations.sort(record);
  try {
    for (const result of stored) if (result.status === "rejected") throw result.reason;
    if (!session.isSplash) await openAddresses(context, record, session);
    return true;
  } catch (fault) {
    context.report("the begin of a session", fault);
    await endSession(context, record, session, "NAS-Error", context.now());
    return false;
  }
}

function factsOf(
  { access: { crypto }, calledStationId, now }: SessionContext,
  { zone, mac, slot }: StationRecord,
  { userName, sessionId, serviceType, grant, isAccepted }: Beginning,
): SessionFacts {
  return {
    uniqueId: toHex(crypto.randomBytes(UNIQUE_OCTETS)),
    sessionId,
    organizationId: zone.organizationId,
    zoneId: zone.id,
    mac,
    slot,
    userName,
    serviceType,
    nasIpAddress: nasIpAddressOf(zone),
    calledStationId: calledStationId(zone),
    startedAt: now(),
    grant,
    isAccepted,
  };
}
