import { findSessionOwner } from "../../aaa/access/find_user.ts";
import { inGroups } from "./in_groups.ts";
import type { LiveSession } from "./live_session.ts";
import type { SessionContext } from "./session_context.ts";
import { endLater } from "./sign_out.ts";

/** Of these sessions it ends those whose account has been deactivated since its log-on. */
export async function endDeactivated(
  context: SessionContext,
  sessions: readonly LiveSession[],
): Promise<void> {
  await inGroups(sessions, async (session) => {
    const { zoneId, mac } = session.facts;
    try {
      const record = context.stations.find(zoneId, mac);
      if (!record || !await isDeactivated(context, session)) return;
      await endLater(context, record, session, "Admin-Reset", context.now());
    } catch (fault) {
      context.report("looking whether an account is still active", fault);
    }
  });
}

/** Whom the box let in without asking, or an operator, needs no account. */
async function isDeactivated({ access, now }: SessionContext, { facts }: LiveSession): Promise<boolean> {
  if (!facts.isAccepted) return false;
  const { db, settings: { authBackendAutoPrefixes } } = access;
  const { organizationId, userName } = facts;
  const owner = await findSessionOwner(db, organizationId, userName, authBackendAutoPrefixes, now());
  return owner !== null && !owner.isActive;
}
