import type { LiveSession } from "./live_session.ts";
import type { SessionContext } from "./session_context.ts";
import { storeProgress } from "./session_store.ts";
import { recordShared } from "./shared_quota.ts";

/**
 * Records how far sessions are, and stores the same for a new process. One that fails is as good as lost: the next one
 * tells all of it.
 */
export async function recordInterims(
  context: SessionContext,
  sessions: readonly LiveSession[],
): Promise<void> {
  const now = context.now().getTime();
  for (const session of sessions) scheduleInterim(session, now);
  const open = sessions.filter(({ end }) => !end);
  try {
    for (const session of open) session.isUnstored = false;
    await Promise.all([
      storeProgress(context.access.db, open),
      ...open.map((session) => recordShared(context, session, "Interim-Update")),
    ]);
  } catch (fault) {
    for (const session of open) session.isUnstored = true;
    context.report("an interim update", fault);
  }
}

/** The next one, in the rhythm that it has. */
export function scheduleInterim(session: LiveSession, now: number): void {
  const interval = session.facts.grant.interimSeconds * 1000;
  if (!interval) session.nextInterimAt = Infinity;
  if (session.nextInterimAt > now) return;
  const missed = Math.floor((now - session.nextInterimAt) / interval);
  session.nextInterimAt += (missed + 1) * interval;
}
