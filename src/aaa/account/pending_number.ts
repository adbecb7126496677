import type { InStatement } from "@libsql/client";
import { and, eq, sql } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { builder, compiled, given, query } from "../../storage/prepared.ts";
import { pendingNumber } from "../../storage/schema/state.ts";
import type { OrganizationId } from "../../values/organization_id.ts";
import { toSqlDateTime } from "../../values/sql_date_time.ts";

interface Member {
  readonly organizationId: OrganizationId;
  readonly userId: string;
}

const ofMember = and(
  eq(pendingNumber.userId, given("userId")),
  eq(pendingNumber.organizationId, given("organizationId")),
);
const fields = { phoneNumber: pendingNumber.phoneNumber };
const find = query(fields, builder.select(fields).from(pendingNumber).where(ofMember));
const set = compiled(
  builder.insert(pendingNumber).values({
    userId: given("userId"),
    organizationId: given("organizationId"),
    phoneNumber: given("number"),
    changedAt: given("now"),
  }).onConflictDoUpdate({
    target: [pendingNumber.userId, pendingNumber.organizationId],
    set: { phoneNumber: sql`excluded.phone_number`, changedAt: sql`excluded.changed_at` },
  }),
);
const withdraw = compiled(builder.delete(pendingNumber).where(ofMember));
const settle = compiled(
  builder.delete(pendingNumber).where(and(ofMember, eq(pendingNumber.phoneNumber, given("number")))),
);

/**
 * The number, E.164, that a user changed to and has not verified in this organization. There it is *the* number: codes
 * go to it, and log-in and validation show it. Null when nothing is pending.
 */
export async function findPendingNumber(
  db: Database,
  organizationId: OrganizationId,
  userId: string,
): Promise<string | null> {
  const [row] = await find(db.state, { organizationId, userId });
  return row?.phoneNumber ?? null;
}

/** Takes the place of a number that was pending before. */
export function setPendingNumber(member: Member, number: string, now: Date): InStatement {
  return set({ ...member, number, now: toSqlDateTime(now) });
}

/** The account's own number is the number again. */
export function withdrawPendingNumber({ organizationId, userId }: Member): InStatement {
  return withdraw({ organizationId, userId });
}

/** The number was verified; one that has taken its place meanwhile stays pending. */
export function settlePendingNumber({ organizationId, userId }: Member, number: string): InStatement {
  return settle({ organizationId, userId, number });
}
