import type { Database } from "../../storage/database.ts";
import type { OrganizationId } from "../../values/organization_id.ts";
import { findGroup } from "../access/find_user.ts";
import { enabledCounters } from "../counters/counter.ts";
import { type Count, type CountedUser, countUsage, limitOf } from "../counters/count_usage.ts";
import type { Settings } from "../settings.ts";

/** A quota of the user's group, and what is used of it. */
export interface QuotaUsage {
  readonly attribute: string;
  readonly op: string;
  /** The limit as it was written, in the unit of `type`; it need not be a number. */
  readonly value: string;
  /** What was used since the period began, never more than the limit; 0 where nothing can be counted. */
  readonly result: bigint;
  /** Null for a check whose unit neither its name nor the setting `radiusAttributesTypeMap` tells. */
  readonly type: "bytes" | "seconds" | null;
}

/**
 * What a user has used of each check that an enabled counter handles, in the order the checks were written
 * (radius-api 5.8); null for somebody without a group. Its cost does not depend on how many sessions there were.
 */
export async function ownUsage(
  db: Database,
  settings: Settings,
  organization: { readonly id: OrganizationId; readonly timeZone: string },
  member: CountedUser,
  now: Date,
): Promise<readonly QuotaUsage[] | null> {
  const group = await findGroup(db, organization.id, member.id, now);
  if (!group) return null;
  const counters = enabledCounters(settings);
  const counts = await countUsage(db, organization, member, group.checks, counters, now);
  return group.checks.filter(({ attribute }) => counters.some(({ check }) => check === attribute))
    .map((check) => ({
      attribute: check.attribute,
      op: check.op,
      value: check.value,
      result: usedOf(check.value, counts.filter(({ counter }) => counter.check === check.attribute)),
      type: typeOf(check.attribute, settings),
    }));
}

/** Two counters may share a check: the one nearer to the limit decides about the next log-in, so it is shown. */
function usedOf(value: string, counts: readonly Count[]): bigint {
  const limit = limitOf(value);
  if (limit === null || !counts.length) return 0n;
  const consumed = Math.max(...counts.map((count) => count.consumed));
  // The limit's own digits are exact where a number's are not.
  return consumed >= limit ? BigInt(value.trim().replace("+", "")) : BigInt(Math.round(consumed));
}

function typeOf(attribute: string, { radiusAttributesTypeMap }: Settings): QuotaUsage["type"] {
  const name = attribute.toLowerCase();
  if (name.includes("traffic")) return "bytes";
  if (name.includes("session")) return "seconds";
  return radiusAttributesTypeMap[attribute] ?? null;
}
