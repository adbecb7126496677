import type { TerminateCause } from "../controller.ts";
import type { LiveSession } from "./live_session.ts";

/** Packets are counted by the second: the last one came somewhat before it was noticed. */
const IDLE_TOLERANCE_MILLISECONDS = 250;

export interface ReachedLimit {
  readonly cause: TerminateCause;
  /** When it was reached, as far as is known; milliseconds since 1970. */
  readonly at: number;
}

/**
 * The limit that a session has reached (coova 11): of times the one that came first, else an octet quota. Null when it
 * may go on.
 *
 * @param swapped `swapoctets`: input is what the station sends.
 */
export function reachedLimit(session: LiveSession, swapped: boolean, now: number): ReachedLimit | null {
  const at = timeEnd(session);
  const idleAt = idleEnd(session);
  if (at <= now && at <= idleAt) return { cause: "Session-Timeout", at };
  if (idleAt - IDLE_TOLERANCE_MILLISECONDS <= now) {
    return { cause: "Idle-Timeout", at: Math.min(now, idleAt) };
  }
  if (at <= now) return { cause: "Session-Timeout", at };
  // Other sessions of the user may have used less than their shares.
  if (session.quota && isUsedUp(session, swapped)) session.quota.divideOctets();
  return isUsedUp(session, swapped) ? { cause: "Session-Timeout", at: now } : null;
}

/** The end of the session's time, which does not depend on what was counted. */
export function reachedTime(session: LiveSession, now: number): ReachedLimit | null {
  const at = timeEnd(session);
  return at <= now ? { cause: "Session-Timeout", at } : null;
}

/**
 * A station that is missed for as long as a lease is good has left.
 *
 * @param lease seconds.
 */
export function reachedAbsence(session: LiveSession, lease: number, now: number): ReachedLimit | null {
  const { activeAt, missed } = session;
  if (!missed || now - missed.since <= lease * 1000) return null;
  return { cause: "Lost-Carrier", at: Math.max(activeAt, missed.lastThereAt) };
}

/** When its session timeout or terminate time is; Infinity for never. */
export function timeEnd(session: LiveSession): number {
  const { startedAt, grant: { terminateAt } } = session.facts;
  const seconds = session.timeLimit();
  const timeout = seconds ? startedAt.getTime() + seconds * 1000 : Infinity;
  return Math.min(timeout, terminateAt?.getTime() ?? Infinity);
}

function idleEnd({ activeAt, facts: { grant } }: LiveSession): number {
  return grant.idleTimeout ? activeAt + grant.idleTimeout * 1000 : Infinity;
}

function isUsedUp(session: LiveSession, swapped: boolean): boolean {
  const { maxInputOctets, maxOutputOctets } = session.facts.grant;
  const total = session.totalLimit();
  if (maxInputOctets === null && maxOutputOctets === null && total === null) return false;
  const { upOctets, downOctets } = session.traffic;
  const [input, output] = swapped ? [upOctets, downOctets] : [downOctets, upOctets];
  return (maxInputOctets !== null && input >= maxInputOctets) ||
    (maxOutputOctets !== null && output >= maxOutputOctets) ||
    (total !== null && input + output >= total);
}
