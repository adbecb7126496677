import { DomainError } from "../../errors.ts";
import { changeIdentity } from "./change_identity.ts";
import { draftNas } from "./draft_nas.ts";
import type { IdentityContext } from "./identity_context.ts";
import { pair } from "./identity_draft.ts";
import { NOTHING } from "./identity_state.ts";
import { known } from "./organizations.ts";
import { parseNasEntry } from "./setup_file.ts";

/**
 * Adds a NAS, or a network of them, to an organization.
 *
 * @returns its id.
 * @throws {DomainError} not_found without such an organization; conflict when it has that address; invalid_input.
 */
export async function addNas(
  context: IdentityContext,
  slug: string,
  fields: { readonly address: string; readonly shortname: string; readonly secret: string },
): Promise<string> {
  const entry = parseNasEntry(fields);
  const { result } = await changeIdentity(context, { ...NOTHING, slugs: [slug] }, (draft) => {
    const organization = known(draft, slug);
    if (draft.nasByAddress.has(pair(organization.id, entry.address))) {
      throw new DomainError("conflict", `Cannot add the NAS: "${slug}" has one at ${entry.address}`);
    }
    return draftNas(draft, organization, entry, "").id;
  });
  return result;
}
