import type { InStatement } from "@libsql/client";
import { sql } from "drizzle-orm";
import { v7 as uuid } from "uuid";
import { changeDirectory, type Database } from "../../storage/database.ts";
import { builder, compiled, given } from "../../storage/prepared.ts";
import { isConstraintFailure } from "../../storage/rows.ts";
import { registeredUser, user } from "../../storage/schema/users.ts";
import type { OrganizationId } from "../../values/organization_id.ts";
import { foldCase } from "../../values/fold_case.ts";
import { toSqlDateTime } from "../../values/sql_date_time.ts";

interface Member {
  readonly userId: string;
  readonly organizationId: OrganizationId;
}

/** Elsewhere a number was verified that is the account's no longer. */
const unverifyElsewhere = compiled(
  builder.update(registeredUser).set({ isVerified: false, modified: sql`${given("now")}` }).where(
    sql`user_id = ${given("userId")} and organization_id <> ${given("organizationId")}
      and method = 'mobile_phone' and is_verified = 1
      and (select phone_number from ${user} where id = ${given("userId")}) is not ${given("number")}`,
  ),
);
/** Whoever was called by the old number is called by the new one. */
const takeNumber = compiled(
  builder.update(user).set({
    username: sql`case when username = phone_number then ${given("number")} else username end`,
    usernameKey: sql`case when username = phone_number then ${given("numberKey")} else username_key end`,
    phoneNumber: sql`${given("number")}`,
    modified: sql`${given("now")}`,
  }).where(sql`id = ${given("userId")}`),
);
const setRegistration = compiled(
  builder.insert(registeredUser).values({
    id: given("id"),
    userId: given("userId"),
    organizationId: given("organizationId"),
    method: "mobile_phone",
    isVerified: given("verified"),
    modified: given("now"),
  }).onConflictDoUpdate({
    target: [registeredUser.userId, registeredUser.organizationId],
    set: {
      method: sql`case when excluded.is_verified then excluded.method else method end`,
      isVerified: sql`excluded.is_verified`,
      modified: sql`excluded.modified`,
    },
  }),
);

/**
 * Makes a number the account's own and the member verified by it, in one step. False when another account has the number,
 * or its name: that is the database's to say, of two at the same moment one has it.
 */
export async function takeVerifiedNumber(
  db: Database,
  member: Member,
  number: string,
  now: Date,
): Promise<boolean> {
  const values = { ...member, number, numberKey: foldCase(number), now: toSqlDateTime(now) };
  const statements = [
    // Before the number is changed, for it looks whether it is.
    unverifyElsewhere(values),
    takeNumber(values),
    ...FREERADIUS_TABLES.map((table) => renameIn(table, member.userId, values.now)),
    registration(member, true, now),
  ];
  try {
    await changeDirectory(db, statements);
    return true;
  } catch (fault) {
    if (isConstraintFailure(fault)) return false;
    throw fault;
  }
}

/** The member has changed the number and must prove it anew; a method that was chosen before stays. */
export async function unverify(db: Database, member: Member, now: Date): Promise<void> {
  await changeDirectory(db, [registration(member, false, now)]);
}

function registration(member: Member, verified: boolean, now: Date): InStatement {
  return setRegistration({ ...member, id: uuid(), verified, now: toSqlDateTime(now) });
}

const FREERADIUS_TABLES = ["radcheck", "radreply", "radusergroup"] as const;

/** FreeRADIUS reads names. */
function renameIn(table: typeof FREERADIUS_TABLES[number], userId: string, now: string): InStatement {
  return {
    sql: `update ${table} set username = account.username, modified = ?
      from (select username from user where id = ?) as account
      where user_id = ? and ${table}.username <> account.username`,
    args: [now, userId, userId],
  };
}
