import type { InStatement } from "@libsql/client";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { DomainError } from "../../errors.ts";
import { RowDraft } from "../../storage/row_draft.ts";
import type {
  emailAddress,
  nas,
  organization,
  organizationOwner,
  organizationRadiusSettings,
  organizationUser,
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
import { type SqlDateTime, toSqlDateTime } from "../../values/sql_date_time.ts";
import { Differences } from "./differences.ts";
import { type IdentityContext, newId } from "./identity_context.ts";
import type { IdentityState } from "./identity_state.ts";

type Row<T extends SQLiteTable> = T["$inferSelect"];
export type OrganizationRow = Row<typeof organization>;
export type GroupRow = Row<typeof radiusGroup>;
export type UserRow = Row<typeof user>;
export type GroupCheckRow = Row<typeof radgroupcheck>;
export type GroupReplyRow = Row<typeof radgroupreply>;
export type CheckRow = Row<typeof radcheck>;
export type ReplyRow = Row<typeof radreply>;
export type ZoneRow = Row<typeof zone>;

/**
 * Organizations and users as they are and as they shall be. Rows are looked up by what people call them, changed
 * through the drafts, and written by `identityStatements()`.
 */
export class IdentityDraft {
  readonly context: IdentityContext;
  readonly now: SqlDateTime;
  readonly differences = new Differences();
  /** Run after the rows were written. */
  readonly further: InStatement[] = [];

  readonly organizations = new RowDraft<OrganizationRow>();
  readonly settings = new RowDraft<Row<typeof organizationRadiusSettings>>();
  readonly groups = new RowDraft<GroupRow>();
  readonly groupChecks = new RowDraft<GroupCheckRow>();
  readonly groupReplies = new RowDraft<GroupReplyRow>();
  readonly nas = new RowDraft<Row<typeof nas>>();
  readonly zones = new RowDraft<ZoneRow>();
  readonly owners = new RowDraft<Row<typeof organizationOwner>>();
  readonly users = new RowDraft<UserRow>();
  readonly emails = new RowDraft<Row<typeof emailAddress>>();
  readonly members = new RowDraft<Row<typeof organizationUser>>();
  readonly registrations = new RowDraft<Row<typeof registeredUser>>();
  readonly userGroups = new RowDraft<Row<typeof radusergroup>>();
  readonly checks = new RowDraft<CheckRow>();
  readonly replies = new RowDraft<ReplyRow>();
  readonly userPermissionGroups = new RowDraft<Row<typeof userPermissionGroup>>();

  readonly bySlug: Map<string, OrganizationRow>;
  readonly settingsOf: Map<string, Row<typeof organizationRadiusSettings>>;
  /** Every organization's: names are unique across them. */
  readonly groupByName: Map<string, GroupRow>;
  readonly groupById: Map<string, GroupRow>;
  readonly defaultGroupOf: Map<string, GroupRow>;
  readonly nasByAddress: Map<string, Row<typeof nas>>;
  readonly zoneByName: Map<string, ZoneRow>;
  /** Where each zone that is looked at was named; empty on the command line. */
  readonly zonePlaces = new Map<ZoneRow, string>();
  readonly ownerOf: Map<string, Row<typeof organizationOwner>>;
  readonly byUsername: Map<string, UserRow>;
  readonly memberOf: Map<string, Row<typeof organizationUser>>;
  readonly registrationOf: Map<string, Row<typeof registeredUser>>;
  readonly #slugOfZone: Map<string, string>;
  readonly #emailsOf: Map<string, Row<typeof emailAddress>[]>;
  readonly #userGroupsOf: Map<string, Row<typeof radusergroup>[]>;
  readonly #groupChecksOf: Map<string, GroupCheckRow[]>;
  readonly #groupRepliesOf: Map<string, GroupReplyRow[]>;
  readonly #checksOf: Map<string, CheckRow[]>;
  readonly #repliesOf: Map<string, ReplyRow[]>;
  readonly #permissionGroupIds: Map<string, number>;
  readonly #hasPermissionGroup: Set<string>;
  #ids = 0;

  constructor(context: IdentityContext, state: IdentityState) {
    this.context = context;
    this.now = toSqlDateTime(context.now);
    this.bySlug = indexed(state.organizations, ({ slug }) => slug);
    this.settingsOf = indexed(state.settings, ({ organizationId }) => organizationId);
    this.groupByName = indexed(state.groups, ({ name }) => name);
    this.groupById = indexed(state.groups, ({ id }) => id);
    this.defaultGroupOf = indexed(
      state.groups.filter(({ isDefault }) => isDefault),
      ({ organizationId }) => organizationId,
    );
    this.nasByAddress = indexed(state.nas, ({ organizationId, nasname }) => pair(organizationId, nasname));
    this.zoneByName = indexed(
      state.zones.map(({ row }) => row),
      ({ organizationId, name }) => pair(organizationId, name),
    );
    this.#slugOfZone = new Map(state.zones.map(({ row, slug }) => [row.id, slug]));
    this.ownerOf = indexed(state.owners, ({ organizationId }) => organizationId);
    this.byUsername = indexed(state.users, ({ usernameKey }) => usernameKey);
    this.memberOf = indexed(state.members, memberKey);
    this.registrationOf = indexed(state.registrations, memberKey);
    this.#emailsOf = Map.groupBy(state.emails, ({ userId }) => userId);
    this.#userGroupsOf = Map.groupBy(state.userGroups, ({ userId }) => userId ?? "");
    this.#groupChecksOf = Map.groupBy(state.groupChecks, ({ groupId }) => groupId ?? "");
    this.#groupRepliesOf = Map.groupBy(state.groupReplies, ({ groupId }) => groupId ?? "");
    this.#checksOf = Map.groupBy(state.checks, memberKey);
    this.#repliesOf = Map.groupBy(state.replies, memberKey);
    this.#permissionGroupIds = new Map(state.permissionGroups.map(({ name, id }) => [name, id]));
    this.#hasPermissionGroup = new Set(
      state.userPermissionGroups.map(({ userId, groupId }) => pair(userId, String(groupId))),
    );
  }

  newId(): string {
    return newId(this.context, this.#ids++);
  }

  stamps(): { created: SqlDateTime; modified: SqlDateTime } {
    return { created: this.now, modified: this.now };
  }

  isMember(user: UserRow, organization: OrganizationRow): boolean {
    return this.memberOf.has(pair(user.id, organization.id));
  }

  emailsOf(userId: string): readonly Row<typeof emailAddress>[] {
    return this.#emailsOf.get(userId) ?? [];
  }

  /** The user's places in the groups of one organization. */
  userGroupsIn(userId: string, organizationId: string): readonly Row<typeof radusergroup>[] {
    return (this.#userGroupsOf.get(userId) ?? [])
      .filter(({ groupId }) => this.groupById.get(groupId ?? "")?.organizationId === organizationId);
  }

  groupChecksOf(groupId: string): readonly GroupCheckRow[] {
    return this.#groupChecksOf.get(groupId) ?? [];
  }

  groupRepliesOf(groupId: string): readonly GroupReplyRow[] {
    return this.#groupRepliesOf.get(groupId) ?? [];
  }

  checksOf(userId: string, organizationId: string): readonly CheckRow[] {
    return this.#checksOf.get(pair(userId, organizationId)) ?? [];
  }

  repliesOf(userId: string, organizationId: string): readonly ReplyRow[] {
    return this.#repliesOf.get(pair(userId, organizationId)) ?? [];
  }

  addOrganization(row: OrganizationRow): OrganizationRow {
    this.bySlug.set(row.slug, row);
    return this.organizations.add(row);
  }

  addGroup(row: GroupRow): GroupRow {
    this.groupByName.set(row.name, row);
    this.groupById.set(row.id, row);
    if (row.isDefault) this.defaultGroupOf.set(row.organizationId, row);
    return this.groups.add(row);
  }

  addZone(row: ZoneRow, slug: string): ZoneRow {
    this.zoneByName.set(pair(row.organizationId, row.name), row);
    this.#slugOfZone.set(row.id, slug);
    return this.zones.add(row);
  }

  removeZone(row: ZoneRow): void {
    this.zoneByName.delete(pair(row.organizationId, row.name));
    this.zones.remove(row);
  }

  /** The slug of its organization, as it was read. */
  slugOfZone({ id }: ZoneRow): string {
    return this.#slugOfZone.get(id) ?? "";
  }

  addUser(row: UserRow): UserRow {
    this.byUsername.set(row.usernameKey, row);
    return this.users.add(row);
  }

  replaceGroupChecks(groupId: string, rows: GroupCheckRow[]): void {
    replace(this.groupChecks, this.#groupChecksOf, groupId, rows);
  }

  replaceGroupReplies(groupId: string, rows: GroupReplyRow[]): void {
    replace(this.groupReplies, this.#groupRepliesOf, groupId, rows);
  }

  replaceChecks(userId: string, organizationId: string, rows: CheckRow[]): void {
    replace(this.checks, this.#checksOf, pair(userId, organizationId), rows);
  }

  replaceReplies(userId: string, organizationId: string, rows: ReplyRow[]): void {
    replace(this.replies, this.#repliesOf, pair(userId, organizationId), rows);
  }

  /** Puts the user into a named set of permissions; nothing happens when there is none of that name. */
  grant(userId: string, permissionGroupName: string): void {
    const groupId = this.#permissionGroupIds.get(permissionGroupName);
    if (groupId === undefined || this.#hasPermissionGroup.has(pair(userId, String(groupId)))) return;
    this.#hasPermissionGroup.add(pair(userId, String(groupId)));
    this.userPermissionGroups.add({ userId, groupId });
  }
}

export function pair(a: string, b: string): string {
  return `${a} ${b}`;
}

/** @param path of the entry in its file; empty on the command line. */
export function refuse(path: string, key: string, text: string): DomainError {
  const place = [path, key].filter(Boolean).join(".");
  return new DomainError("invalid_input", place ? `${place}: ${text}` : text);
}

function replace<R extends Record<string, unknown>>(
  draft: RowDraft<R>,
  known: Map<string, R[]>,
  key: string,
  rows: R[],
): void {
  for (const row of known.get(key) ?? []) draft.remove(row);
  for (const row of rows) draft.add(row);
  known.set(key, rows);
}

function memberKey(row: { readonly userId: string | null; readonly organizationId: string }): string {
  return pair(row.userId ?? "", row.organizationId);
}

function indexed<R>(rows: readonly R[], key: (row: R) => string): Map<string, R> {
  return new Map(rows.map((row) => [key(row), row]));
}
