import { and, desc, eq, gte, inArray } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { builder, compiled, given, query } from "../../storage/prepared.ts";
import { accessRefusal } from "../../storage/schema/ledger.ts";
import { organization } from "../../storage/schema/organizations.ts";
import type { OrganizationId } from "../../values/organization_id.ts";
import { toSqlDateTime } from "../../values/sql_date_time.ts";
import type { Refusal } from "./access_decision.ts";
import type { AccessRequest } from "./access_request.ts";

/** FreeRADIUS reports a refusal right after it was given. */
const REPORTED_WITHIN_MILLISECONDS = 30_000;

const insert = compiled(
  builder.insert(accessRefusal).values({
    organizationId: given("organizationId"),
    userId: given("userId"),
    username: given("username"),
    calledStationId: given("calledStationId"),
    callingStationId: given("callingStationId"),
    refusedAt: given("refusedAt"),
    reason: given("reason"),
    explanation: given("explanation"),
    rule: given("rule"),
    ruleValue: given("ruleValue"),
    counted: given("counted"),
  }),
);
const newestFields = { reason: accessRefusal.reason, explanation: accessRefusal.explanation };
const newest = query(
  newestFields,
  builder.select(newestFields).from(accessRefusal)
    .where(and(
      eq(accessRefusal.organizationId, given("organizationId")),
      eq(accessRefusal.username, given("username")),
      gte(accessRefusal.refusedAt, given("since")),
    )).orderBy(desc(accessRefusal.refusedAt), desc(accessRefusal.id)).limit(1),
);

/** Nothing is refused without a reason that an operator can read later. */
export async function recordRefusal(
  db: Database,
  organizationId: OrganizationId,
  request: Pick<AccessRequest, "username" | "calledStationId" | "callingStationId">,
  userId: string | null,
  refusal: Refusal,
  now: Date,
): Promise<void> {
  const row = insert({
    organizationId,
    userId,
    username: request.username,
    calledStationId: request.calledStationId || null,
    callingStationId: request.callingStationId || null,
    refusedAt: toSqlDateTime(now),
    reason: refusal.reason,
    explanation: refusal.explanation,
    rule: refusal.rule ?? null,
    ruleValue: refusal.ruleValue ?? null,
    counted: refusal.counted ?? null,
  });
  await db.ledger.$client.batch([row], "write");
}

/** Why the log-in that is reported as rejected was refused; null when we did not refuse it just now. */
export async function findRefusal(
  db: Database,
  organizationId: OrganizationId,
  username: string,
  now: Date,
): Promise<{ readonly reason: string; readonly explanation: string } | null> {
  const since = toSqlDateTime(new Date(now.getTime() - REPORTED_WITHIN_MILLISECONDS));
  const [refusal] = await newest(db.ledger, { organizationId, username, since });
  return refusal ?? null;
}

/** A refusal as it was recorded, and where: the organization's slug, null when it is gone. */
export type RecordedRefusal = typeof accessRefusal.$inferSelect & { readonly slug: string | null };

/** The last refusals, the newest first, of one organization or name where these are given. */
export async function listRefusals(
  db: Database,
  filter: {
    readonly organizationId: OrganizationId | undefined;
    readonly username: string | undefined;
    readonly limit: number;
  },
): Promise<readonly RecordedRefusal[]> {
  const { organizationId, username, limit } = filter;
  const found = await db.ledger.select().from(accessRefusal).where(and(
    organizationId && eq(accessRefusal.organizationId, organizationId),
    username === undefined ? undefined : eq(accessRefusal.username, username),
  )).orderBy(desc(accessRefusal.id)).limit(limit);
  const ids = [...new Set(found.map(({ organizationId }) => organizationId))];
  const organizations = await db.directory.select({ id: organization.id, slug: organization.slug })
    .from(organization).where(inArray(organization.id, ids));
  const slugs = new Map(organizations.map(({ id, slug }) => [id, slug]));
  return found.map((refusal) => ({ ...refusal, slug: slugs.get(refusal.organizationId) ?? null }));
}
