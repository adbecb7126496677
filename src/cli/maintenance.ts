import { DomainError } from "../errors.ts";
import { closeStaleSessions } from "../jobs/close_stale_sessions.ts";
import { deleteOldPostAuth, deleteOldSessions } from "../jobs/delete_old_records.ts";
import type { Database } from "../storage/database.ts";
import type { Command } from "./command.ts";
import { withInstallation } from "./with_installation.ts";

const HOUR_MILLISECONDS = 3_600_000;
const MOST_DAYS = 100_000;

/** Deletes sessions that ended long ago. */
export const deleteOldRadacct = deletion(
  "delete_old_radacct",
  "Delete sessions that ended more than DAYS ago.",
  deleteOldSessions,
);

/** Deletes what is known of old log-ins. */
export const deleteOldPostauth = deletion(
  "delete_old_postauth",
  "Delete post-auth records and reasons of refusals older than DAYS.",
  deleteOldPostAuth,
);

/** Closes sessions whose Stop was lost. */
export const cleanupStaleRadacct: Command = {
  name: "cleanup_stale_radacct",
  operands: "[DAYS [HOURS]]",
  about: "Close open sessions that were not updated for DAYS (15), or for HOURS when that is not 0.",
  options: {},
  run: async (world, values, operands) => {
    if (operands.length > 2) {
      throw new DomainError("invalid_input", "cleanup_stale_radacct: expected [DAYS [HOURS]]");
    }
    const [days = "15", hours = "0"] = operands;
    const age = wholeNumber(hours, "HOURS") || wholeNumber(days, "DAYS") * 24;
    await withInstallation(world, values, async ({ db }) => {
      const closed = await closeStaleSessions(db, new Date(world.now().getTime() - age * HOUR_MILLISECONDS));
      world.print(values.json ? JSON.stringify({ closed }) : `Closed ${closed}`);
    });
  },
};

function deletion(
  name: string,
  about: string,
  run: (db: Database, before: Date) => Promise<number>,
): Command {
  return {
    name,
    operands: "DAYS",
    about,
    options: {},
    run: async (world, values, [days, ...more]) => {
      if (days === undefined || more.length) throw new DomainError("invalid_input", `${name}: expected DAYS`);
      const age = wholeNumber(days, "DAYS") * 24;
      await withInstallation(world, values, async ({ db }) => {
        const deleted = await run(db, new Date(world.now().getTime() - age * HOUR_MILLISECONDS));
        world.print(values.json ? JSON.stringify({ deleted }) : `Deleted ${deleted}`);
      });
    },
  };
}

function wholeNumber(text: string, name: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number <= MOST_DAYS) return number;
  throw new DomainError(
    "invalid_input",
    `${name}: expected a whole number up to ${MOST_DAYS}, not "${text}"`,
  );
}
