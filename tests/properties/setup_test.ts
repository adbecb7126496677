import { deepEqual } from "node:assert/strict";
import fc from "fast-check";
import { showSetup } from "../../src/aaa/identity/show_setup.ts";
import { DomainError } from "../../src/errors.ts";
import { checkProperty } from "../support/check_property.ts";
import { identityVenue } from "../support/identity_venue.ts";

const some = <T>(values: readonly T[]) => fc.constantFrom(...values);
const anyOf = <T, K extends keyof T & string>(
  keys: { [N in keyof T]: fc.Arbitrary<T[N]> },
  requiredKeys: K[],
) => fc.record<T, K>(keys, { requiredKeys });
const attributes = (operators: readonly string[]) =>
  fc.uniqueArray(
    fc.tuple(
      some(["A", "B", "Cleartext-Password"]),
      some(operators),
      fc.string({ minLength: 1, maxLength: 5 }),
    ),
    { selector: ([attribute]) => attribute, maxLength: 3 },
  );

const slugs = ["alpha", "beta", "alpha-beta"];
const group = anyOf({
  name: some(["guests", "users", "beta-users", "é ü"]),
  default: fc.boolean(),
  description: some([null, "", "text"]),
  checks: attributes([":=", "=="]),
  replies: attributes(["=", "+="]),
}, ["name"]);
const nas = anyOf({
  address: some(["10.0.0.1", "10.0.0.0/8", "::1"]),
  shortname: some(["a", "b"]),
  secret: some(["0123456789abcdef", "fedcba9876543210"]),
  type: some(["other", "Other"]),
  ports: some([null, 1]),
}, ["address", "shortname", "secret"]);
const organization = anyOf({
  slug: some(slugs),
  name: some(["One", "Two"]),
  token: some([null, "abc", "def"]),
  is_active: fc.boolean(),
  settings: anyOf({
    time_zone: some([null, "", "Europe/Rome"]),
    sms_meta_data: some([null, { a: [1, { b: "ü" }] }]),
    sms_cooldown: some([null, 0, 7]),
    gigawords_replies: some([null, true, false]),
  }, []),
  groups: fc.uniqueArray(group, { maxLength: 3, selector: ({ name }) => name }),
  nas: fc.uniqueArray(nas, { maxLength: 2, selector: ({ address }) => address }),
}, ["slug"]);
const user = anyOf({
  username: some(["ada", "bob", "eve", "Ødegård", "ada ist hier"]),
  email: some([null, "a@example.org", "A@example.org", "b@example.org"]),
  email_verified: fc.boolean(),
  phone: some([null, "+393665243701", "+393665243702"]),
  organizations: fc.uniqueArray(some(["default", "default", ...slugs]), { maxLength: 3 }),
  group: some(["users", "power-users", "guests"]),
  method: some(["", "manual", "mobile_phone"]),
  verified: fc.boolean(),
  active: fc.boolean(),
  staff: fc.boolean(),
  superuser: fc.boolean(),
  manager: fc.boolean(),
  checks: attributes([":="]),
  replies: attributes(["="]),
  first_name: some(["", "Ada"]),
  birth_date: some([null, "2001-02-03"]),
}, ["username"]);
const file = fc.record({
  organizations: fc.uniqueArray(organization, { maxLength: 3, selector: ({ slug }) => slug }),
  users: fc.uniqueArray(user, { maxLength: 4, selector: ({ username }) => username }),
});

Deno.test("whatever files are applied after each other, each comes to rest at once, and so does what show prints", async () => {
  await checkProperty(
    fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 4 }), async (files) => {
      const { context, apply, close } = await identityVenue();
      try {
        for (const setup of files) {
          const before = JSON.stringify(await showSetup(context()));
          try {
            await apply(setup);
          } catch (fault) {
            if (!(fault instanceof DomainError)) throw fault;
            deepEqual(JSON.stringify(await showSetup(context())), before, "what is refused changes nothing");
            continue;
          }
          deepEqual(await apply(setup), [], "applied again");
          deepEqual(await apply(JSON.parse(JSON.stringify(await showSetup(context())))), [], "as shown");
        }
      } finally {
        await close();
      }
    }),
    150,
  );
});
