import { enabledCounters } from "../counters/counter.ts";
import { countUsage } from "../counters/count_usage.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import type { AccessContext } from "./access_context.ts";
import { findGroup, findSessionOwner } from "./find_user.ts";

/** What a user may still use, as far as it is on record; null is no quota. Less than 0 when there was more than allowed. */
export interface QuotaLeft {
  readonly userId: string;
  readonly seconds: number | null;
  readonly octets: number | null;
}

/**
 * What a log-in now would be told is left, without one: the smallest of the user's counters of each kind. Null for a
 * stranger, and for somebody without a quota.
 */
export async function quotaLeft(
  context: Pick<AccessContext, "db" | "settings">,
  organization: OrganizationRecord,
  username: string,
  now: Date,
): Promise<QuotaLeft | null> {
  const { db, settings } = context;
  const prefixes = settings.authBackendAutoPrefixes;
  const user = await findSessionOwner(db, organization.id, username, prefixes, now);
  const group = user && await findGroup(db, organization.id, user.id, now);
  if (!group) return null;
  const counts = await countUsage(db, organization, user, group.checks, enabledCounters(settings), now);
  const least = (unit: "seconds" | "octets") => {
    const left = counts.filter(({ counter }) => counter.unit === unit)
      .map(({ limit, consumed }) => Math.trunc(limit - consumed));
    return left.length ? Math.min(...left) : null;
  };
  const [seconds, octets] = [least("seconds"), least("octets")];
  return seconds === null && octets === null ? null : { userId: user.id, seconds, octets };
}
