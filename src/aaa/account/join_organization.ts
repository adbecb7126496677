import { DomainError } from "../../errors.ts";
import { foldCase } from "../../values/fold_case.ts";
import type { AccessContext } from "../access/access_context.ts";
import { changeIdentity } from "../identity/change_identity.ts";
import { draftMemberships } from "../identity/draft_membership.ts";
import { pair } from "../identity/identity_draft.ts";
import { known } from "../identity/organizations.ts";
import { NOTHING } from "../identity/identity_state.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import { type Account, findAccount } from "./account.ts";
import { PENDING_VERIFICATION } from "./registration_methods.ts";

/**
 * Makes somebody who has an account elsewhere a member: in the default group, and with a registration record that waits
 * for the way of verification. A record from an earlier membership stays. At the same moment twice is once.
 *
 * @returns the account as the organization sees it now.
 */
export async function joinOrganization(
  context: AccessContext,
  organization: OrganizationRecord,
  account: Account,
  now: Date,
): Promise<Account> {
  const { slug } = organization;
  const question = { ...NOTHING, slugs: [slug], usernameKeys: [foldCase(account.username)] };
  await changeIdentity({ ...context, now, actor: account.id }, question, (draft) => {
    const user = draft.byUsername.get(foldCase(account.username));
    if (user?.id !== account.id) throw goneMeanwhile(account);
    const isRegistered = draft.registrationOf.has(pair(user.id, known(draft, slug).id));
    const record = isRegistered ? {} : { method: PENDING_VERIFICATION, verified: false };
    draftMemberships(draft, user, { username: user.username, organizations: [slug], ...record }, "");
  });
  const joined = await findAccount(context.db, organization, account.id);
  if (!joined) throw goneMeanwhile(account);
  return joined;
}

function goneMeanwhile({ username }: Account): DomainError {
  return new DomainError("conflict", `"${username}" was renamed or deleted meanwhile`);
}
