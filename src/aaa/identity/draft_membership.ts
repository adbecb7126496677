import { complaintAbout } from "../account/registration_methods.ts";
import { wantedAttributes } from "./draft_attributes.ts";
import { findGroup } from "./draft_group.ts";
import {
  type GroupRow,
  type IdentityDraft,
  type OrganizationRow,
  pair,
  refuse,
  type UserRow,
} from "./identity_draft.ts";
import type { UserEntry } from "./setup_file.ts";

/** Makes the user a member of every organization that the entry names, and there what the entry says. */
export function draftMemberships(draft: IdentityDraft, user: UserRow, entry: UserEntry, path: string): void {
  const organizations = entry.organizations.map((slug, at) => {
    const organization = draft.bySlug.get(slug);
    if (organization) return organization;
    throw refuse(path, `organizations[${at}]`, `there is no organization "${slug}"`);
  });
  const complaint = complaintAbout(draft.context.settings, [entry.method ?? ""]);
  if (complaint) throw refuse(path, "method", complaint);
  const { group } = entry;
  if (group !== undefined && organizations.length) {
    const exists = organizations.some((organization) => findGroup(draft, organization, group));
    if (!exists) throw refuse(path, "group", `no organization of this user has a group "${group}"`);
  }
  for (const organization of organizations) draftMembership(draft, user, organization, entry, path);
}

function draftMembership(
  draft: IdentityDraft,
  user: UserRow,
  organization: OrganizationRow,
  entry: UserEntry,
  path: string,
): void {
  const note = (field: string) => draft.differences.changed("membership", user.username, field, organization);
  const isNew = draftMember(draft, user, organization, entry);
  draftGroupPlace(draft, user, organization, entry, isNew);
  draftRegistration(draft, user, organization, entry);

  const checks = entry.checks &&
    wantedAttributes(draft.checksOf(user.id, organization.id), entry.checks, path, "checks");
  if (checks) {
    const rows = checks.map((row) => ({ ...ofUser(draft, user, organization), ...row }));
    draft.replaceChecks(user.id, organization.id, rows);
    note("checks");
  }
  const replies = entry.replies &&
    wantedAttributes(draft.repliesOf(user.id, organization.id), entry.replies, path, "replies");
  if (replies) {
    const rows = replies.map((row) => ({ ...ofUser(draft, user, organization), ...row }));
    draft.replaceReplies(user.id, organization.id, rows);
    note("replies");
  }
}

/** Whether the user was no member before. */
function draftMember(
  draft: IdentityDraft,
  user: UserRow,
  organization: OrganizationRow,
  { manager }: UserEntry,
): boolean {
  const known = draft.memberOf.get(pair(user.id, organization.id));
  let becomes = !known || draft.users.stored(user).isStaff !== user.isStaff;
  if (known) {
    if (manager !== undefined && draft.members.change(known, { isAdmin: manager })) {
      becomes = true;
      draft.differences.changed("membership", user.username, "manager", organization);
    }
  } else {
    draft.differences.created("membership", user.username, organization);
    const member = draft.members.add({
      id: draft.newId(),
      userId: user.id,
      organizationId: organization.id,
      isAdmin: manager ?? false,
      ...draft.stamps(),
    });
    draft.memberOf.set(pair(user.id, organization.id), member);
    if (manager) ownFirst(draft, organization, member.id);
  }
  if (becomes && manager && user.isStaff) draft.grant(user.id, "Administrator");
  return !known;
}

/** The first manager of an organization owns it. */
function ownFirst(draft: IdentityDraft, organization: OrganizationRow, organizationUserId: string): void {
  if (draft.ownerOf.has(organization.id)) return;
  const owner = { id: draft.newId(), organizationUserId, organizationId: organization.id, ...draft.stamps() };
  draft.ownerOf.set(organization.id, draft.owners.add(owner));
}

/** A named group becomes the only one there; a new member without one gets the organization's default. */
function draftGroupPlace(
  draft: IdentityDraft,
  user: UserRow,
  organization: OrganizationRow,
  entry: UserEntry,
  isNew: boolean,
): void {
  const places = draft.userGroupsIn(user.id, organization.id);
  const named = entry.group === undefined ? undefined : findGroup(draft, organization, entry.group);
  if (!named) {
    const group = draft.defaultGroupOf.get(organization.id);
    if (isNew && group && !places.length) place(draft, user, group);
    return;
  }
  const others = places.filter(({ groupId }) => groupId !== named.id);
  others.forEach((row) => draft.userGroups.remove(row));
  if (others.length === places.length) place(draft, user, named);
  else if (!others.length) return;
  draft.differences.changed("membership", user.username, "group", organization);
}

function place(draft: IdentityDraft, user: UserRow, group: GroupRow): void {
  draft.userGroups.add({
    id: draft.newId(),
    username: user.username,
    groupname: group.name,
    priority: 1,
    userId: user.id,
    groupId: group.id,
    ...draft.stamps(),
  });
}

function draftRegistration(
  draft: IdentityDraft,
  user: UserRow,
  organization: OrganizationRow,
  { method, verified }: UserEntry,
): void {
  if (method === undefined && verified === undefined) return;
  const note = (field: string) => draft.differences.changed("membership", user.username, field, organization);
  const known = draft.registrationOf.get(pair(user.id, organization.id));
  if (!known) {
    draft.registrationOf.set(
      pair(user.id, organization.id),
      draft.registrations.add({
        id: draft.newId(),
        userId: user.id,
        organizationId: organization.id,
        method: method ?? "manual",
        isVerified: verified ?? false,
        modified: draft.now,
      }),
    );
    note("verified");
    return;
  }
  // Whoever says that a user is verified, and not how, has looked at the person.
  const wanted = method ?? (known.method || "manual");
  if (draft.registrations.change(known, { method: wanted })) note("method");
  if (verified !== undefined && draft.registrations.change(known, { isVerified: verified })) note("verified");
}

function ofUser(draft: IdentityDraft, user: UserRow, organization: OrganizationRow) {
  return {
    id: draft.newId(),
    username: user.username,
    userId: user.id,
    organizationId: organization.id,
    ...draft.stamps(),
  };
}
