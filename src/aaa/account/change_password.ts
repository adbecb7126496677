import { type Message, message } from "../../languages/say.ts";
import type { AccessContext } from "../access/access_context.ts";
import { beginAttempt } from "../access/failed_attempts.ts";
import { isUsablePassword } from "../credentials/password_hash.ts";
import { LOGIN_PAGE_PATIENCE_MS } from "../credentials/password_verifier.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import { type Account, findAccount } from "./account.ts";
import { flawsOf } from "./new_password.ts";
import { replacePassword } from "./replace_password.ts";

/** Somebody else who stores a password of this account at the same moment: a log-in that hashes it anew. */
const ATTEMPTS = 3;

export type PasswordChange =
  | { readonly kind: "changed" }
  | { readonly kind: "wrong" }
  | { readonly kind: "flawed"; readonly flaws: readonly Message[] }
  /** The account logs in without a password, through somebody else who vouches for it. */
  | { readonly kind: "no_password" }
  /** Too many wrong passwords for this account; or too many passwords, anybody's, are being hashed. */
  | {
    readonly kind: "wait";
    readonly why: "too_many_attempts" | "too_many_logins";
    readonly seconds: number;
  };

/**
 * Replaces a password by another one for whoever knows it, whatever else they may do (radius-api 5.6). The API key stays
 * good, the RADIUS keys that the old password opened end. Nothing is changed unless all is well.
 *
 * @param account a member, or a superuser.
 */
export async function changePassword(
  context: AccessContext,
  organization: OrganizationRecord,
  account: Account,
  passwords: { readonly present: string; readonly next: string },
  now: Date,
): Promise<PasswordChange> {
  if (!isUsablePassword(account.password)) return { kind: "no_password" };
  const { present, next } = passwords;
  const flaws = next === present ? [message("password_unchanged")] : flawsOf(next, account);
  if (flaws.length) return { kind: "flawed", flaws };

  // Counted together with log-ins: they guess at the same password.
  const attempt = await beginAttempt(context.db, account.id, now);
  if (attempt.kind === "exhausted") {
    return { kind: "wait", why: "too_many_attempts", seconds: attempt.retryAfterSeconds };
  }
  const outcome = await exchange(context, organization, account, passwords, now);
  if (outcome.kind !== "wrong") await attempt.forgive();
  return outcome;
}

async function exchange(
  context: AccessContext,
  organization: OrganizationRecord,
  account: Account,
  passwords: { readonly present: string; readonly next: string },
  now: Date,
): Promise<PasswordChange> {
  let current: Account | null = account;
  for (let attempt = 0; attempt < ATTEMPTS && current; attempt++) {
    const stored = { userId: current.id, encoded: current.password };
    const made = await context.passwords.exchange(stored, passwords, now.getTime(), LOGIN_PAGE_PATIENCE_MS);
    if (made.kind === "wrong") return made;
    if (made.kind === "overloaded") {
      return { kind: "wait", why: "too_many_logins", seconds: made.retryAfterSeconds };
    }
    if (await replacePassword(context.db, organization, current, made.encoded, now)) {
      return { kind: "changed" };
    }
    current = await findAccount(context.db, organization, account.id);
  }
  return { kind: "wrong" };
}
