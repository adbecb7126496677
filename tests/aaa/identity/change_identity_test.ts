import { equal, rejects } from "node:assert/strict";
import { changeIdentity } from "../../../src/aaa/identity/change_identity.ts";
import { NOTHING } from "../../../src/aaa/identity/identity_state.ts";
import { createOrganization } from "../../../src/aaa/identity/organizations.ts";
import { DomainError } from "../../../src/errors.ts";
import { identityVenue } from "../../support/identity_venue.ts";

const question = { ...NOTHING, slugs: ["alpha"] };

Deno.test("what is refused while somebody else writes is looked at again", async () => {
  const { context, close } = await identityVenue();
  let looks = 0;
  const { result } = await changeIdentity(context(), question, async (draft) => {
    looks++;
    if (draft.bySlug.has("alpha")) return "found";
    // Another process, between two reads of this one.
    await createOrganization(context(), { slug: "alpha", name: "Alpha" });
    throw new DomainError("conflict", "there is half of it");
  });
  equal(result, "found");
  equal(looks, 2);
  await close();
});

Deno.test("what is refused while nobody writes is refused at once", async () => {
  const { context, close } = await identityVenue();
  let looks = 0;
  const refused = changeIdentity(context(), question, () => {
    looks++;
    throw new DomainError("conflict", "no");
  });
  await rejects(refused, /no/);
  equal(looks, 1);
  await close();
});
