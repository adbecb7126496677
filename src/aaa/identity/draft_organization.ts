import { getTableColumns } from "drizzle-orm";
import * as v from "valibot";
import { organizationRadiusSettings } from "../../storage/schema/organizations.ts";
import { unseal } from "../../storage/outbox.ts";
import { OrganizationId } from "../../values/organization_id.ts";
import { complaintAbout } from "../account/registration_methods.ts";
import { sealGateway } from "../messages/organization_gateway.ts";
import { newOrganizationToken } from "../credentials/radius_key.ts";
import { draftGroup, renameGroup } from "./draft_group.ts";
import { draftNas } from "./draft_nas.ts";
import { draftZone } from "./draft_zone.ts";
import { type IdentityDraft, type OrganizationRow, refuse } from "./identity_draft.ts";
import type { OrganizationSettings } from "./organization_settings.ts";
import type { GroupEntry, OrganizationEntry } from "./setup_file.ts";

type SettingsRow = typeof organizationRadiusSettings.$inferSelect;

/** What a new organization's members may use. */
const AUTOMATIC_GROUPS: readonly GroupEntry[] = [{
  name: "users",
  default: true,
  description: "Regular users",
  checks: [["Max-Daily-Session", ":=", "10800"], ["Max-Daily-Session-Traffic", ":=", "3000000000"]],
}, { name: "power-users", description: "Users with no limits" }];

/** The names under which `AUTOMATIC_GROUPS` are stored. */
export function automaticGroupNames(slug: string): string[] {
  return AUTOMATIC_GROUPS.map(({ name }) => `${slug}-${name}`);
}

/** Makes the organization, its settings, groups, NASes and zones what the entry says; what is not there is made. */
export function draftOrganization(
  draft: IdentityDraft,
  entry: OrganizationEntry,
  path: string,
): OrganizationRow {
  const organization = draft.bySlug.get(entry.slug) ?? newOrganization(draft, entry, path);
  const { name, is_active: isActive, description, email, url } = entry;
  const fields = { name, isActive, description, email, url };
  for (const [field, value] of Object.entries(fields)) {
    if (value !== undefined && draft.organizations.change(organization, { [field]: value })) {
      draft.differences.changed(
        "organization",
        entry.slug,
        field === "isActive" ? "is_active" : field,
        organization,
      );
    }
  }
  draftSettings(draft, organization, entry.token ?? undefined, entry.settings ?? {}, path);
  entry.groups?.forEach((group, at) => draftGroup(draft, organization, group, within(path, `groups[${at}]`)));
  entry.nas?.forEach((nas, at) => draftNas(draft, organization, nas, within(path, `nas[${at}]`)));
  entry.zones?.forEach((zone, at) => draftZone(draft, organization, zone, within(path, `zones[${at}]`)));
  return organization;
}

/** Changes what the organization is called in paths, and its groups' names with it. */
export function changeSlug(draft: IdentityDraft, organization: OrganizationRow, slug: string): void {
  const before = `${organization.slug}-`;
  draft.differences.changed("organization", organization.slug, "slug", organization);
  for (const group of [...draft.groupById.values()]) {
    if (group.organizationId !== organization.id || !group.name.startsWith(before)) continue;
    renameGroup(draft, group, `${slug}-${group.name.slice(before.length)}`);
  }
  draft.bySlug.delete(organization.slug);
  draft.bySlug.set(slug, organization);
  draft.organizations.change(organization, { slug });
}

function newOrganization(
  draft: IdentityDraft,
  { slug, name }: OrganizationEntry,
  path: string,
): OrganizationRow {
  const taken = automaticGroupNames(slug).find((group) => draft.groupByName.has(group));
  if (taken) throw refuse(path, "slug", `another organization has a group "${taken}"`);
  const organization = draft.addOrganization({
    id: v.parse(OrganizationId, draft.newId()),
    slug,
    name: name ?? slug,
    isActive: true,
    description: "",
    email: "",
    url: "",
    ...draft.stamps(),
  });
  draft.differences.created("organization", slug, organization);
  newSettings(draft, organization);
  for (const group of AUTOMATIC_GROUPS) draftGroup(draft, organization, group, "");
  return organization;
}

function newSettings(draft: IdentityDraft, organization: OrganizationRow): SettingsRow {
  const row = draft.settings.add({
    organizationId: organization.id,
    token: newOrganizationToken(draft.context.crypto),
    smsVerification: null,
    needsIdentityVerification: null,
    smsSender: null,
    smsMessage: null,
    smsCooldown: null,
    smsMetaData: null,
    smsGateway: null,
    freeradiusAllowedHosts: null,
    coaEnabled: null,
    allowedMobilePrefixes: null,
    firstName: null,
    lastName: null,
    location: null,
    birthDate: null,
    registrationEnabled: null,
    registrationMethods: null,
    samlRegistrationEnabled: null,
    socialRegistrationEnabled: null,
    macAddrRoamingEnabled: null,
    loginUrl: null,
    statusUrl: null,
    passwordResetUrl: null,
    gigawordsReplies: null,
    magicLinksEnabled: null,
    sessionMailEnabled: null,
    timeZone: null,
    ...draft.stamps(),
  });
  draft.settingsOf.set(organization.id, row);
  return row;
}

function draftSettings(
  draft: IdentityDraft,
  organization: OrganizationRow,
  token: string | undefined,
  entry: OrganizationSettings,
  path: string,
): void {
  const given = Object.entries(entry).filter(([, value]) => value !== undefined);
  if (token === undefined && !given.length) return;
  const row = draft.settingsOf.get(organization.id) ?? newSettings(draft, organization);
  const note = (field: string) =>
    draft.differences.changed("organization", organization.slug, field, organization);
  if (token !== undefined && draft.settings.change(row, { token })) note("token");
  for (const [name, value] of given) {
    const stored = name === "sms_gateway"
      ? storedGateway(draft, row, entry.sms_gateway ?? null)
      : typeof value === "object" && value !== null
      ? JSON.stringify(value)
      : value;
    if (draft.settings.change(row, { [columnKey(name)]: stored })) note(name);
  }
  const complaint = complaintAbout(draft.context.settings, entry.registration_methods ?? []);
  if (complaint) throw refuse(path, "settings.registration_methods", complaint);
  if (row.smsVerification && !row.smsSender) {
    throw refuse(path, "settings.sms_verification", "cannot be true without sms_sender");
  }
}

/** Sealed differently each time: what stands there already is kept. */
function storedGateway(
  { context }: IdentityDraft,
  { smsGateway }: SettingsRow,
  given: OrganizationSettings["sms_gateway"],
): string | null {
  if (!given) return given === "" ? null : smsGateway;
  const isKept = smsGateway !== null && unseal(context, smsGateway) === JSON.stringify(given);
  return isKept ? smsGateway : sealGateway(context, given);
}

const COLUMN_KEYS: ReadonlyMap<string, string> = new Map(
  Object.entries(getTableColumns(organizationRadiusSettings)).map(([key, column]) => [column.name, key]),
);

function columnKey(name: string): string {
  const key = COLUMN_KEYS.get(name);
  if (!key) throw new TypeError(`organization_radius_settings has no column ${name}`);
  return key;
}

function within(path: string, key: string): string {
  return path ? `${path}.${key}` : key;
}
