import { eq } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { builder, given, query } from "../../storage/prepared.ts";
import { userState } from "../../storage/schema/state.ts";
import { toHex } from "../../values/hex.ts";
import type { Keyring } from "../credentials/radius_token.ts";
import type { Settings } from "../settings.ts";

/** When it was made, in seconds since 1970 to base 36, and 160 bits of an HMAC. */
const TOKEN_FORM = /^([0-9a-z]{1,9})-([0-9a-f]{40})$/;
const DIGITS = 40;

/** What a token is about: when any of it changes, the token is worth nothing. */
export interface ResetSubject {
  readonly id: string;
  readonly email: string | null;
  /** The stored hash. */
  readonly password: string;
}

const lastLoginFields = { lastLogin: userState.lastLogin };
const lastLoginOf = query(
  lastLoginFields,
  builder.select(lastLoginFields).from(userState).where(eq(userState.userId, given("userId"))),
);

/**
 * A token that lets its holder set a new password: letters, digits and one `-`. Nothing is stored for it. It is bound to
 * the account's hash, e-mail address and last log-in, so each of these ends all tokens, and so does using one.
 */
export async function newResetToken(
  { db, ...keyring }: Keyring & { readonly db: Database },
  subject: ResetSubject,
  now: Date,
): Promise<string> {
  const seconds = Math.floor(now.getTime() / 1000).toString(36);
  return `${seconds}-${proofOf(keyring, subject, await readLastLogin(db, subject.id), seconds)}`;
}

/** Whether a token was made for the account as it is now, no longer ago than the setting allows. */
export async function isResetToken(
  { db, settings, ...keyring }: Keyring & { readonly db: Database; readonly settings: Settings },
  subject: ResetSubject,
  token: string,
  now: Date,
): Promise<boolean> {
  const [, seconds = "", proof = ""] = TOKEN_FORM.exec(token) ?? [];
  const lastLogin = await readLastLogin(db, subject.id);
  const expected = proofOf(keyring, subject, lastLogin, seconds);
  const ageSeconds = now.getTime() / 1000 - Number.parseInt(seconds, 36);
  return ageSeconds <= settings.passwordResetTimeout && isSame(keyring, proof, expected);
}

async function readLastLogin({ state }: Database, userId: string): Promise<string | null> {
  const [row] = await lastLoginOf(state, { userId });
  return row?.lastLogin ?? null;
}

function proofOf(
  { crypto, serverKey }: Keyring,
  { id, email, password }: ResetSubject,
  lastLogin: string | null,
  seconds: string,
): string {
  // As JSON, since joined texts could be cut elsewhere and mean another account.
  const message = JSON.stringify(["password reset", id, email, password, lastLogin, seconds]);
  return toHex(crypto.hmacSha256(serverKey, message)).slice(0, DIGITS);
}

function isSame({ crypto }: Keyring, a: string, b: string): boolean {
  const encoder = new TextEncoder();
  return crypto.equal(encoder.encode(a), encoder.encode(b));
}
