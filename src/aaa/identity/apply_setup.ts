import { foldCase } from "../../values/fold_case.ts";
import { isKnownFormat } from "../credentials/password_hash.ts";
import { changeIdentity } from "./change_identity.ts";
import type { Difference } from "./differences.ts";
import { storedGroupName } from "./draft_group.ts";
import { draftMemberships } from "./draft_membership.ts";
import { automaticGroupNames, draftOrganization } from "./draft_organization.ts";
import { draftUser, type NewPassword } from "./draft_user.ts";
import { refuseImpossibleZones } from "./draft_zone.ts";
import type { IdentityContext } from "./identity_context.ts";
import { type IdentityDraft, refuse, type UserRow } from "./identity_draft.ts";
import type { IdentityQuestion } from "./identity_state.ts";
import { refuseRepetitions } from "./setup_repetitions.ts";
import type { Setup, UserEntry } from "./setup_file.ts";

/** What a NAS of an organization needs to know. */
export interface AppliedOrganization {
  readonly id: string;
  /** Null where the organization has no settings row. */
  readonly radius_token: string | null;
}

/**
 * Makes the installation be what the setup says: everything or nothing, and what it does not name stays as it is.
 *
 * @returns the setup's organizations by slug, and what was different.
 * @throws {DomainError} invalid_input; its message begins with the place in the setup.
 */
export async function applySetup(
  context: IdentityContext,
  setup: Setup,
  options: { readonly dryRun?: boolean } = {},
): Promise<{
  readonly organizations: Readonly<Record<string, AppliedOrganization>>;
  readonly differences: readonly Difference[];
}> {
  refuseRepetitions(setup);
  const passwords = passwordHashes(context, options.dryRun ?? false);
  const { result, differences } = await changeIdentity(context, questionOf(setup), async (draft) => {
    const organizations = setup.organizations.map((entry, at) =>
      draftOrganization(draft, entry, `organizations[${at}]`)
    );
    refuseImpossibleZones(draft);
    const ready = await Promise.all(
      setup.users.map((entry, at) =>
        passwords(draft.byUsername.get(foldCase(entry.username)), entry, `users[${at}]`)
      ),
    );
    const places = new Map<string, string>();
    setup.users.forEach((entry, at) => {
      const path = `users[${at}]`;
      const user = draftUser(draft, entry, path, ready[at]);
      if (!places.has(user.id)) places.set(user.id, path);
      draftMemberships(draft, user, entry, path);
    });
    refuseSharedAddresses(draft, places);
    return organizations.map(({ id, slug }) => ({
      id,
      slug,
      token: draft.settingsOf.get(id)?.token ?? null,
    }));
  }, options);
  const organizations = result.map(({ id, slug, token }) => [slug, { id, radius_token: token }] as const);
  return { organizations: Object.fromEntries(organizations), differences };
}

/** What has to be read for a setup. */
export function questionOf({ organizations, users }: Setup): IdentityQuestion {
  return {
    slugs: [
      ...organizations.map(({ slug }) => slug),
      ...new Set(users.flatMap((user) => user.organizations)),
    ],
    groupNames: organizations.flatMap(({ slug, groups = [] }) => [
      ...automaticGroupNames(slug),
      ...groups.map(({ name }) => storedGroupName(slug, name)),
    ]),
    zones: organizations.some(({ zones }) => zones?.length),
    usernameKeys: users.map(({ username }) => foldCase(username)),
    emailKeys: users.flatMap(({ email }) => email ? [foldCase(email)] : []),
    phoneNumbers: users.flatMap(({ phone }) => phone ? [phone] : []),
  };
}

/**
 * The passwords to set: those that are not the ones last applied. What was hashed once is kept for another attempt;
 * for a dry run nothing is hashed.
 */
export function passwordHashes(context: IdentityContext, dryRun: boolean) {
  const hashed = new Map<string, Promise<string>>();
  return async (
    known: UserRow | undefined,
    entry: UserEntry,
    path: string,
  ): Promise<NewPassword | undefined> => {
    const { password, password_hash: encoded } = entry;
    if (encoded && !isKnownFormat(encoded)) {
      throw refuse(path, "password_hash", "expected a hash in one of Django's formats");
    }
    const [kind, value] = encoded ? ["hash", encoded] : ["clear", password];
    if (!value) return undefined;
    const message = JSON.stringify(["applied_password", foldCase(entry.username), kind, value]);
    const applied = hex(context.crypto.hmacSha256(context.serverKey, message));
    if (known?.appliedPassword === applied) return undefined;
    if (kind === "hash" || dryRun) return { encoded: value, applied };
    const running = hashed.get(message) ?? context.passwords.hash(value);
    hashed.set(message, running);
    return { encoded: await running, applied };
  };
}

/** E-mail addresses and telephone numbers belong to one user each. */
export function refuseSharedAddresses(draft: IdentityDraft, places: ReadonlyMap<string, string>): void {
  const emails = new Map<string, UserRow>();
  const phones = new Map<string, UserRow>();
  for (const user of draft.byUsername.values()) {
    claim(emails, user.emailKey, user, "email", places);
    claim(phones, user.phoneNumber, user, "phone", places);
  }
}

function claim(
  owners: Map<string, UserRow>,
  value: string | null,
  user: UserRow,
  key: string,
  places: ReadonlyMap<string, string>,
): void {
  if (value === null) return;
  const owner = owners.get(value);
  owners.set(value, user);
  if (!owner) return;
  const [named, other] = places.has(user.id) ? [user, owner] : [owner, user];
  throw refuse(places.get(named.id) ?? "", key, `"${value}" belongs to the user "${other.username}"`);
}

function hex(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
}
