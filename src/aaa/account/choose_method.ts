import { and, eq, sql } from "drizzle-orm";
import { changeDirectory, EXPECT_CHANGE, isConflict } from "../../storage/database.ts";
import { builder, compiled, given } from "../../storage/prepared.ts";
import { registeredUser } from "../../storage/schema/users.ts";
import { toSqlDateTime } from "../../values/sql_date_time.ts";
import type { Account } from "./account.ts";
import { type MethodObstacle, obstacleTo, PENDING_VERIFICATION } from "./registration_methods.ts";
import type { SignUpContext, SignUpVisit } from "./registration.ts";
import { sendConfirmation } from "./send_confirmation.ts";

export type MethodChoice = "chosen" | "not_pending" | "no_record" | MethodObstacle;

const choose = compiled(
  builder.update(registeredUser).set({
    method: sql`${given("method")}`,
    modified: sql`${given("now")}`,
  }).where(and(
    eq(registeredUser.userId, given("userId")),
    eq(registeredUser.organizationId, given("organizationId")),
    eq(registeredUser.method, PENDING_VERIFICATION),
  )),
);

/**
 * Sets how a member who joined with an account from elsewhere will prove who she is (radius-api 5.13); once, and it
 * proves nothing yet, but there must be a way to. For the method `email` the address is written to.
 */
export async function chooseMethod(
  context: SignUpContext,
  visit: SignUpVisit,
  account: Account,
  method: string,
): Promise<MethodChoice> {
  const { id: userId, username, email, registration } = account;
  if (!registration) return "no_record";
  if (registration.method !== PENDING_VERIFICATION) return "not_pending";
  const { organization, now } = visit;
  const obstacle = obstacleTo(method, organization, email);
  if (obstacle) return obstacle;
  const values = { method, userId, organizationId: organization.id, now: toSqlDateTime(now) };
  try {
    await changeDirectory(context.db, [choose(values), EXPECT_CHANGE]);
  } catch (fault) {
    // Of two at the same moment one chooses.
    if (isConflict(fault)) return "not_pending";
    throw fault;
  }
  if (method === "email" && email !== null && context.settings.emailVerification !== "none") {
    const mail = sendConfirmation(context, visit, { id: userId, username, email });
    await context.db.state.$client.batch([mail], "write");
    context.wakeOutbox();
  }
  return "chosen";
}
