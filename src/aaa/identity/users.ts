import { DomainError } from "../../errors.ts";
import { foldCase } from "../../values/fold_case.ts";
import { passwordHashes, refuseSharedAddresses } from "./apply_setup.ts";
import { changeIdentity } from "./change_identity.ts";
import { draftMemberships } from "./draft_membership.ts";
import { draftUser } from "./draft_user.ts";
import type { IdentityContext } from "./identity_context.ts";
import type { IdentityDraft, UserRow } from "./identity_draft.ts";
import { type IdentityQuestion, NOTHING } from "./identity_state.ts";
import { known } from "./organizations.ts";
import { parseUserEntry, type UserEntry } from "./setup_file.ts";

/** An account to be made, and what its owner is in the organization. */
export interface NewUser {
  readonly username: string;
  readonly password: string;
  readonly email?: string;
  readonly phone?: string;
  readonly verified?: boolean;
  readonly group?: string;
}

/**
 * Makes a member of an organization. Whoever has an account already is added with it: password, address and number stay.
 *
 * @returns the user's id, and whether there was an account.
 * @throws {DomainError} not_found without such an organization; conflict for a member; invalid_input.
 */
export async function createMember(
  context: IdentityContext,
  slug: string,
  fields: NewUser,
): Promise<{ readonly id: string; readonly existed: boolean }> {
  const entry = parseUserEntry({ ...fields, organizations: [slug] });
  const passwords = passwordHashes(context, false);
  const { result } = await changeIdentity(context, { ...questionOf(entry), slugs: [slug] }, async (draft) => {
    const organization = known(draft, slug);
    const account = draft.byUsername.get(foldCase(entry.username));
    if (account && draft.isMember(account, organization)) {
      throw new DomainError("conflict", `"${account.username}" is already a member of "${slug}"`);
    }
    const user = account && account.username === entry.username
      ? account
      : draftUser(draft, entry, "", await passwords(account, entry, ""));
    draftMemberships(draft, user, entry, "");
    refuseSharedAddresses(draft, new Map([[user.id, ""]]));
    return { id: user.id, existed: account !== undefined };
  });
  return result;
}

/**
 * Makes an account that may do everything.
 *
 * @returns its id.
 * @throws {DomainError} conflict when the name is taken; invalid_input.
 */
export async function createOperator(
  context: IdentityContext,
  fields: Pick<NewUser, "username" | "password" | "email">,
): Promise<string> {
  const entry = parseUserEntry({ ...fields, staff: true, superuser: true });
  const passwords = passwordHashes(context, false);
  const { result } = await changeIdentity(context, questionOf(entry), async (draft) => {
    const account = draft.byUsername.get(foldCase(entry.username));
    if (account) {
      throw new DomainError(
        "conflict",
        `Cannot create "${entry.username}": the user "${account.username}" exists`,
      );
    }
    const user = draftUser(draft, entry, "", await passwords(undefined, entry, ""));
    refuseSharedAddresses(draft, new Map([[user.id, ""]]));
    return user.id;
  });
  return result;
}

/** Gives the user another name and writes it wherever FreeRADIUS reads names. */
export function renameUser(draft: IdentityDraft, user: UserRow, username: string): void {
  const usernameKey = foldCase(username);
  draft.differences.changed("user", user.username, "username");
  draft.byUsername.delete(user.usernameKey);
  draft.byUsername.set(usernameKey, user);
  draft.users.change(user, { username, usernameKey });
  for (const table of ["radcheck", "radreply", "radusergroup"]) {
    draft.further.push({
      sql: `update ${table} set username = ?, modified = ? where user_id = ?`,
      args: [username, draft.now, user.id],
    });
  }
}

function questionOf({ username, email, phone }: UserEntry): IdentityQuestion {
  return {
    ...NOTHING,
    usernameKeys: [foldCase(username)],
    emailKeys: email ? [foldCase(email)] : [],
    phoneNumbers: phone ? [phone] : [],
  };
}
