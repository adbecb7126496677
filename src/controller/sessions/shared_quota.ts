import type { AccountingPacket } from "../../aaa/accounting/accounting_packet.ts";
import { quotaLeft } from "../../aaa/access/quota_left.ts";
import { findOrganization } from "../../aaa/identity/organization_record.ts";
import type { LiveSession } from "./live_session.ts";
import type { SessionContext } from "./session_context.ts";
import { recordPacket } from "./session_record.ts";

/**
 * The sessions of one user whose quotas they share. One that has ended belongs to them until its Stop is recorded: what
 * it used is not yet missing from what is left.
 */
export class SharedQuota {
  readonly sessions = new Set<LiveSession>();
  /** What was left when it was divided last, beyond what each session had used by then; null is no quota. */
  #octets: number | null = null;
  readonly #usedThen = new Map<LiveSession, number>();

  /**
   * Divides what is left among the open sessions, each of which gets as much as the others.
   *
   * @param left as far as it is on record.
   * @param now milliseconds since 1970.
   */
  divide(left: { readonly seconds: number | null; readonly octets: number | null }, now: number): void {
    const all = [...this.sessions];
    const open = all.filter(({ end }) => !end);
    const unrecorded = (used: (session: LiveSession) => number) =>
      all.reduce((sum, session) => sum + used(session), 0);
    const octets = left.octets === null
      ? null
      : left.octets - unrecorded((session) => session.octets - session.recorded.octets);
    const seconds = left.seconds === null ? null : left.seconds -
      unrecorded((session) => Math.max(0, secondsOf(session, now) - session.recorded.seconds));
    for (const session of open) {
      const sessionSeconds = seconds === null
        ? null
        : secondsOf(session, now) + Math.max(0, Math.floor(seconds / open.length));
      session.shared = { ...session.shared, sessionSeconds };
    }
    this.#allot(open, octets);
  }

  /** Divides the octets anew that are left after what was counted since: whoever uses less leaves it to the others. */
  divideOctets(): void {
    if (this.#octets === null) return;
    const all = [...this.sessions];
    const used = all.reduce((sum, session) => sum + session.octets - (this.#usedThen.get(session) ?? 0), 0);
    this.#allot(all.filter(({ end }) => !end), this.#octets - used);
  }

  #allot(open: readonly LiveSession[], octets: number | null): void {
    this.#octets = octets;
    this.#usedThen.clear();
    for (const session of this.sessions) this.#usedThen.set(session, session.octets);
    for (const session of open) {
      const totalOctets = octets === null
        ? null
        : session.octets + Math.max(0, Math.floor(octets / open.length));
      session.shared = { ...session.shared, totalOctets };
    }
  }
}

/**
 * Records a packet of a session; where its user has a quota, what is left is divided anew among the user's sessions
 * here. Both happen in the user's turn: what is on record is then exactly what the sessions believe.
 */
export async function recordShared(
  context: SessionContext,
  session: LiveSession,
  status: AccountingPacket["status"],
): Promise<void> {
  const key = session.quotaKey ?? await quotaKeyOf(context, session);
  if (key === null) return await recordPacket(context, session, status);
  session.quotaKey = key;
  await context.turns.take(`quota ${key}`, async () => {
    const quota = context.quotas.get(key) ?? new SharedQuota();
    context.quotas.set(key, quota);
    session.quota = quota;
    // An interim update that comes after the Stop would keep the session here for ever.
    if (!session.end || status === "Stop") quota.sessions.add(session);
    await recordPacket(context, session, status);
    if (status === "Stop") quota.sessions.delete(session);
    if (quota.sessions.size) await divide(context, quota, session);
    else context.quotas.delete(key);
  });
}

async function divide(context: SessionContext, quota: SharedQuota, one: LiveSession): Promise<void> {
  try {
    const left = await leftFor(context, one);
    if (left) quota.divide(left, context.now().getTime());
  } catch (fault) {
    context.report("dividing what is left of a quota", fault);
  }
}

/** Null where nothing is shared: nobody's limits, or a user without a quota. */
async function quotaKeyOf(context: SessionContext, session: LiveSession): Promise<string | null> {
  const left = isLimited(session) ? await leftFor(context, session) : null;
  return left && `${session.facts.organizationId} ${left.userId}`;
}

/** Whether a quota may be what limits it. */
export function isLimited({ facts: { grant, isAccepted } }: LiveSession): boolean {
  return isAccepted && (grant.sessionTimeout > 0 || grant.maxTotalOctets !== null);
}

async function leftFor({ access, now }: SessionContext, { facts }: LiveSession) {
  const organization = await findOrganization(access.db, access.settings, facts.organizationId, now());
  return organization && await quotaLeft(access, organization, facts.userName, now());
}

/** As its record would say it. */
function secondsOf(session: LiveSession, now: number): number {
  return session.seconds(session.end?.at.getTime() ?? now);
}
