import { deepEqual, equal, match, notEqual, rejects } from "node:assert/strict";
import {
  changeOrganization,
  changesByName,
  createOrganization,
  readCredentials,
} from "../../../src/aaa/identity/organizations.ts";
import { DomainError } from "../../../src/errors.ts";
import { identityVenue } from "../../support/identity_venue.ts";

const refusal = (code: string, message: RegExp) => (fault: unknown) => {
  match(String(fault), message);
  return fault instanceof DomainError && fault.code === code;
};

Deno.test("a new organization has two groups and a random token", async () => {
  const { venue, context, close } = await identityVenue();
  const { id, slug, radiusToken } = await createOrganization(context(), { slug: "alpha", name: "Alpha" });
  equal(slug, "alpha");
  match(id, /^[0-9a-f-]{36}$/);
  match(radiusToken ?? "", /^[A-Za-z0-9]{32}$/);
  deepEqual(
    await venue.rows(`select name, "default" from radius_group where organization_id = ? order by id`, [id]),
    [{ name: "alpha-users", default: 1 }, { name: "alpha-power-users", default: 0 }],
  );
  deepEqual(await readCredentials(context(), "alpha"), { id, slug, radiusToken });
  await rejects(
    createOrganization(context(), { slug: "alpha", name: "Again" }),
    refusal("conflict", /the slug is taken/),
  );
  await rejects(
    createOrganization(context(), { slug: "al pha", name: "X" }),
    refusal("invalid_input", /slug: expected a slug/),
  );
  await close();
});

Deno.test("an organization's settings are changed by name, and null follows the installation's", async () => {
  const { venue, context, close } = await identityVenue();
  const change = async (values: Record<string, unknown>) =>
    await changeOrganization(context(), "default", changesByName(Object.entries(values)));
  const read = async () =>
    (await venue.rows("select time_zone, gigawords_replies, token from organization_radius_settings"))[0];

  await change({
    time_zone: "Europe/Rome",
    gigawords_replies: true,
    token: "abc",
    is_active: false,
    name: "Old Town",
  });
  deepEqual(await read(), { time_zone: "Europe/Rome", gigawords_replies: 1, token: "abc" });
  deepEqual(await venue.rows("select name, is_active from organization"), [{
    name: "Old Town",
    is_active: 0,
  }]);
  await change({ time_zone: null, gigawords_replies: "" });
  deepEqual(await read(), { time_zone: null, gigawords_replies: null, token: "abc" });

  await rejects(
    change({ tme_zone: "UTC" }),
    refusal("invalid_input", /^DomainError: tme_zone: an organization has no such setting$/),
  );
  await rejects(
    change({ time_zone: "Mars" }),
    refusal("invalid_input", /settings\.time_zone: expected the name of a time zone/),
  );
  for (const list of [[1], [], "x"]) {
    await rejects(
      change({ sms_meta_data: list }),
      refusal("invalid_input", /sms_meta_data: expected a JSON object, such as \{"campaign": 7\}$/),
    );
  }
  await change({ sms_meta_data: { campaign: 7 }, sms_message: "{organization}: {code}" });
  await rejects(
    change({ sms_message: "{code} for {user}" }),
    refusal(
      "invalid_input",
      /sms_message: there is no placeholder \{user\}; there are \{code\} and \{organization\}$/,
    ),
  );
  await rejects(change({ token: "a.b" }), refusal("invalid_input", /token: expected 1 to 32 characters/));
  await rejects(
    changeOrganization(context(), "nowhere", {}),
    refusal("not_found", /There is no organization "nowhere"/),
  );
  await close();
});

Deno.test("with the slug the groups' names change wherever FreeRADIUS reads them", async () => {
  const { venue, context, apply, close } = await identityVenue();
  await apply({
    organizations: [{
      slug: "alpha",
      groups: [{ name: "guests", checks: [["A", ":=", "1"]], replies: [["B", "=", "2"]] }],
    }],
    users: [{ username: "ada", organizations: ["alpha"], group: "guests" }],
  });
  await changeOrganization(context(), "alpha", { slug: "gamma" });
  deepEqual(await venue.rows("select name from radius_group where name not like 'default-%' order by id"), [
    { name: "gamma-users" },
    { name: "gamma-power-users" },
    { name: "gamma-guests" },
  ]);
  for (const table of ["radgroupcheck", "radgroupreply", "radusergroup"]) {
    equal((await venue.rows(`select 1 from ${table} where groupname like 'alpha%'`)).length, 0, table);
    notEqual((await venue.rows(`select 1 from ${table} where groupname = 'gamma-guests'`)).length, 0, table);
  }
  await rejects(
    changeOrganization(context(), "gamma", { slug: "default" }),
    refusal("conflict", /Cannot rename the organization "gamma" to "default": the slug is taken$/),
  );
  await close();
});

Deno.test("a new slug that would give a group another organization's name is refused", async () => {
  const { context, apply, close } = await identityVenue();
  await apply({ organizations: [{ slug: "a", groups: [{ name: "b-users" }] }, { slug: "alpha" }] });
  await rejects(
    changeOrganization(context(), "alpha", { slug: "a-b" }),
    refusal("conflict", /another organization has a group "a-b-users"/),
  );
  await close();
});
