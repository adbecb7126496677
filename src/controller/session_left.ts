import type { Zone } from "../aaa/identity/zones.ts";
import type { Session } from "./station.ts";

/** What a session may still use; null is no limit. */
export interface SessionLeft {
  readonly seconds: number | null;
  /** Until the nearest of its limits, whichever direction it counts. */
  readonly octets: number | null;
}

/** Of the session timeout and the terminate time the nearer, of the quotas the smallest; never below 0. */
export function sessionLeft({ options }: Zone, session: Session, now: Date): SessionLeft {
  const { grant, traffic } = session;
  const input = options.swapoctets ? traffic.upOctets : traffic.downOctets;
  const output = options.swapoctets ? traffic.downOctets : traffic.upOctets;
  return {
    seconds: least([
      grant.sessionTimeout ? grant.sessionTimeout - secondsBetween(session.startedAt, now) : null,
      grant.terminateAt && secondsBetween(now, grant.terminateAt),
    ]),
    octets: least([
      left(grant.maxInputOctets, input),
      left(grant.maxOutputOctets, output),
      left(grant.maxTotalOctets, input + output),
    ]),
  };
}

export function secondsBetween(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000;
}

function left(limit: bigint | null, used: number): number | null {
  return limit === null ? null : Number(limit) - used;
}

function least(amounts: readonly (number | null)[]): number | null {
  const limits = amounts.filter((amount) => amount !== null);
  return limits.length ? Math.max(0, Math.floor(Math.min(...limits))) : null;
}
