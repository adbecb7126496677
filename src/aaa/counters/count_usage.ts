import { and, eq, gte, sql } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { builder, given, query } from "../../storage/prepared.ts";
import { usageDay } from "../../storage/schema/ledger.ts";
import { fromSqlDateTime, type SqlDateTime } from "../../values/sql_date_time.ts";
import { localDay } from "../../values/local_day.ts";
import type { OrganizationId } from "../../values/organization_id.ts";
import type { GroupAttribute } from "../access/find_user.ts";
import type { Counter } from "./counter.ts";
import { resetPeriod } from "./reset_period.ts";

/** One quota of a user at one moment. */
export interface Count {
  readonly counter: Counter;
  readonly limit: number;
  readonly consumed: number;
  /** The day it starts again, `YYYY-MM-DD` in the organization's zone; null for never. */
  readonly nextStart: string | null;
}

// total() instead of sum(): two sessions of 2^63 octets must not make a login fail.
const usedSinceFields = {
  seconds: sql<number>`total(${usageDay.sessionSeconds})`,
  octets: sql<number>`total(${usageDay.inputOctets}) + total(${usageDay.outputOctets})`,
};
const usedSince = query(
  usedSinceFields,
  builder.select(usedSinceFields).from(usageDay).where(and(
    eq(usageDay.organizationId, given("organizationId")),
    eq(usageDay.userId, given("userId")),
    gte(usageDay.day, given("start")),
  )),
);

export interface CountedUser {
  readonly id: string;
  readonly dateJoined: string;
}

/**
 * Counts each of the checks that an enabled counter handles, in the counters' order; a limit that is not an integer
 * counts nothing. Reads a few rows of days, however many sessions there were.
 */
export async function countUsage(
  db: Database,
  organization: { readonly id: OrganizationId; readonly timeZone: string },
  member: CountedUser,
  checks: readonly GroupAttribute[],
  counters: readonly Counter[],
  now: Date,
): Promise<Count[]> {
  const zone = organization.timeZone;
  const today = localDay(zone, now.getTime()).day;
  const counts: Count[] = [];
  const used = new Map<string, { seconds: number; octets: number }>();
  for (const counter of counters) {
    const check = checks.find(({ attribute }) => attribute === counter.check);
    const limit = check ? limitOf(check.value) : null;
    if (limit === null) continue;
    const joined = counter.reset === "monthly_subscription" ? joiningDay(zone, member) : today;
    const { start, nextStart } = resetPeriod(counter.reset, today, joined);
    let usage = used.get(start);
    if (!usage) {
      [usage] = await usedSince(db.ledger, { organizationId: organization.id, userId: member.id, start });
      usage ??= { seconds: 0, octets: 0 };
      used.set(start, usage);
    }
    counts.push({ counter, limit, consumed: usage[counter.unit], nextStart });
  }
  return counts;
}

/** A check's limit, in the unit of its counter; null for what is no integer. */
export function limitOf(value: string): number | null {
  return /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : null;
}

// The column holds what toSqlDateTime() wrote.
function joiningDay(zone: string, { dateJoined }: CountedUser): string {
  return localDay(zone, fromSqlDateTime(dateJoined as SqlDateTime).getTime()).day;
}
