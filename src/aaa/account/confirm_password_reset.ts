import type { AccessContext } from "../access/access_context.ts";
import { beginAttempt, forgetFailures } from "../access/failed_attempts.ts";
import { isUsablePassword } from "../credentials/password_hash.ts";
import { LOGIN_PAGE_PATIENCE_MS } from "../credentials/password_verifier.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import { type Message, message } from "../../languages/say.ts";
import { type Account, findAccount } from "./account.ts";
import { flawsOf } from "./new_password.ts";
import { isResetToken } from "./password_reset_token.ts";
import { replacePassword } from "./replace_password.ts";

export type ResetOutcome =
  | { readonly kind: "reset" }
  | { readonly kind: "unknown_user" }
  /** Forged, used, too old, or outdated by a log-in or another change of the account. */
  | { readonly kind: "invalid_token" }
  | { readonly kind: "flawed"; readonly flaws: readonly Message[] }
  | { readonly kind: "not_member"; readonly account: Account }
  /** Too many wrong tokens for this account; or too many passwords, anybody's, are being hashed. */
  | {
    readonly kind: "wait";
    readonly why: "too_many_attempts" | "too_many_logins";
    readonly seconds: number;
  };

/** What the link's holder sends. */
export interface ResetConfirmation {
  /** The account's id. */
  readonly userId: string;
  readonly token: string;
  readonly password: string;
  readonly repeated: string;
}

/**
 * Sets the password of whoever got the token by mail and ends the keys that the old password opened (radius-api 5.5).
 * Of several at once with one token, one sets its password and the others' token is used. Nothing is changed unless
 * all is well.
 */
export async function confirmPasswordReset(
  context: AccessContext,
  organization: OrganizationRecord,
  confirmation: ResetConfirmation,
  now: Date,
): Promise<ResetOutcome> {
  const { userId } = confirmation;
  const attempt = await beginAttempt(context.db, `password reset ${userId}`, now);
  if (attempt.kind === "exhausted") {
    return { kind: "wait", why: "too_many_attempts", seconds: attempt.retryAfterSeconds };
  }
  const outcome = await setPassword(context, organization, confirmation, now);
  if (outcome.kind !== "invalid_token" && outcome.kind !== "unknown_user") await attempt.forgive();
  return outcome;
}

async function setPassword(
  context: AccessContext,
  organization: OrganizationRecord,
  { userId, token, password, repeated }: ResetConfirmation,
  now: Date,
): Promise<ResetOutcome> {
  const account = await findAccount(context.db, organization, userId);
  if (!account) return { kind: "unknown_user" };
  const mayReset = account.isActive && isUsablePassword(account.password);
  // First of all: nobody else learns anything about the account.
  if (!await isResetToken(context, account, token, now) || !mayReset) return { kind: "invalid_token" };

  const flaws = password === repeated ? flawsOf(password, account) : [message("passwords_differ")];
  if (flaws.length) return { kind: "flawed", flaws };
  if (!account.isMember && !account.isSuperuser) return { kind: "not_member", account };

  const hashed = await context.passwords.hashNow(userId, password, now.getTime(), LOGIN_PAGE_PATIENCE_MS);
  if (hashed.kind === "overloaded") {
    return { kind: "wait", why: "too_many_logins", seconds: hashed.retryAfterSeconds };
  }
  const stored = await replacePassword(context.db, organization, account, hashed.encoded, now);
  if (!stored) return { kind: "invalid_token" };
  await forgetFailures(context.db, userId);
  return { kind: "reset" };
}
