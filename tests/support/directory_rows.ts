import { v7 as uuid } from "uuid";
import * as v from "valibot";
import { hashPassword } from "../../src/aaa/credentials/password_hash.ts";
import type { Deps } from "../../src/deps.ts";
import type { Database } from "../../src/storage/database.ts";
import { radgroupcheck, radgroupreply, radiusGroup, radusergroup } from "../../src/storage/schema/groups.ts";
import { organization, organizationRadiusSettings } from "../../src/storage/schema/organizations.ts";
import { organizationUser, registeredUser, user } from "../../src/storage/schema/users.ts";
import { foldCase } from "../../src/values/fold_case.ts";
import { OrganizationId } from "../../src/values/organization_id.ts";
import { type SqlDateTime, toSqlDateTime } from "../../src/values/sql_date_time.ts";

const MADE_AT = toSqlDateTime(new Date("2026-01-31T10:00:00Z"));
const STAMPS = { created: MADE_AT, modified: MADE_AT };
let made = 0;

export interface OrganizationOptions {
  readonly slug?: string;
  readonly isActive?: boolean;
  readonly settings?: Partial<typeof organizationRadiusSettings.$inferInsert>;
}

export interface TestOrganization {
  readonly id: OrganizationId;
  readonly slug: string;
  readonly token: string;
  /** The value of an `Authorization` header. */
  readonly authorization: string;
}

export async function insertOrganization(
  { directory, cache }: Database,
  { slug = `org-${++made}`, isActive = true, settings = {} }: OrganizationOptions = {},
): Promise<TestOrganization> {
  const id = v.parse(OrganizationId, uuid());
  const token = `${slug}-token`.padEnd(32, "x").slice(0, 32);
  await directory.insert(organization).values({ id, slug, name: slug, isActive, ...STAMPS });
  await directory.insert(organizationRadiusSettings)
    .values({ organizationId: id, token, ...STAMPS, ...settings });
  cache.clear();
  return { id, slug, token, authorization: `Bearer ${id} ${token}` };
}

/** [attribute, operator, value] */
export type GroupLine = readonly [attribute: string, op: string, value: string];

export interface GroupOptions {
  readonly name?: string;
  readonly checks?: readonly GroupLine[];
  readonly replies?: readonly GroupLine[];
}

/** The new group's id. */
export async function insertGroup(
  { directory, cache }: Database,
  organizationId: OrganizationId,
  { name = `group-${++made}`, checks = [], replies = [] }: GroupOptions = {},
): Promise<string> {
  const id = uuid();
  const line = ([attribute, op, value]: GroupLine) => ({
    id: uuid(),
    groupname: name,
    groupId: id,
    attribute,
    op,
    value,
    ...STAMPS,
  });
  await directory.insert(radiusGroup).values({ id, name, organizationId, ...STAMPS });
  if (checks.length) await directory.insert(radgroupcheck).values(checks.map(line));
  if (replies.length) await directory.insert(radgroupreply).values(replies.map(line));
  cache.clear();
  return id;
}

export interface UserOptions {
  readonly username?: string;
  /** Without one nobody can log in by password, and making the user takes no time. */
  readonly password?: string;
  readonly email?: string;
  /** E.164. */
  readonly phoneNumber?: string;
  readonly isActive?: boolean;
  readonly dateJoined?: SqlDateTime;
  /** Where the user is a member. */
  readonly organizations?: readonly { readonly id: OrganizationId }[];
  /** Ids of groups. */
  readonly groups?: readonly string[];
  readonly verified?: boolean;
}

export interface TestUser {
  readonly id: string;
  readonly username: string;
}

export async function insertUser(
  { db: { directory, cache }, crypto }: Pick<Deps, "db" | "crypto">,
  options: UserOptions = {},
): Promise<TestUser> {
  const { username = `user-${++made}`, password, email = null, phoneNumber = null } = options;
  const id = uuid();
  await directory.insert(user).values({
    id,
    username,
    usernameKey: foldCase(username),
    email,
    emailKey: email && foldCase(email),
    phoneNumber,
    password: password === undefined ? "!" : await hashPassword(crypto, password),
    isActive: options.isActive ?? true,
    dateJoined: options.dateJoined ?? MADE_AT,
    modified: MADE_AT,
  });
  for (const { id: organizationId } of options.organizations ?? []) {
    const member = { userId: id, organizationId };
    await directory.insert(organizationUser).values({ id: uuid(), ...member, ...STAMPS });
    if (options.verified !== undefined) {
      const registration = { method: "manual", isVerified: options.verified, modified: MADE_AT };
      await directory.insert(registeredUser).values({ id: uuid(), ...member, ...registration });
    }
  }
  for (const groupId of options.groups ?? []) {
    await directory.insert(radusergroup).values({
      id: uuid(),
      username,
      groupname: "",
      userId: id,
      groupId,
      ...STAMPS,
    });
  }
  cache.clear();
  return { id, username };
}
