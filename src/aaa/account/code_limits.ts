import type { InStatement } from "@libsql/client";
import { getTableColumns, type SQL, sql } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { builder, compiled, given, query } from "../../storage/prepared.ts";
import { phoneToken } from "../../storage/schema/state.ts";
import { localDay } from "../../values/local_day.ts";
import { fromSqlDateTime, type SqlDateTime, toSqlDateTime } from "../../values/sql_date_time.ts";
import type { Language } from "../../languages/say.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import type { Settings } from "../settings.ts";

/** Where a code shall go, and who asks for it. */
export interface CodeRecipient {
  readonly organization: OrganizationRecord;
  readonly userId: string;
  /** E.164. */
  readonly number: string;
  /** The account has the number; otherwise it is one that somebody typed. */
  readonly isOwn: boolean;
  /** Of the client, as limits count it (`subscriberOf()`). */
  readonly address: string;
  readonly language: Language;
}

/** Why no code is sent now. */
export type CodeLimit =
  /** The user's, or the client's address's, since midnight in the organization's zone. */
  | { readonly kind: "daily_limit_of_user" | "daily_limit_of_address" }
  /** Of a number that is not the user's own, in a day of UTC: with many accounts somebody could be sent very many. */
  | { readonly kind: "daily_limit_of_number" }
  /** One was sent to the number a moment ago. */
  | { readonly kind: "cooldown"; readonly secondsLeft: number };

/** A row of `phone_token` but for what the recipient and the moment say. */
export interface NewCode {
  readonly id: string;
  /** The code's hash. */
  readonly token: string;
  readonly validUntil: SqlDateTime;
}

/** Both stop counting at the limit. */
const countedOfUser = sql`(select count(*) from (select 1 from ${phoneToken} where user_id = ${
  given("userId")
} and created >= ${given("dayStart")} limit ${given("userLimit")}))`;
const countedOfAddress = sql`(select count(*) from (select 1 from ${phoneToken} where ip = ${
  given("address")
} and created >= ${given("dayStart")} limit ${given("addressLimit")}))`;
const newestToNumber = sql`(select max(created) from ${phoneToken} where user_id = ${given("userId")}
  and organization_id = ${given("organizationId")} and phone_number = ${given("number")}
  and created > ${given("cooledSince")})`;

const historyFields = {
  ofUser: sql<number>`${countedOfUser}`,
  ofAddress: sql<number>`${countedOfAddress}`,
  newest: sql<SqlDateTime | null>`${newestToNumber}`,
};
const history = query(historyFields, builder.select(historyFields).from(sql`(select 1)`));

const newRow: Readonly<Record<keyof typeof phoneToken.$inferInsert, SQL>> = {
  id: sql`${given("id")}`,
  userId: sql`${given("userId")}`,
  organizationId: sql`${given("organizationId")}`,
  token: sql`${given("token")}`,
  phoneNumber: sql`${given("number")}`,
  ip: sql`${given("address")}`,
  validUntil: sql`${given("validUntil")}`,
  attempts: sql`0`,
  verified: sql`0`,
  created: sql`${given("now")}`,
  modified: sql`${given("now")}`,
};
const insert = compiled(
  builder.insert(phoneToken).select(
    // The keys are the table's own.
    sql`select ${
      sql.join(
        (Object.keys(getTableColumns(phoneToken)) as (keyof typeof newRow)[]).map((key) => newRow[key]),
        sql`, `,
      )
    } where ${countedOfUser} < ${given("userLimit")} and ${countedOfAddress} < ${given("addressLimit")}
    and ${newestToNumber} is null`,
  ),
);

/** What keeps a code from being sent now: the day's limits, which count across organizations (10.1), and the cooldown. */
export async function readCodeLimits(
  db: Database,
  settings: Settings,
  recipient: CodeRecipient,
  now: Date,
): Promise<{ readonly daily: CodeLimit | null; readonly cooldown: CodeLimit | null }> {
  const values = limitValues(settings, recipient, now);
  const [row] = await history(db.state, values);
  const { ofUser = 0, ofAddress = 0, newest = null } = row ?? {};
  return {
    daily: dailyLimit(ofUser >= values.userLimit, ofAddress >= values.addressLimit),
    cooldown: newest && cooldownSince(newest, recipient.organization.smsCooldownSeconds, now),
  };
}

/** Stores the code unless a limit is reached; to be followed by `EXPECT_CHANGE`. */
export function insertWithinLimits(
  settings: Settings,
  recipient: CodeRecipient,
  code: NewCode,
  now: Date,
): InStatement {
  return insert({ ...limitValues(settings, recipient, now), ...code, now: toSqlDateTime(now) });
}

function limitValues(settings: Settings, recipient: CodeRecipient, now: Date) {
  const { organization, userId, number, address } = recipient;
  const cooledSince = new Date(now.getTime() - organization.smsCooldownSeconds * 1_000);
  return {
    userId,
    organizationId: organization.id,
    number,
    address,
    dayStart: toSqlDateTime(new Date(localDay(organization.timeZone, now.getTime()).startsAt)),
    cooledSince: toSqlDateTime(cooledSince),
    userLimit: settings.smsTokenMaxUserDaily,
    addressLimit: settings.smsTokenMaxIpDaily,
  };
}

function dailyLimit(ofUser: boolean, ofAddress: boolean): CodeLimit | null {
  if (ofUser) return { kind: "daily_limit_of_user" };
  return ofAddress ? { kind: "daily_limit_of_address" } : null;
}

function cooldownSince(sentAt: SqlDateTime, seconds: number, now: Date): CodeLimit {
  const elapsed = Math.round((now.getTime() - fromSqlDateTime(sentAt).getTime()) / 1_000);
  return { kind: "cooldown", secondsLeft: Math.max(1, seconds - elapsed) };
}
