import { Cron } from "croner";
import type { Settings } from "../aaa/settings.ts";
import type { Database } from "../storage/database.ts";
import { clearExpiredState, forgetIdentities } from "./clear_expired_state.ts";
import { closeStaleSessions } from "./close_stale_sessions.ts";
import { deleteOldPostAuth, deleteOldSessions } from "./delete_old_records.ts";
import { forgetCodes } from "./forget_codes.ts";

const DAY_MILLISECONDS = 86_400_000;
const KEPT_DAYS = 365;

export interface Jobs {
  /** Starts none any more; one that runs comes to its end. */
  stop(): void;
}

/**
 * What has to be done again and again: when (in the installation's time zone), and what.
 *
 * @param deliverOutbox looks for messages that nobody was woken for.
 */
export function jobsOf(db: Database, deliverOutbox: () => Promise<void>) {
  const daysBefore = (now: Date) => new Date(now.getTime() - KEPT_DAYS * DAY_MILLISECONDS);
  return [
    ["* * * * *", (now: Date) => clearExpiredState(db, now)],
    ["10 0 * * *", (now: Date) => forgetIdentities(db, now)],
    ["15 0 * * *", (now: Date) => forgetCodes(db, now)],
    ["20 0 * * *", (now: Date) => closeStaleSessions(db, daysBefore(now))],
    ["30 0 * * *", (now: Date) => deleteOldPostAuth(db, daysBefore(now))],
    ["40 0 * * *", (now: Date) => deleteOldSessions(db, daysBefore(now))],
    // Where they run one after the other: gateways may be slow.
    ["* * * * *", (_now: Date) => deliverOutbox()],
  ] as const;
}

/** Runs the jobs at their times, each at most once at a time. */
export function startJobs(
  db: Database,
  deliverOutbox: () => Promise<void>,
  { timeZone }: Pick<Settings, "timeZone">,
  now: () => Date,
  reportFault: (fault: unknown) => void,
): Jobs {
  const running = jobsOf(db, deliverOutbox).map(([pattern, job]) =>
    new Cron(pattern, { timezone: timeZone, protect: true, catch: reportFault }, async () => {
      await job(now());
    })
  );
  return {
    stop() {
      for (const cron of running) cron.stop();
    },
  };
}
