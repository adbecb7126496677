import { sql } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { builder, compiled, given } from "../../storage/prepared.ts";
import { loginIdentity } from "../../storage/schema/state.ts";
import type { OrganizationId } from "../../values/organization_id.ts";
import { toSqlDateTime } from "../../values/sql_date_time.ts";

const remember = compiled(
  builder.insert(loginIdentity).values({
    organizationId: given("organizationId"),
    username: given("username"),
    userId: given("userId"),
    at: given("at"),
  }).onConflictDoUpdate({
    target: [loginIdentity.organizationId, loginIdentity.username],
    set: { userId: sql`excluded.user_id`, at: sql`excluded.at` },
  }),
);

/** One user's e-mail address may be another's user name: accounting goes to the one who logged in. */
export async function rememberIdentity(
  db: Database,
  organizationId: OrganizationId,
  username: string,
  userId: string,
  now: Date,
): Promise<void> {
  const row = remember({ organizationId, username, userId, at: toSqlDateTime(now) });
  await db.state.$client.batch([row], "write");
}
