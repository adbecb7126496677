import type { TerminateCause } from "../controller.ts";
import type { StationKey, Traffic } from "../gate/gate.ts";
import { renewChallenge } from "./challenges.ts";
import type { LiveSession } from "./live_session.ts";
import { inGroups } from "./in_groups.ts";
import { inTurn, type SessionContext } from "./session_context.ts";
import { removeSession, storeProgress } from "./session_store.ts";
import { recordShared } from "./shared_quota.ts";
import type { StationRecord } from "./station_record.ts";

/** `logoff`: a station without a session gets a new challenge all the same. */
export async function logOff(
  context: SessionContext,
  record: StationRecord,
  cause: TerminateCause,
): Promise<void> {
  await inTurn(context, record, async () => {
    // The station asked for it: what is on the wire already must not log in again.
    if (cause === "User-Request") {
      record.isAborted = false;
      renewChallenge(record, context.access.crypto, context.now());
    }
    if (record.session) await endSession(context, record, record.session, cause, context.now());
  });
}

/** Ends a session, unless another end was faster. */
export async function endLater(
  context: SessionContext,
  record: StationRecord,
  session: LiveSession,
  cause: TerminateCause,
  at: Date,
): Promise<void> {
  await inTurn(context, record, async () => {
    if (record.session === session) await endSession(context, record, session, cause, at);
  });
}

/**
 * Ends a session, in the station's turn: nobody passes any more, what passed is counted and stored together with the
 * end, the Stop is recorded. What of it fails is reported, and tried again by `finishEndings()` until it is done; the
 * gate keeps its counters as long as they are not stored.
 */
export async function endSession(
  context: SessionContext,
  record: StationRecord,
  session: LiveSession,
  cause: TerminateCause,
  at: Date,
): Promise<void> {
  session.end = { at, cause };
  record.session = null;
  record.closing = session;
  record.userName = session.facts.userName;
  record.sessionId = context.ids.next(record.slot, context.now());
  record.lastSession = session.picture();
  context.stations.sort(record);
  context.endings.add(session);
  await finishEnding(context, record, session);
}

/** Goes on with an end from where it failed, in the station's turn. */
export async function finishEnding(
  context: SessionContext,
  record: StationRecord | null,
  session: LiveSession,
): Promise<void> {
  const { access: { db }, passage } = context;
  try {
    if (session.isInGate) {
      await passage.close(stationOf(session), (passed) => storeEnd(context, session, passed));
      session.isInGate = false;
    }
    if (!session.isEndStored) await storeEnd(context, session, null);
    if (record?.closing === session) {
      record.closing = null;
      record.lastSession = session.picture();
    }
    await recordShared(context, session, "Stop");
    await removeSession(db, session);
    context.endings.delete(session);
  } catch (fault) {
    context.report("the end of a session", fault);
  }
}

/** Tries again what is left of sessions that ended. */
export async function finishEndings(context: SessionContext): Promise<void> {
  const { stations } = context;
  await inGroups([...context.endings], async (session) => {
    const record = stations.find(session.facts.zoneId, session.facts.mac);
    const finish = async () => {
      if (context.endings.has(session)) await finishEnding(context, record, session);
    };
    await (record ? inTurn(context, record, finish) : finish());
  });
}

function stationOf({ facts: { zoneId, mac } }: LiveSession): StationKey {
  return { zoneId, mac };
}

async function storeEnd({ access: { db } }: SessionContext, session: LiveSession, passed: Traffic | null) {
  if (passed) session.count(passed, session.countedAt);
  await storeProgress(db, [session]);
  session.isEndStored = true;
}
