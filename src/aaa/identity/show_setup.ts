import { getTableColumns } from "drizzle-orm";
import { organizationRadiusSettings } from "../../storage/schema/organizations.ts";
import type { IdentityContext } from "./identity_context.ts";
import {
  type GroupRow,
  IdentityDraft,
  type OrganizationRow,
  pair,
  type UserRow,
  type ZoneRow,
} from "./identity_draft.ts";
import { type IdentityState, readIdentity } from "./identity_state.ts";
import { isOrganizationSetting } from "./organization_settings.ts";
import { isSecretAttribute } from "./radius_operators.ts";
import { SECRET_OPTIONS } from "./zone_options.ts";

type Entry = Readonly<Record<string, unknown>>;

/**
 * The installation as a setup file: applied again it changes nothing. Secrets are null, which means unchanged; what is
 * empty is left out.
 */
export async function showSetup(
  context: IdentityContext,
): Promise<{ readonly organizations: readonly Entry[]; readonly users: readonly Entry[] }> {
  const state = await readIdentity(context.db);
  const draft = new IdentityDraft(context, state);
  const slugs = new Map(state.organizations.map(({ id, slug }) => [id, slug]));
  const groups = Map.groupBy(state.groups, ({ organizationId }) => organizationId);
  const nas = Map.groupBy(state.nas, ({ organizationId }) => organizationId);
  const zones = Map.groupBy(state.zones, ({ row }) => row.organizationId);
  const members = Map.groupBy(state.members, ({ userId }) => userId);
  return {
    organizations: state.organizations.map((organization) => ({
      ...organizationEntry(draft, organization),
      groups: (groups.get(organization.id) ?? []).map((group) => groupEntry(draft, group, organization.slug)),
      nas: (nas.get(organization.id) ?? []).map(nasEntry),
      zones: (zones.get(organization.id) ?? []).map(({ row }) => zoneEntry(row)),
    })),
    users: state.users.flatMap((user) => {
      const memberships = (members.get(user.id) ?? []).map(({ organizationId, isAdmin }) => ({
        slug: slugs.get(organizationId) ?? "",
        entry: membershipEntry(draft, user, organizationId, slugs.get(organizationId) ?? "", isAdmin),
      }));
      return userEntries(draft, user, memberships);
    }),
  };
}

function organizationEntry(draft: IdentityDraft, organization: OrganizationRow): Entry {
  const { slug, name, isActive, description, email, url } = organization;
  return {
    slug,
    name,
    token: null,
    is_active: isActive,
    ...filled({ description, email, url }),
    settings: settingsEntry(draft.settingsOf.get(organization.id)),
  };
}

/** Stored as JSON. */
const STRUCTURES: ReadonlySet<string> = new Set(["sms_meta_data", "registration_methods"]);

function settingsEntry(row: IdentityState["settings"][number] | undefined): Entry {
  if (!row) return {};
  const settings: Record<string, unknown> = {};
  for (const [key, { name }] of Object.entries(getTableColumns(organizationRadiusSettings))) {
    // The table's own keys.
    const value = row[key as keyof typeof row];
    if (!isOrganizationSetting(name) || value === null) continue;
    settings[name] = name === "sms_gateway" ? null : STRUCTURES.has(name) ? JSON.parse(String(value)) : value;
  }
  return settings;
}

function groupEntry(draft: IdentityDraft, group: GroupRow, slug: string): Entry {
  return {
    name: shownGroupName(group.name, slug),
    default: group.isDefault,
    ...filled({ description: group.description }),
    checks: draft.groupChecksOf(group.id).map(attributeEntry),
    replies: draft.groupRepliesOf(group.id).map(attributeEntry),
  };
}

/** Without the slug, unless what is left would again be taken for a name with it. */
function shownGroupName(name: string, slug: string): string {
  const bare = name.startsWith(`${slug}-`) ? name.slice(slug.length + 1) : name;
  return bare.startsWith(`${slug}-`) || !bare ? name : bare;
}

function nasEntry(row: IdentityState["nas"][number]): Entry {
  const { nasname, shortname, type, ports, server, community, description } = row;
  return {
    address: nasname,
    shortname,
    secret: null,
    type,
    ...filled({ ports, server, community, description }),
  };
}

/** What its owner set; what is left out has its default. */
function zoneEntry({ name, isActive, options }: ZoneRow): Entry {
  const shown = Object.entries(options).map(([option, value]) => {
    const isSecret = SECRET_OPTIONS.has(option) && value !== "";
    return [option, isSecret ? null : value];
  });
  return { name, is_active: isActive, ...Object.fromEntries(shown) };
}

function membershipEntry(
  draft: IdentityDraft,
  user: UserRow,
  organizationId: string,
  slug: string,
  isAdmin: boolean,
): Entry {
  const [place, ...more] = draft.userGroupsIn(user.id, organizationId);
  const group = more.length ? undefined : draft.groupById.get(place?.groupId ?? "");
  const registration = draft.registrationOf.get(pair(user.id, organizationId));
  return {
    ...(group ? { group: shownGroupName(group.name, slug) } : {}),
    ...(registration ? { method: registration.method, verified: registration.isVerified } : {}),
    manager: isAdmin,
    checks: draft.checksOf(user.id, organizationId).map(attributeEntry),
    replies: draft.repliesOf(user.id, organizationId).map(attributeEntry),
  };
}

/** One entry, and a further one for each set of organizations where the user is something else. */
function userEntries(
  draft: IdentityDraft,
  user: UserRow,
  memberships: readonly { readonly slug: string; readonly entry: Entry }[],
): Entry[] {
  const alike = [...Map.groupBy(memberships, ({ entry }) => JSON.stringify(entry)).values()];
  const [first, ...further] = alike.map((some) => ({
    organizations: some.map(({ slug }) => slug),
    ...some[0]?.entry,
  }));
  return [
    { ...accountEntry(draft, user), ...(first ?? { organizations: [] }) },
    ...further.map((membership) => ({ username: user.username, ...membership })),
  ];
}

function accountEntry(draft: IdentityDraft, user: UserRow): Entry {
  const address = draft.emailsOf(user.id).find(({ emailKey }) => emailKey === user.emailKey);
  return {
    username: user.username,
    ...filled({ email: user.email }),
    ...(address ? { email_verified: address.verified } : {}),
    ...filled({ phone: user.phoneNumber }),
    password: null,
    active: user.isActive,
    staff: user.isStaff,
    superuser: user.isSuperuser,
    ...filled({
      first_name: user.firstName,
      last_name: user.lastName,
      birth_date: user.birthDate,
      location: user.location,
      company: user.company,
      url: user.url,
      bio: user.bio,
      notes: user.notes,
      expiration_date: user.expirationDate,
    }),
  };
}

function attributeEntry({ attribute, op, value }: { attribute: string; op: string; value: string }) {
  return [attribute, op, isSecretAttribute(attribute) ? null : value];
}

function filled(fields: Entry): Entry {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== ""));
}
