import { type IdentityDraft, type OrganizationRow, pair, refuse } from "./identity_draft.ts";
import { isNasType } from "./nas_types.ts";
import type { NasEntry } from "./setup_file.ts";

/** RFC 2865 section 3 asks for 16 octets. */
export const SHORTEST_GOOD_SECRET = 16;

/** Makes the NAS what the entry says; one that is not there is made. */
export function draftNas(
  draft: IdentityDraft,
  organization: OrganizationRow,
  entry: NasEntry,
  path: string,
): { readonly id: string } {
  const { address, shortname, secret, type, ports, server, community, description } = entry;
  if (type !== undefined && !isNasType(type, draft.context.settings.extraNasTypes)) {
    throw refuse(path, "type", `there is no NAS type "${type}"`);
  }
  const known = draft.nasByAddress.get(pair(organization.id, address));
  if (!known) return newNas(draft, organization, entry, path);
  const fields = {
    ...(shortname === undefined ? {} : { shortname }),
    ...(secret ? { secret } : {}),
    ...(type === undefined ? {} : { type }),
    ...(ports === undefined ? {} : { ports }),
    ...(server === undefined ? {} : { server }),
    ...(community === undefined ? {} : { community }),
    ...(description === undefined ? {} : { description }),
  };
  for (const [field, value] of Object.entries(fields)) {
    if (draft.nas.change(known, { [field]: value })) {
      draft.differences.changed("nas", address, field, organization);
    }
  }
  return known;
}

function newNas(draft: IdentityDraft, organization: OrganizationRow, entry: NasEntry, path: string) {
  const { address, shortname, secret } = entry;
  if (shortname === undefined) throw refuse(path, "shortname", "is missing");
  if (!secret) throw refuse(path, "secret", "is missing");
  draft.differences.created("nas", address, organization);
  const row = draft.nas.add({
    id: draft.newId(),
    nasname: address,
    shortname,
    secret,
    type: entry.type ?? "other",
    ports: entry.ports ?? null,
    server: entry.server ?? null,
    community: entry.community ?? null,
    description: entry.description ?? null,
    organizationId: organization.id,
    ...draft.stamps(),
  });
  draft.nasByAddress.set(pair(organization.id, address), row);
  return row;
}
