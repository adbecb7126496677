import { type Message, type MessageKey, say } from "../../languages/say.ts";
import type { Database } from "../../storage/database.ts";
import { type Counter, enabledCounters } from "../counters/counter.ts";
import { type Count, countUsage } from "../counters/count_usage.ts";
import type { Reset } from "../counters/reset_period.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import type { Settings } from "../settings.ts";
import type { Refusal, ReplyAttributes } from "./access_decision.ts";
import type { AccessRequest } from "./access_request.ts";
import { addRemaining, fitIntegers, groupReplies, type ReplyDraft } from "./compose_reply.ts";
import { type Candidate, findGroup, type Group } from "./find_user.ts";
import { countOpenSessions, holdPlace, leavePlaceOf } from "./simultaneous_use.ts";

/** What a used-up quota is told with. English keeps upstream's words for daily time, which clients may match. */
const QUOTA_TEXTS = {
  daily: { seconds: "daily_time_used_up", octets: "daily_data_used_up" },
  weekly: { seconds: "weekly_time_used_up", octets: "weekly_data_used_up" },
  monthly: { seconds: "monthly_time_used_up", octets: "monthly_data_used_up" },
  monthly_subscription: { seconds: "monthly_time_used_up", octets: "monthly_data_used_up" },
  never: { seconds: "total_time_used_up", octets: "total_data_used_up" },
} as const satisfies Record<Reset, Record<Counter["unit"], MessageKey>>;

export type Limits =
  | {
    readonly kind: "within";
    readonly attributes: ReplyAttributes;
    /** Gives back the place under Simultaneous-Use. */
    readonly release: () => Promise<void>;
  }
  | {
    readonly kind: "limit";
    readonly refusal: Refusal;
    readonly attributes: ReplyAttributes;
    /** The group's own words where it has some. */
    readonly text: Message | string;
  };

/**
 * Step 4: the group's replies, Simultaneous-Use and the counters. A place under Simultaneous-Use is taken only when
 * every counter allows the log-in, so that a refusal holds nothing.
 */
export async function enforceLimits(
  db: Database,
  settings: Settings,
  organization: OrganizationRecord,
  member: Candidate,
  request: AccessRequest,
  now: Date,
): Promise<Limits> {
  const group = await findGroup(db, organization.id, member.id, now);
  if (!group) return { kind: "within", attributes: {}, release: nothing };
  const draft = groupReplies(group.replies);
  const counts = await countUsage(db, organization, member, group.checks, enabledCounters(settings), now);
  const exhausted = counts.find(({ limit, consumed }) => consumed >= limit);

  let release = nothing;
  const allowed = settings.simultaneousUseEnabled ? allowedSessions(group) : null;
  if (allowed !== null) {
    const place = { organizationId: organization.id, userId: member.id, request, allowed };
    const { held, pair } = exhausted
      ? { held: (await countOpenSessions(db, place, now)) < allowed, pair: null }
      : await holdPlace(db, place, now);
    if (!held) return tooManySessions(organization, draft, allowed);
    if (pair !== null) release = () => leavePlaceOf(db, place, pair);
  }

  for (const count of counts) {
    if (count === exhausted) return quotaReached(organization, draft, count);
    addRemaining(draft, count);
  }
  return { kind: "within", attributes: fitIntegers(draft, organization.gigawordsReplies), release };
}

async function nothing() {}

/** The limit of `Simultaneous-Use`; null when there is none: no check, no number, or no positive one. */
function allowedSessions({ checks }: Group): number | null {
  const check = checks.find(({ attribute }) => attribute === "Simultaneous-Use");
  const allowed = check && /^\s*\+?\d+\s*$/.test(check.value) ? Number(check.value) : 0;
  return allowed > 0 ? allowed : null;
}

function tooManySessions(organization: OrganizationRecord, draft: ReplyDraft, allowed: number): Limits {
  return limit(organization, draft, { key: "already_logged_in", values: { allowed } }, {
    reason: "too_many_sessions",
    explanation: `The user already has ${allowed} open session${
      allowed === 1 ? "" : "s"
    }, as many as allowed`,
    rule: "Simultaneous-Use",
    ruleValue: String(allowed),
    counted: String(allowed),
  });
}

function quotaReached(organization: OrganizationRecord, draft: ReplyDraft, count: Count): Limits {
  const text = quotaText(count);
  return limit(organization, draft, text, {
    reason: "quota_reached",
    explanation: say("en", text),
    rule: count.counter.check,
    ruleValue: String(count.limit),
    counted: String(count.consumed),
  });
}

function limit(organization: OrganizationRecord, draft: ReplyDraft, text: Message, refusal: Refusal): Limits {
  const own = draft["Reply-Message"];
  const attributes = fitIntegers(draft, organization.gigawordsReplies);
  return {
    kind: "limit",
    refusal,
    attributes,
    text: own && typeof own === "object" ? [own.value].flat().join(" ") : text,
  };
}

function quotaText({ counter, nextStart }: Count): Message {
  const key = QUOTA_TEXTS[counter.reset][counter.unit];
  return nextStart === null ? { key } : { key, values: { day: nextStart } };
}
