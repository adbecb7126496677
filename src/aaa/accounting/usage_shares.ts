import { fromSqlDateTime } from "../../values/sql_date_time.ts";
import { localDay } from "../../values/local_day.ts";
import type { Session } from "./accounting_packet.ts";

/** What one day gets of a packet's difference. */
export interface UsageShare {
  /** `YYYY-MM-DD` of the organization's calendar. */
  readonly day: string;
  readonly sessionSeconds: bigint;
  readonly inputOctets: bigint;
  readonly outputOctets: bigint;
}

/** Usage older than this is charged to the first day of the span: a claim of centuries costs nobody a walk through them. */
const LONGEST_SPAN = 40 * 86_400_000;

/**
 * Divides what a packet added to a session among the days it was used in: the time from the later of the previous
 * packet and the packet's own difference in seconds, in proportion to the time on each side of every midnight. The
 * shares add up to the difference exactly.
 *
 * @param before null for a session's first packet, and for one whose user was unknown until now.
 */
export function usageShares(
  before: Session | null,
  after: Session,
  timeZone: string,
  now: Date,
): UsageShare[] {
  const added = {
    sessionSeconds: (after.sessionSeconds ?? 0n) - (before?.sessionSeconds ?? 0n),
    inputOctets: (after.inputOctets ?? 0n) - (before?.inputOctets ?? 0n),
    outputOctets: (after.outputOctets ?? 0n) - (before?.outputOctets ?? 0n),
  };
  if (!added.sessionSeconds && !added.inputOctets && !added.outputOctets) return [];

  const end = now.getTime();
  const heard = before ? fromSqlDateTime(before.heardAt).getTime() : -Infinity;
  const start = Math.min(end, Math.max(heard, end - Number(added.sessionSeconds) * 1000, end - LONGEST_SPAN));
  const span = BigInt(Math.floor(end - start));
  const shares: UsageShare[] = [];
  let charged = { sessionSeconds: 0n, inputOctets: 0n, outputOctets: 0n };
  for (let at = start;;) {
    const { day, endsAt } = localDay(timeZone, at);
    const isLast = endsAt >= end;
    const part = (total: bigint) => isLast ? total : total * BigInt(Math.floor(endsAt - start)) / span;
    const reached = {
      sessionSeconds: part(added.sessionSeconds),
      inputOctets: part(added.inputOctets),
      outputOctets: part(added.outputOctets),
    };
    shares.push({
      day,
      sessionSeconds: reached.sessionSeconds - charged.sessionSeconds,
      inputOctets: reached.inputOctets - charged.inputOctets,
      outputOctets: reached.outputOctets - charged.outputOctets,
    });
    if (isLast) return shares;
    charged = reached;
    at = endsAt;
  }
}
