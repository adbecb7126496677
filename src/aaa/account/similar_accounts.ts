import type { InStatement } from "@libsql/client";
import { eq, sql } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { builder, given, query } from "../../storage/prepared.ts";
import { organization } from "../../storage/schema/organizations.ts";
import { emailAddress, organizationUser, user } from "../../storage/schema/users.ts";
import type { OrganizationId } from "../../values/organization_id.ts";

/** What belongs to one account only; null where nothing of the kind is wanted. */
export interface Identifiers {
  /** `foldCase()` of the user name. */
  readonly usernameKey: string | null;
  /** `foldCase()` of the e-mail address. */
  readonly emailKey: string | null;
  /** E.164. */
  readonly phoneNumber: string | null;
}

/** The fields of a sign-up that hold them. */
export type IdentifierField = "username" | "email" | "phone_number";

export interface MemberOf {
  readonly id: OrganizationId;
  readonly slug: string;
  readonly name: string;
  readonly isActive: boolean;
}

/** An account that has something of what somebody wants. */
export interface Holder {
  readonly id: string;
  readonly holds: ReadonlySet<IdentifierField>;
  /** The wanted user name is its e-mail address or its telephone number, by which it logs in. */
  readonly isMeantByName: boolean;
  readonly organizations: readonly MemberOf[];
}

const columns = {
  id: user.id,
  usernameKey: user.usernameKey,
  emailKey: user.emailKey,
  phoneNumber: user.phoneNumber,
  hasProvenAddress: sql<number>`exists (select 1 from ${emailAddress}
    where user_id = ${user.id} and email_key = ${given("emailKey")} and verified = 1)`,
  organizationId: organization.id,
  slug: organization.slug,
  name: organization.name,
  isActive: organization.isActive,
};

const holdersOf = query(
  columns,
  builder.select(columns).from(user)
    .leftJoin(organizationUser, eq(organizationUser.userId, user.id))
    .leftJoin(organization, eq(organization.id, organizationUser.organizationId))
    .where(sql`${user.id} in (
      select id from user where username_key = ${given("usernameKey")}
      union select id from user where email_key = ${given("emailKey")}
      union select id from user where phone_number = ${given("phoneNumber")}
      union select id from user where email_key = ${given("usernameKey")}
      union select id from user where phone_number in (select value from json_each(${given("nameNumbers")}))
      union select user_id from ${emailAddress} where email_key = ${given("emailKey")} and verified = 1)`)
    .orderBy(user.dateJoined, user.id, organization.slug),
);

/**
 * Whoever has one of these already, the oldest account first. Read at this moment, never from a cache.
 *
 * @param nameNumbers the E.164 numbers that the user name may mean: `phoneNumbersOf()`.
 */
export async function findHolders(
  db: Database,
  wanted: Identifiers,
  nameNumbers: readonly string[],
): Promise<readonly Holder[]> {
  const { usernameKey, emailKey, phoneNumber } = wanted;
  const values = { usernameKey, emailKey, phoneNumber, nameNumbers: JSON.stringify(nameNumbers) };
  const rows = await holdersOf(db.directory, values);
  return [...Map.groupBy(rows, ({ id }) => id)].map(([id, some]) => ({
    id,
    holds: heldBy(some[0], wanted),
    isMeantByName: isMeant(some[0], wanted, nameNumbers),
    organizations: some.flatMap(memberOf),
  }));
}

/**
 * The organizations in which somebody who signs up seems to have an account already (radius-api 5.1, the 409 rule);
 * null when nobody has what was refused, or somebody who has it is a member here: then the refusal stands.
 *
 * @param refused the fields that were refused.
 */
export function organizationsOfSimilar(
  holders: readonly Holder[],
  here: OrganizationId,
  refused: ReadonlySet<string>,
): readonly MemberOf[] | null {
  const similar = holders.filter(({ holds }) => [...holds].some((field) => refused.has(field)));
  const [oldest] = similar;
  if (!oldest || similar.some(({ organizations }) => organizations.some(({ id }) => id === here))) {
    return null;
  }
  return oldest.organizations.filter(({ isActive }) => isActive);
}

type Row = Awaited<ReturnType<typeof holdersOf>>[number];

function heldBy(row: Row | undefined, wanted: Identifiers): Set<IdentifierField> {
  const holds = new Set<IdentifierField>();
  if (!row) return holds;
  if (row.usernameKey === wanted.usernameKey) holds.add("username");
  if (wanted.emailKey !== null && (row.emailKey === wanted.emailKey || row.hasProvenAddress)) {
    holds.add("email");
  }
  if (wanted.phoneNumber !== null && row.phoneNumber === wanted.phoneNumber) holds.add("phone_number");
  return holds;
}

function isMeant(
  row: Row | undefined,
  { usernameKey }: Identifiers,
  nameNumbers: readonly string[],
): boolean {
  if (!row || usernameKey === null) return false;
  return row.emailKey === usernameKey || (row.phoneNumber !== null && nameNumbers.includes(row.phoneNumber));
}

/** Fails with a batch (`isConflict()`) when a user name is somebody's e-mail address or telephone number by now. */
export function expectNobodyMeant(usernameKey: string | null, nameNumbers: readonly string[]): InStatement {
  return {
    sql: `insert into expect_change select not exists (select 1 from user where email_key = ?)
      and not exists (select 1 from user where phone_number in (select value from json_each(?)))`,
    args: [usernameKey, JSON.stringify(nameNumbers)],
  };
}

function memberOf({ organizationId: id, slug, name, isActive }: Row): MemberOf[] {
  return id === null || slug === null || name === null || isActive === null
    ? []
    : [{ id, slug, name, isActive }];
}
