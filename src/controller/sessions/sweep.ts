import type { Traffic } from "../gate/gate.ts";
import type { Timers } from "../timers.ts";
import { endDeactivated } from "./end_deactivated.ts";
import { recordInterims } from "./interim.ts";
import { reachedAbsence, type ReachedLimit, reachedLimit, reachedTime, timeEnd } from "./limits.ts";
import type { LiveSession } from "./live_session.ts";
import { followAddresses } from "./open_addresses.ts";
import type { SessionContext } from "./session_context.ts";
import { storeProgress } from "./session_store.ts";
import { endLater, finishEndings } from "./sign_out.ts";
import type { StationRecord } from "./station_record.ts";

const SWEEP_MILLISECONDS = 1_000;
const RETRY_MILLISECONDS = 5_000;

/** What a sweep found to be done. */
interface Due {
  readonly ends: [StationRecord, LiveSession, ReachedLimit][];
  readonly interims: LiveSession[];
  readonly unstored: LiveSession[];
  /** Their gate has not taken their addresses. */
  readonly misplaced: StationRecord[];
  /** When the next session's time is over; milliseconds since 1970. */
  nextEnd: number;
}

/**
 * Looks at all sessions once a second: counts, limits, interim updates. Of times that end between two sweeps the
 * nearest has a timer of its own.
 *
 * @returns what ends it.
 */
export async function startSweep(context: SessionContext, timers: Timers): Promise<() => void> {
  let isCounting = false;
  let isFinishing = false;
  let retryAt = 0;
  let cancelEarly = () => {};
  const sweep = async () => {
    // On a machine under load counting may take longer than a second.
    if (isCounting || context.isStopping) return;
    isCounting = true;
    const due = await count(context);
    isCounting = false;
    if (context.isStopping) return;
    const now = context.now().getTime();
    cancelEarly();
    if (due.nextEnd < now + SWEEP_MILLISECONDS) {
      cancelEarly = timers.after(Math.max(0, Math.ceil(due.nextEnd - now)), () => endOver(context));
    }
    const work = [carryOut(context, due)];
    if (context.endings.size && !isFinishing && Math.abs(now - retryAt) >= RETRY_MILLISECONDS) {
      retryAt = now;
      isFinishing = true;
      work.push(finishEndings(context).finally(() => isFinishing = false));
    }
    context.stations.forgetSilent(context.now());
    await Promise.all(work);
  };
  const cancel = timers.every(SWEEP_MILLISECONDS, sweep);
  // What ended while nobody looked does so now.
  await sweep();
  return () => {
    cancel();
    cancelEarly();
  };
}

/**
 * Takes over the gates' counts, and looks what every session comes to. While the gates cannot count, who is idle or has
 * used up a quota nobody knows; time passes all the same.
 */
export async function count(context: SessionContext): Promise<Due> {
  const due: Due = { ends: [], interims: [], unstored: [], misplaced: [], nextEnd: Infinity };
  const records = context.stations.withSession();
  const sweep = ++context.sweeps;
  const traffic = records.size ? await trafficOf(context) : new Map();
  const at = context.now().getTime();
  for (const { session, key } of traffic ? records : []) {
    const passed = traffic?.get(key);
    if (!session || session.end) continue;
    if (passed && session.countableFrom <= sweep) session.count(passed, at);
    else session.countedAt = Math.max(session.countedAt, at);
  }
  for (const record of records) {
    const { session, zone } = record;
    if (!session || session.isDue) continue;
    const limit = (traffic ? reachedLimit(session, zone.options.swapoctets, at) : reachedTime(session, at)) ??
      reachedAbsence(session, zone.options.lease, at);
    if (limit) {
      session.isDue = true;
      due.ends.push([record, session, limit]);
      continue;
    }
    if (session.isMisplaced) due.misplaced.push(record);
    due.nextEnd = Math.min(due.nextEnd, timeEnd(session));
    // Who is missed may have left long ago.
    if (session.nextInterimAt <= at && !session.missed) due.interims.push(session);
    else if (session.isUnstored) due.unstored.push(session);
  }
  return due;
}

/** Null when the gates cannot tell. */
async function trafficOf({ passage, report }: SessionContext): Promise<ReadonlyMap<string, Traffic> | null> {
  try {
    return await passage.traffic();
  } catch (fault) {
    report("counting traffic", fault);
    return null;
  }
}

async function carryOut(
  context: SessionContext,
  { ends, interims, unstored, misplaced }: Due,
): Promise<void> {
  const work: Promise<void>[] = ends.map(([record, session, { cause, at }]) =>
    endLater(context, record, session, cause, new Date(at))
  );
  for (const record of misplaced) work.push(followAddresses(context, record));
  if (interims.length) work.push(recordInterims(context, interims), endDeactivated(context, interims));
  if (unstored.length) work.push(storeCounts(context, unstored));
  await Promise.all(work);
}

async function storeCounts(context: SessionContext, sessions: readonly LiveSession[]): Promise<void> {
  for (const session of sessions) session.isUnstored = false;
  try {
    await storeProgress(context.access.db, sessions);
  } catch (fault) {
    for (const session of sessions) session.isUnstored = true;
    context.report("what sessions used", fault);
  }
}

/** Ends the sessions whose time is over, without counting first: the end does that. */
async function endOver(context: SessionContext): Promise<void> {
  const now = context.now().getTime();
  const ends: Promise<void>[] = [];
  for (const record of context.stations.withSession()) {
    const { session } = record;
    const at = session && !session.isDue ? timeEnd(session) : Infinity;
    if (!session || at > now) continue;
    session.isDue = true;
    ends.push(endLater(context, record, session, "Session-Timeout", new Date(at)));
  }
  await Promise.all(ends);
}
