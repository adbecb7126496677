import { eq, or, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Database, Handle } from "../../storage/database.ts";
import { isAnyOf } from "../../storage/rows.ts";
import {
  emailAddress,
  nas,
  organization,
  organizationOwner,
  organizationRadiusSettings,
  organizationUser,
  permissionGroup,
  radcheck,
  radgroupcheck,
  radgroupreply,
  radiusGroup,
  radreply,
  radusergroup,
  registeredUser,
  user,
  userPermissionGroup,
  zone,
} from "../../storage/schema/mod.ts";

type Row<T extends SQLiteTable> = T["$inferSelect"];

/** Rows of organizations and users as they were read, of each table those that the question touches. */
export interface IdentityState {
  readonly organizations: readonly Row<typeof organization>[];
  readonly settings: readonly Row<typeof organizationRadiusSettings>[];
  readonly groups: readonly Row<typeof radiusGroup>[];
  readonly groupChecks: readonly Row<typeof radgroupcheck>[];
  readonly groupReplies: readonly Row<typeof radgroupreply>[];
  readonly nas: readonly Row<typeof nas>[];
  /** Every organization's: they share a box. */
  readonly zones: readonly { readonly row: Row<typeof zone>; readonly slug: string }[];
  readonly owners: readonly Row<typeof organizationOwner>[];
  readonly users: readonly Row<typeof user>[];
  readonly emails: readonly Row<typeof emailAddress>[];
  readonly members: readonly Row<typeof organizationUser>[];
  readonly registrations: readonly Row<typeof registeredUser>[];
  readonly userGroups: readonly Row<typeof radusergroup>[];
  readonly checks: readonly Row<typeof radcheck>[];
  readonly replies: readonly Row<typeof radreply>[];
  readonly permissionGroups: readonly Row<typeof permissionGroup>[];
  readonly userPermissionGroups: readonly Row<typeof userPermissionGroup>[];
}

/** What of the directory to read: everything, or what these name. */
export interface IdentityQuestion {
  readonly slugs: readonly string[];
  /** Names of groups, as they are stored, that other organizations may have taken. */
  readonly groupNames: readonly string[];
  /** Whether zones are concerned: then all of them. */
  readonly zones: boolean;
  readonly usernameKeys: readonly string[];
  readonly emailKeys: readonly string[];
  readonly phoneNumbers: readonly string[];
}

/** For a question that names only some of it. */
export const NOTHING: IdentityQuestion = {
  slugs: [],
  groupNames: [],
  zones: false,
  usernameKeys: [],
  emailKeys: [],
  phoneNumbers: [],
};

/** Reads in a handful of queries, however many organizations and users there are. */
export async function readIdentity(db: Database, question?: IdentityQuestion): Promise<IdentityState> {
  const read = db.directory;
  const organizations = await read.select().from(organization)
    .where(question && isAnyOf(organization.slug, question.slugs)).orderBy(organization.id);
  const users = await readUsers(read, question);
  const ids = question && organizations.map(({ id }) => id);
  const groups = await read.select().from(radiusGroup).where(
    question &&
      or(isAnyOf(radiusGroup.organizationId, ids ?? []), isAnyOf(radiusGroup.name, question.groupNames)),
  ).orderBy(radiusGroup.id);
  return {
    organizations,
    users,
    groups,
    ...await readOfOrganizations(read, ids),
    zones: !question || question.zones ? await readZones(read) : [],
    ...await readOfGroups(read, question && groups.map(({ id }) => id)),
    ...await readOfUsers(read, question && users.map(({ id }) => id)),
    permissionGroups: await read.select().from(permissionGroup),
  };
}

async function readUsers(read: Handle, question: IdentityQuestion | undefined) {
  if (!question) return await read.select().from(user).orderBy(user.id);
  const found = sql`(select id from user where ${isAnyOf(user.usernameKey, question.usernameKeys)}
    union select id from user where ${isAnyOf(user.emailKey, question.emailKeys)}
    union select id from user where ${isAnyOf(user.phoneNumber, question.phoneNumbers)})`;
  return await read.select().from(user).where(sql`${user.id} in ${found}`).orderBy(user.id);
}

async function readOfOrganizations(read: Handle, ids: readonly string[] | undefined) {
  const table = organizationRadiusSettings;
  return {
    settings: await read.select().from(table).where(ids && isAnyOf(table.organizationId, ids)),
    nas: await read.select().from(nas).where(ids && isAnyOf(nas.organizationId, ids)).orderBy(nas.id),
    owners: await read.select().from(organizationOwner)
      .where(ids && isAnyOf(organizationOwner.organizationId, ids)),
  };
}

async function readZones(read: Handle) {
  return await read.select({ row: zone, slug: organization.slug }).from(zone)
    .innerJoin(organization, eq(organization.id, zone.organizationId)).orderBy(zone.id);
}

async function readOfGroups(read: Handle, ids: readonly string[] | undefined) {
  return {
    groupChecks: await read.select().from(radgroupcheck).where(ids && isAnyOf(radgroupcheck.groupId, ids))
      .orderBy(radgroupcheck.id),
    groupReplies: await read.select().from(radgroupreply).where(ids && isAnyOf(radgroupreply.groupId, ids))
      .orderBy(radgroupreply.id),
  };
}

async function readOfUsers(read: Handle, ids: readonly string[] | undefined) {
  return {
    emails: await read.select().from(emailAddress).where(ids && isAnyOf(emailAddress.userId, ids)),
    members: await read.select().from(organizationUser).where(ids && isAnyOf(organizationUser.userId, ids))
      .orderBy(organizationUser.id),
    registrations: await read.select().from(registeredUser)
      .where(ids && isAnyOf(registeredUser.userId, ids)),
    userGroups: await read.select().from(radusergroup).where(ids && isAnyOf(radusergroup.userId, ids)),
    checks: await read.select().from(radcheck).where(ids && isAnyOf(radcheck.userId, ids)).orderBy(
      radcheck.id,
    ),
    replies: await read.select().from(radreply).where(ids && isAnyOf(radreply.userId, ids))
      .orderBy(radreply.id),
    userPermissionGroups: await read.select().from(userPermissionGroup)
      .where(ids && isAnyOf(userPermissionGroup.userId, ids)),
  };
}
