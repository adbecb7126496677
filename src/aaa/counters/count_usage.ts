import { and, eq, gte, sql } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { builder, given, query } from "../../storage/prepared.ts";
import { usageDay, usageLatest } from "../../storage/schema/ledger.ts";
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

const usedSinceFields = { seconds: sql<number>`seconds`, octets: sql<number>`octets` };
const usedSince = query(usedSinceFields, usedOf(usageDay).unionAll(usedOf(usageLatest)));

/** What one of the tables has since a day, in one row. */
function usedOf(table: typeof usageDay | typeof usageLatest) {
  // total() instead of sum(): two sessions of 2^63 octets must not make a login fail.
  return builder.select({
    seconds: sql<number>`total(${table.sessionSeconds})`,
    octets: sql<number>`total(${table.inputOctets}) + total(${table.outputOctets})`,
  }).from(table).where(and(
    eq(table.organizationId, given("organizationId")),
    eq(table.userId, given("userId")),
    gte(table.day, given("start")),
  ));
}

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
      const parts = await usedSince(db.ledger, { organizationId: organization.id, userId: member.id, start });
      usage = { seconds: sumOf(parts, "seconds"), octets: sumOf(parts, "octets") };
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

function sumOf<Unit extends string>(parts: readonly Readonly<Record<Unit, number>>[], unit: Unit): number {
  return parts.reduce((sum, part) => sum + part[unit], 0);
}

// The column holds what toSqlDateTime() wrote.
function joiningDay(zone: string, { dateJoined }: CountedUser): string {
  return localDay(zone, fromSqlDateTime(dateJoined as SqlDateTime).getTime()).day;
}
