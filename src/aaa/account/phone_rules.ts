import { and, eq, ne, or } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { builder, given, query } from "../../storage/prepared.ts";
import { user } from "../../storage/schema/users.ts";
import { callingCodeOf, type KnownNumber, knownNumber } from "../../values/phone_number.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import type { Settings } from "../settings.ts";

/** Why an organization sends no code to a number. */
export type NumberFault = "invalid" | "prefix_not_allowed" | "not_mobile";

export type NumberVerdict =
  /** E.164. */
  | { readonly kind: "accepted"; readonly number: string }
  | { readonly kind: "refused"; readonly fault: NumberFault };

/** Which numbers an organization sends codes to. */
export interface NumberRules {
  /** Calling codes such as `+39`; empty for all. */
  readonly allowedPrefixes: readonly string[];
  /** Also numbers of plans that do not tell mobiles from fixed lines. */
  readonly allowFixedLineOrMobile: boolean;
}

export function numberRules(organization: OrganizationRecord, settings: Settings): NumberRules {
  return {
    allowedPrefixes: organization.allowedMobilePrefixes,
    allowFixedLineOrMobile: settings.allowFixedLineOrMobile,
  };
}

/** What a guest typed as number (5.1, 5.12): it must exist, be of an allowed country, and be a mobile's. */
export function judgeNumber(text: string, rules: NumberRules): NumberVerdict {
  const number = knownNumber(text);
  if (!number) return { kind: "refused", fault: "invalid" };
  if (!isAllowed(number.callingCode, rules)) return { kind: "refused", fault: "prefix_not_allowed" };
  if (!isMobile(number, rules)) return { kind: "refused", fault: "not_mobile" };
  return { kind: "accepted", number: number.e164 };
}

/**
 * An account's own number, before a code goes there (5.9). It may have come from an operator, who may name any kind of
 * line, or from an organization that allows other countries, which this one shall not pay for.
 */
export function judgeStoredNumber(e164: string, rules: NumberRules): NumberVerdict {
  const callingCode = callingCodeOf(e164);
  if (callingCode === null) return { kind: "refused", fault: "invalid" };
  if (!isAllowed(callingCode, rules)) return { kind: "refused", fault: "prefix_not_allowed" };
  return { kind: "accepted", number: e164 };
}

const idOnly = { id: user.id };
const otherWithNumber = query(
  idOnly,
  builder.select(idOnly).from(user)
    .where(and(eq(user.phoneNumber, given("number")), ne(user.id, given("userId")))).limit(1),
);
const otherWithNumberOrName = query(
  idOnly,
  builder.select(idOnly).from(user).where(and(
    or(eq(user.phoneNumber, given("number")), eq(user.usernameKey, given("number"))),
    ne(user.id, given("userId")),
  )).limit(1),
);

/**
 * Whether another account has the number. It is the database that keeps numbers unique; this is to say so early.
 *
 * @param account `userId` of who wants the number, none at sign-up; `asName` where it would become the user name too.
 */
export async function isNumberTaken(
  db: Database,
  number: string,
  account: { readonly userId?: string; readonly asName?: boolean } = {},
): Promise<boolean> {
  const other = account.asName ? otherWithNumberOrName : otherWithNumber;
  const found = await other(db.directory, { number, userId: account.userId ?? "" });
  return found.length > 0;
}

function isAllowed(callingCode: string, { allowedPrefixes }: NumberRules): boolean {
  return allowedPrefixes.length === 0 || allowedPrefixes.includes(callingCode);
}

function isMobile({ line }: KnownNumber, { allowFixedLineOrMobile }: NumberRules): boolean {
  return line === "mobile" || (line === "fixed_or_mobile" && allowFixedLineOrMobile);
}
