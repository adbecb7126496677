import { and, eq, sql } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { builder, compiled, given } from "../../storage/prepared.ts";
import { throttle } from "../../storage/schema/state.ts";

const SCOPE = "failed_attempts";
const WINDOW_SECONDS = 600;
/** Enough for a page that tries again and again, too few to guess a password. */
const MOST_FAILURES = 20;

export type Attempt =
  /** `forgive()`: it was no failure. */
  | { readonly kind: "allowed"; readonly forgive: () => Promise<void> }
  | { readonly kind: "exhausted"; readonly retryAfterSeconds: number };

const count = compiled(
  builder.insert(throttle).values({
    scope: SCOPE,
    client: given("account"),
    windowStart: given("windowStart"),
    windowSeconds: WINDOW_SECONDS,
    requests: 1,
  }).onConflictDoUpdate({
    target: [throttle.scope, throttle.client, throttle.windowStart],
    set: { requests: sql`requests + 1` },
  }).returning({ requests: throttle.requests }),
);
const discount = compiled(
  builder.update(throttle).set({ requests: sql`requests - 1` }).where(and(
    eq(throttle.scope, SCOPE),
    eq(throttle.client, given("account")),
    eq(throttle.windowStart, given("windowStart")),
  )),
);

/**
 * Lets 20 wrong passwords be tried on one account in ten minutes. An attempt counts from its beginning, so that many at
 * once are no way around it, until it is forgiven.
 *
 * @param account a user's id, or what stands for an account that does not exist.
 */
export async function beginAttempt({ state }: Database, account: string, now: Date): Promise<Attempt> {
  const second = Math.floor(now.getTime() / 1000);
  const windowStart = second - second % WINDOW_SECONDS;
  const [result] = await state.$client.batch([count({ account, windowStart })], "write");
  if (Number(result?.rows[0]?.[0] ?? 0) > MOST_FAILURES) {
    return { kind: "exhausted", retryAfterSeconds: windowStart + WINDOW_SECONDS - second };
  }
  return {
    kind: "allowed",
    async forgive() {
      await state.$client.batch([discount({ account, windowStart })], "write");
    },
  };
}
