import { and, eq, sql } from "drizzle-orm";
import { changeDirectory, type Database, EXPECT_CHANGE, isConflict } from "../../storage/database.ts";
import { builder, compiled, given } from "../../storage/prepared.ts";
import { user } from "../../storage/schema/users.ts";
import { localDay } from "../../values/local_day.ts";
import { toSqlDateTime } from "../../values/sql_date_time.ts";
import { endAllRadiusTokens } from "../credentials/radius_token.ts";

const replace = compiled(
  builder.update(user).set({
    password: sql`${given("encoded")}`,
    passwordUpdated: sql`${given("today")}`,
    modified: sql`${given("now")}`,
  }).where(and(eq(user.id, given("id")), eq(user.password, given("outdated")))),
);

/**
 * Stores a password that its owner chose and ends the keys that the old one opened, in all organizations; the API key
 * stays. All of it happens or nothing.
 *
 * @param account as it was read; `password` is its stored hash.
 * @param organization whose calendar says what day the password is from.
 * @returns false when the password was changed since then: of two at once one is stored.
 */
export async function replacePassword(
  db: Database,
  organization: { readonly timeZone: string },
  account: { readonly id: string; readonly password: string },
  encoded: string,
  now: Date,
): Promise<boolean> {
  const { id, password: outdated } = account;
  const today = localDay(organization.timeZone, now.getTime()).day;
  const stored = [replace({ id, outdated, encoded, today, now: toSqlDateTime(now) }), EXPECT_CHANGE];
  const ended = endAllRadiusTokens(id);
  try {
    if (db.directory === db.state) {
      await changeDirectory(db, [...stored, ended]);
      return true;
    }
    await changeDirectory(db, stored);
  } catch (fault) {
    if (isConflict(fault)) return false;
    throw fault;
  }
  await db.state.$client.batch([ended], "write");
  return true;
}
