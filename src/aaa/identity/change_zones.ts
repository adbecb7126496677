import { DomainError } from "../../errors.ts";
import { changeIdentity } from "./change_identity.ts";
import { draftZone, refuseImpossibleZones } from "./draft_zone.ts";
import type { IdentityContext } from "./identity_context.ts";
import { type IdentityDraft, pair, type ZoneRow } from "./identity_draft.ts";
import { NOTHING } from "./identity_state.ts";
import { known } from "./organizations.ts";
import { parseZoneEntry } from "./setup_file.ts";
import { findZone, listStoredZones, type StoredZone, withDefaults } from "./zones.ts";

/** Options by name, as a setup file has them, and `is_active`; null takes an option back to its default. */
export type ZoneChanges = Readonly<Record<string, unknown>>;

/**
 * Makes a zone.
 *
 * @throws {DomainError} not_found without such an organization; conflict when the name is taken; invalid_input.
 */
export async function createZone(
  context: IdentityContext,
  slug: string,
  name: string,
  changes: ZoneChanges,
): Promise<StoredZone> {
  const entry = parseZoneEntry({ ...changes, name });
  const { result } = await changeIdentity(context, { ...NOTHING, slugs: [slug], zones: true }, (draft) => {
    const organization = known(draft, slug);
    if (draft.zoneByName.has(pair(organization.id, name))) {
      throw new DomainError("conflict", `Cannot create the zone: "${slug}" has one that is named "${name}"`);
    }
    const row = draftZone(draft, organization, entry, "");
    refuseImpossibleZones(draft);
    return storedZone(draft, row);
  });
  return result;
}

/**
 * Changes a zone: what `changes` makes of it as it is now.
 *
 * @param reference its name or `organization/name`; `slug` names the organization.
 * @throws {DomainError} as `findZone()`; whatever `changes` refuses; invalid_input.
 */
export async function changeZone(
  context: IdentityContext,
  reference: string,
  slug: string | undefined,
  changes: (zone: StoredZone) => ZoneChanges,
): Promise<StoredZone> {
  const { organizationSlug, name } = findZone(await listStoredZones(context.db), reference, slug);
  const question = { ...NOTHING, slugs: [organizationSlug], zones: true };
  const { result } = await changeIdentity(context, question, (draft) => {
    const organization = known(draft, organizationSlug);
    const before = storedZone(draft, knownZone(draft, organization.id, name));
    const row = draftZone(draft, organization, parseZoneEntry({ ...changes(before), name }), "");
    refuseImpossibleZones(draft);
    return storedZone(draft, row);
  });
  return result;
}

/** Takes a zone away; its sessions end when the box hears of it. @throws {DomainError} as `findZone()`. */
export async function removeZone(
  context: IdentityContext,
  reference: string,
  slug: string | undefined,
): Promise<StoredZone> {
  const zone = findZone(await listStoredZones(context.db), reference, slug);
  const { organizationSlug, name } = zone;
  const question = { ...NOTHING, slugs: [organizationSlug], zones: true };
  await changeIdentity(context, question, (draft) => {
    const organization = known(draft, organizationSlug);
    draft.removeZone(knownZone(draft, organization.id, name));
    draft.differences.removed("zone", name, organization);
  });
  return zone;
}

function knownZone(draft: IdentityDraft, organizationId: string, name: string): ZoneRow {
  const row = draft.zoneByName.get(pair(organizationId, name));
  // Somebody took it away since it was found.
  if (!row) throw new DomainError("not_found", `There is no zone "${name}"`);
  return row;
}

function storedZone(draft: IdentityDraft, row: ZoneRow): StoredZone {
  const { id, organizationId, name, isActive, options } = row;
  return {
    id,
    organizationId,
    organizationSlug: draft.slugOfZone(row),
    name,
    isActive,
    ...withDefaults(name, options),
  };
}
