import { DomainError } from "../../errors.ts";
import { changeIdentity } from "./change_identity.ts";
import { automaticGroupNames, changeSlug, draftOrganization } from "./draft_organization.ts";
import type { IdentityContext } from "./identity_context.ts";
import type { IdentityDraft, OrganizationRow } from "./identity_draft.ts";
import { NOTHING, readIdentity } from "./identity_state.ts";
import { isOrganizationSetting } from "./organization_settings.ts";
import { type OrganizationEntry, parseOrganizationEntry } from "./setup_file.ts";

/** What an operator copies into FreeRADIUS. */
export interface OrganizationCredentials {
  readonly id: string;
  readonly slug: string;
  /** Null without a settings row. */
  readonly radiusToken: string | null;
}

/**
 * Makes an organization with its two groups and a random token.
 *
 * @throws {DomainError} invalid_input; conflict when the slug is taken.
 */
export async function createOrganization(
  context: IdentityContext,
  fields: { readonly slug: string; readonly name: string },
): Promise<OrganizationCredentials> {
  const entry = parseOrganizationEntry(fields);
  const { slug } = entry;
  const { result } = await changeIdentity(
    context,
    { ...NOTHING, slugs: [slug], groupNames: automaticGroupNames(slug) },
    (draft) => {
      if (draft.bySlug.has(slug)) {
        throw new DomainError("conflict", `Cannot create the organization "${slug}": the slug is taken`);
      }
      return credentialsOf(draft, draftOrganization(draft, entry, ""));
    },
  );
  return result;
}

/** An organization's fields and settings; what is absent stays, a setting that is null follows the installation's. */
export type OrganizationChanges = Omit<OrganizationEntry, "slug" | "groups" | "nas" | "zones"> & {
  /** The new one; its groups' names follow. */
  readonly slug?: string;
};

/** @throws {DomainError} not_found; invalid_input; conflict when the new slug, or a group's new name, is taken. */
export async function changeOrganization(
  context: IdentityContext,
  slug: string,
  { slug: newSlug = slug, ...changes }: OrganizationChanges,
): Promise<OrganizationCredentials> {
  const entry = parseOrganizationEntry({ ...changes, slug: newSlug });
  const groupNames = newSlug === slug ? [] : await namesAfter(context, slug, newSlug);
  const { result } = await changeIdentity(
    context,
    { ...NOTHING, slugs: [slug, newSlug], groupNames },
    (draft) => {
      const organization = known(draft, slug);
      if (newSlug !== slug) {
        refuseTaken(draft, organization, newSlug, groupNames);
        changeSlug(draft, organization, newSlug);
      }
      return credentialsOf(draft, draftOrganization(draft, entry, ""));
    },
  );
  return result;
}

/** @throws {DomainError} not_found */
export async function readCredentials(
  context: IdentityContext,
  slug: string,
): Promise<OrganizationCredentials> {
  const state = await readIdentity(context.db, { ...NOTHING, slugs: [slug] });
  const [organization] = state.organizations;
  if (!organization) throw unknown(slug);
  return { id: organization.id, slug, radiusToken: state.settings[0]?.token ?? null };
}

/**
 * Sorts what is known by name alone: settings, and the organization's own fields.
 *
 * @throws {DomainError} invalid_input for a name that is neither.
 */
export function changesByName(
  values: Iterable<readonly [name: string, value: unknown]>,
): OrganizationChanges {
  const fields: Record<string, unknown> = {};
  const settings: Record<string, unknown> = {};
  for (const [name, value] of values) {
    if (isOrganizationSetting(name)) settings[name] = value;
    else if (FIELD_NAMES.has(name)) fields[name] = value;
    else throw new DomainError("invalid_input", `${name}: an organization has no such setting`);
  }
  // Checked where it is used, by `parseOrganizationEntry()`.
  return { ...fields, settings } as OrganizationChanges;
}

/** An organization's fields besides its settings. */
export const FIELD_NAMES: ReadonlySet<string> = new Set([
  "slug",
  "name",
  "token",
  "is_active",
  "description",
  "email",
  "url",
]);

export function known(draft: IdentityDraft, slug: string): OrganizationRow {
  const organization = draft.bySlug.get(slug);
  if (!organization) throw unknown(slug);
  return organization;
}

function unknown(slug: string): DomainError {
  return new DomainError("not_found", `There is no organization "${slug}"`);
}

async function namesAfter({ db }: IdentityContext, slug: string, newSlug: string): Promise<string[]> {
  const { groups } = await readIdentity(db, { ...NOTHING, slugs: [slug] });
  return groups.filter(({ name }) => name.startsWith(`${slug}-`))
    .map(({ name }) => newSlug + name.slice(slug.length));
}

function refuseTaken(
  draft: IdentityDraft,
  organization: OrganizationRow,
  slug: string,
  groupNames: readonly string[],
): void {
  const taken = groupNames.find((name) => {
    const group = draft.groupByName.get(name);
    return group && group.organizationId !== organization.id;
  });
  const isSlugTaken = draft.bySlug.has(slug);
  if (!taken && !isSlugTaken) return;
  const why = isSlugTaken ? "the slug is taken" : `another organization has a group "${taken}"`;
  throw new DomainError(
    "conflict",
    `Cannot rename the organization "${organization.slug}" to "${slug}": ${why}`,
  );
}

function credentialsOf(draft: IdentityDraft, { id, slug }: OrganizationRow): OrganizationCredentials {
  return { id, slug, radiusToken: draft.settingsOf.get(id)?.token ?? null };
}
