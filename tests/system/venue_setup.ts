/** A zone of the tests, as the setup file has it. */
export type ZoneSetup = Readonly<Record<string, unknown>>;

export const GUESTS_ZONE: ZoneSetup = {
  name: "guests",
  interface: ["lan0"],
  address: ["10.1.0.1/24"],
};

export type Attribute = readonly [name: string, operator: string, value: string];

/** The password of every account. */
export const PASSWORD = "Secret-123";

/** What an account of each group is granted; `guests` has no limits. */
export type Groups = Readonly<Record<string, readonly Attribute[]>>;

/** A guest's account, whose password works for CHAP too. */
export function account(
  username: string,
  { organization = "default", group = "guests" } = {},
): Readonly<Record<string, unknown>> {
  const checks = [["Cleartext-Password", ":=", PASSWORD]];
  return { username, password: PASSWORD, organizations: [organization], group, checks };
}

/** An organization whose guests have no limits but those of their groups. */
export function organization(
  zones: readonly ZoneSetup[],
  { slug = "default", groups = {} }: { readonly slug?: string; readonly groups?: Groups } = {},
): Readonly<Record<string, unknown>> {
  const all = Object.entries({ guests: [], ...groups });
  return { slug, name: slug, groups: all.map(([name, replies]) => ({ name, checks: [], replies })), zones };
}
