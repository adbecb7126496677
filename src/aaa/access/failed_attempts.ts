import type { Database } from "../../storage/database.ts";
import { countInWindow } from "../../storage/count_in_window.ts";

const SCOPE = "failed_attempts";
const WINDOW_SECONDS = 600;
/** Enough for a page that tries again and again, too few to guess a password. */
const MOST_FAILURES = 20;

export type Attempt =
  /** `forgive()`: it was no failure. */
  | { readonly kind: "allowed"; readonly forgive: () => Promise<void> }
  | { readonly kind: "exhausted"; readonly retryAfterSeconds: number };

/**
 * Lets 20 wrong passwords be tried on one account in ten minutes. An attempt counts from its beginning, so that many at
 * once are no way around it, until it is forgiven.
 *
 * @param account a user's id, or what stands for an account that does not exist.
 */
export async function beginAttempt({ state }: Database, account: string, now: Date): Promise<Attempt> {
  const counted = { scope: SCOPE, client: account, windowSeconds: WINDOW_SECONDS };
  const { requests, secondsLeft, undo } = await countInWindow(state, counted, now);
  if (requests > MOST_FAILURES) return { kind: "exhausted", retryAfterSeconds: secondsLeft };
  return {
    kind: "allowed",
    async forgive() {
      await state.$client.batch([undo], "write");
    },
  };
}
