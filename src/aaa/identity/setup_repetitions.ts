import { foldCase } from "../../values/fold_case.ts";
import { storedGroupName } from "./draft_group.ts";
import { refuse } from "./identity_draft.ts";
import type { OrganizationEntry, Setup, UserEntry } from "./setup_file.ts";

/** What a further entry of the same user may say: it is about other organizations. */
const MEMBERSHIP_KEYS: ReadonlySet<string> = new Set([
  "username",
  "organizations",
  "group",
  "method",
  "verified",
  "manager",
  "checks",
  "replies",
]);

/**
 * Refuses a setup that says something twice: then it would depend on the order, and repeated, never come to rest.
 * A user may have further entries for memberships in other organizations.
 */
export function refuseRepetitions({ organizations, users }: Setup): void {
  const slugs = new Map<string, string>();
  organizations.forEach((entry, at) => {
    const path = `organizations[${at}]`;
    once(slugs, entry.slug, path, "slug", entry.slug);
    refuseInOrganization(entry, path);
  });
  const known = new Map<
    string,
    { readonly entry: UserEntry; readonly path: string; readonly slugs: Set<string> }
  >();
  users.forEach((entry, at) => {
    const path = `users[${at}]`;
    if (entry.password && entry.password_hash) {
      throw refuse(path, "password_hash", "either this or password, not both");
    }
    const key = foldCase(entry.username);
    const before = known.get(key);
    if (!before) known.set(key, { entry, path, slugs: new Set(entry.organizations) });
    else refuseFurtherEntry(before, entry, path);
  });
}

function refuseFurtherEntry(
  before: { readonly entry: UserEntry; readonly path: string; readonly slugs: Set<string> },
  entry: UserEntry,
  path: string,
): void {
  const name = before.entry.username;
  if (name !== entry.username) {
    throw refuse(path, "username", `differs from ${before.path}, "${name}", only in letter case`);
  }
  for (const slug of entry.organizations) {
    if (before.slugs.has(slug)) {
      throw refuse(path, "organizations", `"${name}" in "${slug}" was there before`);
    }
    before.slugs.add(slug);
  }
  const [further] = Object.keys(entry).filter((key) => !MEMBERSHIP_KEYS.has(key));
  if (further || !entry.organizations.length) {
    throw refuse(path, further ?? "username", `belongs into the first entry of "${name}", ${before.path}`);
  }
}

function refuseInOrganization(
  { slug, groups = [], nas = [], zones = [] }: OrganizationEntry,
  path: string,
): void {
  const names = new Map<string, string>();
  groups.forEach(({ name }, at) =>
    once(names, storedGroupName(slug, name), `${path}.groups[${at}]`, "name", name)
  );
  const addresses = new Map<string, string>();
  nas.forEach(({ address }, at) => once(addresses, address, `${path}.nas[${at}]`, "address", address));
  const zoneNames = new Map<string, string>();
  zones.forEach(({ name }, at) => once(zoneNames, name, `${path}.zones[${at}]`, "name", name));
  const defaults = groups.filter((group) => group.default === true);
  if (defaults.length > 1) throw refuse(path, "groups", "expected one default group at most");
}

function once(known: Map<string, string>, key: string, path: string, field: string, shown: string): void {
  const before = known.get(key);
  if (before !== undefined) throw refuse(path, field, `"${shown}" was there before, in ${before}`);
  known.set(key, path);
}
