import { wantedAttributes } from "./draft_attributes.ts";
import { type GroupRow, type IdentityDraft, type OrganizationRow, refuse } from "./identity_draft.ts";
import type { GroupEntry } from "./setup_file.ts";

const LONGEST_NAME = 255;

/** As it is stored: with the organization's slug in front, which people may leave out. */
export function storedGroupName(slug: string, name: string): string {
  return name.startsWith(`${slug}-`) ? name : `${slug}-${name}`;
}

/** A group of the organization, by either of its names. */
export function findGroup(
  draft: IdentityDraft,
  organization: OrganizationRow,
  name: string,
): GroupRow | undefined {
  return [`${organization.slug}-${name}`, name].map((stored) => draft.groupByName.get(stored))
    .find((group) => group?.organizationId === organization.id);
}

/** Makes the group what the entry says; a group that is not there is made. */
export function draftGroup(
  draft: IdentityDraft,
  organization: OrganizationRow,
  entry: GroupEntry,
  path: string,
): GroupRow {
  const group = findGroup(draft, organization, entry.name) ?? newGroup(draft, organization, entry, path);
  const note = (field: string) => draft.differences.changed("group", group.name, field, organization);
  if (entry.description !== undefined && draft.groups.change(group, { description: entry.description })) {
    note("description");
  }
  if (entry.default !== undefined && entry.default !== group.isDefault) {
    changeDefault(draft, organization, group, entry.default);
  }
  if (entry.checks) {
    const wanted = wantedAttributes(draft.groupChecksOf(group.id), entry.checks, path, "checks");
    if (wanted) {
      draft.replaceGroupChecks(group.id, wanted.map((row) => ({ ...ofGroup(draft, group), ...row })));
      note("checks");
    }
  }
  if (entry.replies) {
    const wanted = wantedAttributes(draft.groupRepliesOf(group.id), entry.replies, path, "replies");
    if (wanted) {
      draft.replaceGroupReplies(group.id, wanted.map((row) => ({ ...ofGroup(draft, group), ...row })));
      note("replies");
    }
  }
  return group;
}

/** Gives the group another name and writes it wherever FreeRADIUS reads names. */
export function renameGroup(draft: IdentityDraft, group: GroupRow, name: string): void {
  draft.groupByName.delete(group.name);
  draft.groupByName.set(name, group);
  draft.groups.change(group, { name });
  for (const table of ["radgroupcheck", "radgroupreply", "radusergroup"]) {
    draft.further.push({
      sql: `update ${table} set groupname = ?, modified = ? where group_id = ?`,
      args: [name, draft.now, group.id],
    });
  }
}

function newGroup(
  draft: IdentityDraft,
  organization: OrganizationRow,
  entry: GroupEntry,
  path: string,
): GroupRow {
  const name = storedGroupName(organization.slug, entry.name);
  if (name.length > LONGEST_NAME) {
    throw refuse(path, "name", `expected at most ${LONGEST_NAME} characters, the slug in front included`);
  }
  if (draft.groupByName.has(name)) {
    throw refuse(path, "name", `another organization has a group that is stored as "${name}"`);
  }
  draft.differences.created("group", name, organization);
  return draft.addGroup({
    id: draft.newId(),
    name,
    description: null,
    isDefault: false,
    organizationId: organization.id,
    ...draft.stamps(),
  });
}

function changeDefault(
  draft: IdentityDraft,
  organization: OrganizationRow,
  group: GroupRow,
  isDefault: boolean,
): void {
  const before = draft.defaultGroupOf.get(organization.id);
  if (isDefault && before) {
    draft.groups.change(before, { isDefault: false });
    draft.differences.changed("group", before.name, "default", organization);
  }
  draft.groups.change(group, { isDefault });
  draft.differences.changed("group", group.name, "default", organization);
  if (isDefault) draft.defaultGroupOf.set(organization.id, group);
  else draft.defaultGroupOf.delete(organization.id);
}

function ofGroup(draft: IdentityDraft, group: GroupRow) {
  // Two setups that change one group at once must not both succeed: the group's own row tells.
  draft.groups.change(group, { modified: draft.now });
  return { id: draft.newId(), groupname: group.name, groupId: group.id, ...draft.stamps() };
}
