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

/** A guest's account, whose password works for CHAP too. */
export function account(
  username: string,
  replies: readonly Attribute[] = [],
  organization = "default",
): Readonly<Record<string, unknown>> {
  return {
    username,
    password: PASSWORD,
    organizations: [organization],
    group: "guests",
    checks: [["Cleartext-Password", ":=", PASSWORD]],
    replies,
  };
}

/** An organization whose guests have no limits but their own. */
export function organization(
  zones: readonly ZoneSetup[],
  slug = "default",
): Readonly<Record<string, unknown>> {
  return { slug, name: slug, groups: [{ name: "guests", checks: [], replies: [] }], zones };
}
