import { and, eq, gte, lt, sql } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { builder, compiled, given, query } from "../../storage/prepared.ts";
import { phoneToken } from "../../storage/schema/state.ts";
import { type SqlDateTime, toSqlDateTime } from "../../values/sql_date_time.ts";
import type { Language } from "../../languages/say.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import type { Account } from "./account.ts";
import { readCodeLimits } from "./code_limits.ts";
import { findPendingNumber, settlePendingNumber } from "./pending_number.ts";
import { isNumberTaken, judgeStoredNumber, type NumberFault, numberRules } from "./phone_rules.ts";
import { type CodeContext, hashCode, sendCode, type SentCode } from "./sms_code.ts";
import { takeVerifiedNumber } from "./verified_number.ts";

/** Somebody in one organization. */
interface Guest {
  readonly account: Account;
  readonly organization: OrganizationRecord;
}

/** A guest who is written to. */
export interface WrittenGuest extends Guest {
  readonly language: Language;
}

export type RequestedCode =
  | SentCode
  | { readonly kind: "no_number" }
  | { readonly kind: "refused_number"; readonly fault: NumberFault | "taken" }
  | { readonly kind: "already_verified" };

export type Verification =
  | { readonly kind: "verified" }
  /** Nothing was sent; sent and used; guessed at too often; too old; not what was sent. */
  | { readonly kind: "never_sent" | "used" | "attempts_used_up" | "expired" | "wrong" }
  /** Right, but another account has got the number meanwhile. */
  | { readonly kind: "taken" };

/**
 * The only code of a member that can be verified. Newest is what was stored last: two nodes' clocks, or two requests that
 * overtake each other, must not make another code count than the one for the number that is pending. (The plus keeps
 * SQLite from walking the table.)
 */
const isNewest = sql`${phoneToken.id} = (select id from phone_token where user_id = ${given("userId")}
      and organization_id = ${given("organizationId")} order by +rowid desc limit 1)`;
const activeFields = { id: phoneToken.id };
const active = query(
  activeFields,
  builder.select(activeFields).from(phoneToken).where(and(
    isNewest,
    eq(phoneToken.phoneNumber, given("number")),
    eq(phoneToken.verified, false),
    lt(phoneToken.attempts, given("maxAttempts")),
    gte(phoneToken.validUntil, given("now")),
  )),
);
/**
 * One more attempt at the newest code, counted before anybody looks at it: guesses that come together get no more than
 * guesses in a row.
 */
const countAttempt = compiled(
  builder.update(phoneToken).set({ attempts: sql`attempts + 1`, modified: sql`${given("now")}` })
    .where(isNewest)
    .returning({
      id: phoneToken.id,
      token: phoneToken.token,
      phoneNumber: phoneToken.phoneNumber,
      validUntil: phoneToken.validUntil,
      attempts: phoneToken.attempts,
      verified: phoneToken.verified,
    }),
);
const markVerified = compiled(
  builder.update(phoneToken).set({ verified: true, modified: sql`${given("now")}` })
    .where(eq(phoneToken.id, given("id"))),
);

/**
 * Sends a code to the number that is to be verified: the pending one, else the account's (5.9).
 *
 * @param address the client's.
 */
export async function requestCode(
  context: CodeContext,
  { account, organization, language }: WrittenGuest,
  address: string,
  now: Date,
): Promise<RequestedCode> {
  const { db, settings } = context;
  const pending = await findPendingNumber(db, organization.id, account.id);
  const number = pending ?? account.phoneNumber;
  if (number === null) return { kind: "no_number" };
  const verdict = judgeStoredNumber(number, numberRules(organization, settings));
  if (verdict.kind === "refused") return { kind: "refused_number", fault: verdict.fault };
  if (await isNumberTaken(db, number, wanting(account))) return { kind: "refused_number", fault: "taken" };

  const isOwn = number === account.phoneNumber;
  const recipient = { organization, userId: account.id, number, isOwn, address, language };
  const { daily } = await readCodeLimits(db, settings, recipient, now);
  if (daily) return daily;
  // A number that was changed is not verified, whatever became of the registration record.
  if (account.registration?.isVerified && isOwn) return { kind: "already_verified" };
  return await sendCode(context, recipient, [], now);
}

/** Whether a code for the number that is to be verified is on its way or waits to be typed, and would be taken (5.10). */
export async function hasActiveCode(
  { db, settings }: Pick<CodeContext, "db" | "settings">,
  { account, organization }: Guest,
  now: Date,
): Promise<boolean> {
  const number = await findPendingNumber(db, organization.id, account.id) ?? account.phoneNumber;
  if (number === null) return false;
  const found = await active(db.state, {
    userId: account.id,
    organizationId: organization.id,
    number,
    maxAttempts: settings.smsTokenMaxAttempts,
    now: toSqlDateTime(now),
  });
  return found.length > 0;
}

/**
 * Compares a code with the newest that was sent. When it is right the number becomes the account's.
 *
 * The directory is changed first, then the state: when it ends between the two, the account is verified, and the same
 * code can be sent again without harm. The other way round a used code would have verified nothing.
 */
export async function verifyCode(
  context: CodeContext,
  { account, organization }: Guest,
  code: string,
  now: Date,
): Promise<Verification> {
  const { db, settings } = context;
  const sent = await beginAttempt(db, account.id, organization.id, now);
  if (!sent) return { kind: "never_sent" };
  if (sent.verified) return { kind: "used" };
  if (sent.attempts > settings.smsTokenMaxAttempts) return { kind: "attempts_used_up" };
  if (sent.validUntil < toSqlDateTime(now)) return { kind: "expired" };
  if (!isSame(context, sent.token, hashCode(context, sent.id, code))) return { kind: "wrong" };

  const member = { userId: account.id, organizationId: organization.id };
  if (!(await takeVerifiedNumber(db, member, sent.phoneNumber, now))) {
    if (await isNumberTaken(db, sent.phoneNumber, wanting(account))) return { kind: "taken" };
    throw new Error(`Cannot verify the number of ${account.id}: the account is gone`);
  }
  await db.state.$client.batch([
    markVerified({ id: sent.id, now: toSqlDateTime(now) }),
    settlePendingNumber(member, sent.phoneNumber),
  ], "write");
  return { kind: "verified" };
}

/** For `isNumberTaken()`: who signed up with a number is called by it, and will be called by the next one. */
export function wanting({ id, username, phoneNumber }: Account): { userId: string; asName: boolean } {
  return { userId: id, asName: username === phoneNumber };
}

interface SentToken {
  readonly id: string;
  readonly token: string;
  readonly phoneNumber: string;
  readonly validUntil: SqlDateTime;
  readonly attempts: number;
  readonly verified: boolean;
}

async function beginAttempt(
  db: Database,
  userId: string,
  organizationId: string,
  now: Date,
): Promise<SentToken | null> {
  const statement = countAttempt({ userId, organizationId, now: toSqlDateTime(now) });
  const [result] = await db.state.$client.batch([statement], "write");
  const row = result?.rows[0];
  if (!row) return null;
  return {
    id: String(row[0]),
    token: String(row[1]),
    phoneNumber: String(row[2]),
    // As it was written.
    validUntil: String(row[3]) as SqlDateTime,
    attempts: Number(row[4]),
    verified: Number(row[5]) === 1,
  };
}

const encoder = new TextEncoder();

function isSame({ crypto }: CodeContext, stored: string, sent: string): boolean {
  return crypto.equal(encoder.encode(stored), encoder.encode(sent));
}
