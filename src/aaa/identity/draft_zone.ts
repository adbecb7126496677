import { type IdentityDraft, type OrganizationRow, pair, refuse, type ZoneRow } from "./identity_draft.ts";
import type { ZoneEntry } from "./setup_file.ts";
import { SECRET_OPTIONS, ZONE_OPTIONS } from "./zone_options.ts";
import { complaintAboutPair, complaintAboutZone } from "./zone_rules.ts";
import { withDefaults } from "./zones.ts";

type Options = Readonly<Record<string, unknown>>;

/** Makes the zone what the entry says; one that is not there is made. `refuseImpossibleZones()` looks at it after. */
export function draftZone(
  draft: IdentityDraft,
  organization: OrganizationRow,
  { name, is_active: isActive, ...entry }: ZoneEntry,
  path: string,
): ZoneRow {
  const known = draft.zoneByName.get(pair(organization.id, name));
  const row = known ?? newZone(draft, organization, name);
  draft.zonePlaces.set(row, path);
  const options = wantedOptions(row.options, entry);
  const note = (field: string) => draft.differences.changed("zone", name, field, organization);
  if (isActive !== undefined && draft.zones.change(row, { isActive })) note("is_active");
  const changed = changedOptions(row.options, options);
  if (changed.length) draft.zones.change(row, { options });
  changed.forEach(note);
  return row;
}

/**
 * Refuses zones that cannot be, alone or beside the others on the box; those that are switched off may be anything that
 * they could be alone.
 *
 * @throws {DomainError} invalid_input; its message begins with the place in the setup.
 */
export function refuseImpossibleZones(draft: IdentityDraft): void {
  const zones = [...draft.zoneByName.values()].map((row) => ({
    row,
    name: row.name,
    organizationSlug: draft.slugOfZone(row),
    ...withDefaults(row.name, row.options),
  }));
  for (const one of zones) {
    const path = draft.zonePlaces.get(one.row);
    if (path === undefined) continue;
    const others = zones.filter(({ row }) => row !== one.row && row.isActive && one.row.isActive);
    const complaint = complaintAboutZone(one) ??
      others.map((other) => complaintAboutPair(one, other)).find(Boolean);
    if (complaint) throw refuse(path, complaint.place, complaint.text);
  }
}

function newZone(draft: IdentityDraft, organization: OrganizationRow, name: string): ZoneRow {
  draft.differences.created("zone", name, organization);
  return draft.addZone({
    id: draft.newId(),
    organizationId: organization.id,
    name,
    isActive: true,
    options: {},
    ...draft.stamps(),
  }, organization.slug);
}

/** What is stored, with what the entry says, in the order of the schema. */
function wantedOptions(stored: Options, entry: Options): Options {
  const wanted: Record<string, unknown> = {};
  for (const name of Object.keys(ZONE_OPTIONS)) {
    const given = entry[name];
    const kept = given === undefined || (given === null && SECRET_OPTIONS.has(name));
    const value = kept ? stored[name] : given ?? undefined;
    if (value !== undefined) wanted[name] = value;
  }
  return wanted;
}

function changedOptions(before: Options, after: Options): string[] {
  return Object.keys(ZONE_OPTIONS).filter((name) =>
    JSON.stringify(before[name]) !== JSON.stringify(after[name])
  );
}
