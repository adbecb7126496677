import { and, eq } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { countInWindow } from "../../storage/count_in_window.ts";
import { builder, compiled, given } from "../../storage/prepared.ts";
import { throttle } from "../../storage/schema/state.ts";
import { encodeBase64 } from "../../values/base64.ts";
import { foldCase } from "../../values/fold_case.ts";
import type { Keyring } from "../credentials/radius_token.ts";
import type { Settings } from "../settings.ts";
import { phoneNumbersOf } from "./find_user.ts";

const SCOPE = "failed_attempts";
const WINDOW_SECONDS = 600;
/** Enough for a page that tries again and again, too few to guess a password. */
const MOST_FAILURES = 20;

const forget = compiled(
  builder.delete(throttle).where(
    and(eq(throttle.scope, given("scope")), eq(throttle.client, given("client"))),
  ),
);

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

/** Forgets the failures at an account whose password is another one now, so that its owner need not wait. */
export async function forgetFailures({ state }: Database, account: string): Promise<void> {
  await state.$client.batch([forget({ scope: SCOPE, client: account })], "write");
}

/**
 * What attempts at an account are counted under; whoever does not exist is counted like everybody else, in any spelling.
 *
 * @param named whom the identifier may mean.
 */
export function attemptedAccount(
  { crypto, serverKey, settings }: Keyring & { readonly settings: Settings },
  named: readonly { readonly id: string }[],
  identifier: string,
): string {
  const [first] = named;
  if (first) return first.id;
  const [phone] = phoneNumbersOf(identifier, settings.authBackendAutoPrefixes);
  const spelling = phone ?? (identifier.includes("@") ? foldCase(identifier) : identifier);
  // Hashed, since people type passwords into the wrong field.
  return encodeBase64(crypto.hmacSha256(serverKey, `attempts ${spelling}`));
}
