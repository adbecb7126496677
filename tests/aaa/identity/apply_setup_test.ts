import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { applySetup } from "../../../src/aaa/identity/apply_setup.ts";
import { parseSetup } from "../../../src/aaa/identity/setup_file.ts";
import { showSetup } from "../../../src/aaa/identity/show_setup.ts";
import { identityVenue } from "../../support/identity_venue.ts";

const HASH = "pbkdf2_sha256$1$salt$V5BVGtQNtZuCVUQJPnpXWSWBqIZDFLDSH4ZTvBIXO1o=";
const SETUP = {
  organizations: [{
    slug: "alpha",
    name: "Alpha",
    token: "0123456789abcdef",
    settings: {
      freeradius_allowed_hosts: "127.0.0.1,10.0.0.0/8",
      time_zone: "Europe/Rome",
      sms_meta_data: { a: [1] },
    },
    groups: [{
      name: "guests",
      default: true,
      checks: [["Max-Daily-Session", ":=", "10800"]],
      replies: [["Idle-Timeout", "=", 500]],
    }],
    nas: [{ address: "10.0.0.0/24", shortname: "lobby", secret: "0123456789abcdef" }],
  }, { slug: "beta" }],
  users: [{
    username: "ada",
    email: "Ada@Example.org",
    phone: "+39 366 524 3702",
    password_hash: HASH,
    organizations: ["alpha", "beta"],
    group: "guests",
    method: "mobile_phone",
    verified: true,
    checks: [["NT-Password", ":=", "0cb6948805f797bf2a82807973b89537"]],
    replies: [["Reply-Message", "=", "hello"]],
    first_name: "Ada",
  }, {
    username: "boss",
    email: "boss@example.org",
    email_verified: true,
    staff: true,
    manager: true,
    organizations: ["beta"],
  }],
};

Deno.test("apply makes what the file says, with each new organization's two groups and token", async () => {
  const { venue, apply, close } = await identityVenue();
  deepEqual(await apply(SETUP), [
    "create organization alpha",
    "create group alpha-users",
    "create group alpha-power-users",
    "create group alpha-guests",
    "create nas 10.0.0.0/24",
    "create organization beta",
    "create group beta-users",
    "create group beta-power-users",
    "create user ada",
    "create membership ada",
    "create membership ada",
    "create user boss",
    "create membership boss",
  ]);
  const groups = await venue.rows(
    `select name, "default" from radius_group where name like 'alpha%' order by id`,
  );
  deepEqual(groups, [
    { name: "alpha-users", default: 0 },
    { name: "alpha-power-users", default: 0 },
    { name: "alpha-guests", default: 1 },
  ]);
  deepEqual(
    await venue.rows(
      "select attribute, op, value from radgroupcheck where groupname = 'beta-users' order by id",
    ),
    [
      { attribute: "Max-Daily-Session", op: ":=", value: "10800" },
      { attribute: "Max-Daily-Session-Traffic", op: ":=", value: "3000000000" },
    ],
  );
  deepEqual(
    await venue.rows(`select username, groupname, slug from radusergroup
      join radius_group on radius_group.id = group_id join organization on organization.id = organization_id order by slug, username`),
    [
      { username: "ada", groupname: "alpha-guests", slug: "alpha" },
      { username: "ada", groupname: "beta-users", slug: "beta" },
      { username: "boss", groupname: "beta-users", slug: "beta" },
    ],
  );
  const [ada] = await venue.rows(`select * from "user" where username = 'ada'`);
  equal(ada?.phone_number, "+393665243702");
  equal(ada?.email, "Ada@Example.org");
  equal(ada?.email_key, "ada@example.org");
  equal(ada?.password, HASH);
  equal(ada?.password_updated, "2026-11-22");
  deepEqual(await venue.rows("select distinct username, attribute from radcheck"), [{
    username: "ada",
    attribute: "NT-Password",
  }]);
  equal((await venue.rows("select 1 from radcheck")).length, 2, "one for each organization");
  deepEqual(await venue.rows('select email, verified, "primary" from email_address order by id'), [
    { email: "Ada@Example.org", verified: 0, primary: 1 },
    { email: "boss@example.org", verified: 1, primary: 1 },
  ]);
  deepEqual(await venue.rows("select method, is_verified from registered_user"), [
    { method: "mobile_phone", is_verified: 1 },
    { method: "mobile_phone", is_verified: 1 },
  ]);
  deepEqual(
    await venue.rows(
      'select username, name from user_permission_group join "user" u on u.id = user_id join permission_group g on g.id = group_id',
    ),
    [{ username: "boss", name: "Administrator" }],
    "staff that manages gets the permissions",
  );
  equal(
    (await venue.rows("select 1 from organization_owner")).length,
    1,
    "the first manager owns the organization",
  );
  const [beta] = await venue.rows(
    "select token from organization_radius_settings join organization on id = organization_id where slug = 'beta'",
  );
  match(String(beta?.token), /^[A-Za-z0-9]{32}$/);
  await close();
});

Deno.test("applied again, or as show prints it, a file changes nothing", async () => {
  const { venue, context, apply, close } = await identityVenue();
  await apply(SETUP);
  const dump = () =>
    Promise.all(
      ["organization", '"user"', "radcheck", "audit_log", "radusergroup", "radius_group"].map((table) =>
        venue.rows(`select * from ${table}`)
      ),
    );
  const before = await dump();
  deepEqual(await apply(SETUP), []);
  const shown = JSON.parse(JSON.stringify(await showSetup(context())));
  deepEqual(await apply(shown), []);
  deepEqual(await dump(), before);
  ok(!JSON.stringify(shown).includes("0123456789abcdef"), "no secret is shown");
  ok(!JSON.stringify(shown).includes("0cb6948805f797bf2a82807973b89537"));
  await close();
});

Deno.test("what the file does not name stays; what it names is changed in place", async () => {
  const { venue, apply, close } = await identityVenue();
  await apply(SETUP);
  deepEqual(
    await apply({
      organizations: [{
        slug: "alpha",
        is_active: false,
        settings: { time_zone: null, gigawords_replies: true },
        groups: [
          { name: "alpha-guests", checks: [], replies: [["Idle-Timeout", "=", "500"], ["Class", "+=", "x"]] },
          { name: "users", default: true },
        ],
        nas: [{ address: "10.0.0.0/24", type: "Wireless - Other", secret: null }],
      }],
      users: [{
        username: "ada",
        phone: null,
        email: "ada@example.net",
        active: false,
        organizations: ["alpha"],
        group: "alpha-power-users",
        verified: false,
        checks: [],
      }],
    }),
    [
      "update organization alpha: is_active gigawords_replies time_zone",
      "update group alpha-guests: checks replies default",
      "update group alpha-users: default",
      "update nas 10.0.0.0/24: type",
      "update user ada: phone active email",
      "update membership ada: group verified checks",
    ],
  );
  deepEqual(
    await venue.rows(
      'select e.email, "primary" from email_address e join "user" u on u.id = user_id where username = \'ada\' order by 1',
    ),
    [
      { email: "Ada@Example.org", primary: 0 },
      { email: "ada@example.net", primary: 1 },
    ],
  );
  deepEqual(await venue.rows("select nasname, secret, type, shortname from nas"), [
    { nasname: "10.0.0.0/24", secret: "0123456789abcdef", type: "Wireless - Other", shortname: "lobby" },
  ]);
  equal((await venue.rows("select 1 from radcheck")).length, 1, "the other organization's stay");
  deepEqual(await venue.rows("select distinct method from registered_user"), [{ method: "mobile_phone" }]);
  await close();
});

Deno.test("a password is set once: a guest's own change and a re-hash survive the next apply", async () => {
  const { venue, apply, close } = await identityVenue();
  const file = (password: string) => ({ users: [{ username: "ada", password }] });
  await apply(file("first"));
  await venue.client.execute(`update "user" set password = 'changed by the guest'`);
  deepEqual(await apply(file("first")), []);
  deepEqual(await venue.rows(`select password from "user"`), [{ password: "changed by the guest" }]);
  deepEqual(await apply({ users: [{ username: "ada", password: null }] }), []);
  deepEqual(await apply(file("second")), ["update user ada: password"]);
  match(String((await venue.rows(`select password from "user"`))[0]?.password), /^scrypt\$/);
  const [log] = await venue.rows("select group_concat(action || subject) as all_of_it from audit_log");
  ok(!/first|second/.test(String(log?.all_of_it)), "the audit log has no secret");
  await close();
});

Deno.test("verified without a method means that somebody looked", async () => {
  const { venue, apply, close } = await identityVenue();
  await apply({ users: [{ username: "ada", organizations: ["default"], verified: true }] });
  deepEqual(await venue.rows("select method, is_verified from registered_user"), [{
    method: "manual",
    is_verified: 1,
  }]);
  await close();
});

Deno.test("two users may exchange address and number", async () => {
  const { venue, apply, close } = await identityVenue();
  const users = (a: string, b: string) => ({
    users: [
      { username: "ada", email: `${a}@example.org`, phone: `+39366524370${a}` },
      { username: "bob", email: `${b}@example.org`, phone: `+39366524370${b}` },
    ],
  });
  await apply(users("1", "2"));
  deepEqual(await apply(users("2", "1")), ["update user ada: phone email", "update user bob: phone email"]);
  deepEqual(await venue.rows(`select username, email from "user" order by 1`), [
    { username: "ada", email: "2@example.org" },
    { username: "bob", email: "1@example.org" },
  ]);
  await close();
});

Deno.test("a user may have further entries for other organizations", async () => {
  const { apply, close } = await identityVenue();
  const file = {
    organizations: [{ slug: "alpha" }],
    users: [
      { username: "ada", organizations: ["default"], manager: true },
      { username: "ada", organizations: ["alpha"], group: "power-users" },
    ],
  };
  await apply(file);
  deepEqual(await apply(file), []);
  await close();
});

Deno.test("a file that is wrong anywhere changes nothing, and the message names the place", async () => {
  const { venue, apply, close } = await identityVenue();
  await apply({
    organizations: [{ slug: "alpha-x" }],
    users: [{ username: "ada", email: "ada@example.org", phone: "+393665243702" }],
  });
  const before = (await venue.rows("select count(*) as n from audit_log"))[0];
  const good = { username: "good" };
  const wrong: readonly [file: unknown, message: RegExp][] = [
    [
      { users: [good, { username: "ADA" }] },
      /^users\[1\]\.username: "ADA" and the user "ada" differ only in letter case$/,
    ],
    [
      { users: [{ username: "x" }, { username: "X" }] },
      /^users\[1\]\.username: differs from users\[0\], "x", only in letter case/,
    ],
    [
      { users: [{ username: "x" }, { username: "x" }] },
      /^users\[1\]\.username: belongs into the first entry/,
    ],
    [
      { users: [good, { username: "b", email: "ADA@example.org" }] },
      /^users\[1\]\.email: "ada@example.org" belongs to the user "ada"$/,
    ],
    [
      { users: [{ username: "b", phone: "+39 3665243702" }] },
      /^users\[0\]\.phone: .*belongs to the user "ada"/,
    ],
    [
      { users: [{ username: "b", email: "q@x" }, { username: "c", email: "Q@x" }] },
      /^users\[1\]\.email: "q@x" belongs to the user "b"/,
    ],
    [
      { users: [{ username: "b", organizations: ["nowhere"] }] },
      /^users\[0\]\.organizations\[0\]: there is no organization "nowhere"/,
    ],
    [
      { users: [{ username: "b", organizations: ["default"], group: "vip" }] },
      /^users\[0\]\.group: no organization of this user has a group "vip"/,
    ],
    [{ users: [{ username: "b", password_hash: "md5$x$y" }] }, /^users\[0\]\.password_hash: expected a hash/],
    [
      { users: [{ username: "b", password: "x", password_hash: HASH }] },
      /^users\[0\]\.password_hash: either/,
    ],
    [{ users: [{ username: "b", password: "" }] }, /^users\[0\]\.password: expected at least one character/],
    [{ users: [{ username: "\ud800" }] }, /^users\[0\]\.username: .*lone surrogates/],
    [{ users: [{ username: " b" }] }, /^users\[0\]\.username: .*white space/],
    [{ users: [{ username: "b\n" }] }, /^users\[0\]\.username: .*control characters/],
    [
      { users: [{ username: "b", checks: [["A", ":=", null]], organizations: ["default"] }] },
      /^users\[0\]\.checks\[0\]\[2\]: expected a value/,
    ],
    [
      { users: [{ username: "b", checks: [["A", ":=", "1"], ["A", ":=", "2"]] }] },
      /^users\[0\]\.checks: expected each attribute once/,
    ],
    [
      { users: [{ username: "b", birth_date: "2001-02-30" }] },
      /^users\[0\]\.birth_date: expected a day that exists/,
    ],
    [{ organizations: [{ slug: "a b" }] }, /^organizations\[0\]\.slug: expected a slug/],
    [
      { organizations: [{ slug: "a" }, { slug: "a" }] },
      /^organizations\[1\]\.slug: "a" was there before, in organizations\[0\]/,
    ],
    [
      { organizations: [{ slug: "a", token: "with.dot" }] },
      /^organizations\[0\]\.token: expected 1 to 32 characters without/,
    ],
    [
      { organizations: [{ slug: "a", settings: { tme_zone: "UTC" } }] },
      /^organizations\[0\]\.settings\.tme_zone: there is no such setting/,
    ],
    [
      { organizations: [{ slug: "a", settings: { time_zone: "Mars" } }] },
      /^organizations\[0\]\.settings\.time_zone: expected the name/,
    ],
    [
      { organizations: [{ slug: "a", settings: { sms_verification: true } }] },
      /^organizations\[0\]\.settings\.sms_verification: cannot be true without sms_sender/,
    ],
    [
      { organizations: [{ slug: "a", settings: { allowed_mobile_prefixes: "+39,+999" } }] },
      /allowed_mobile_prefixes: expected calling codes/,
    ],
    [
      { organizations: [{ slug: "a", settings: { password_reset_url: "https://x/{uid}" } }] },
      /password_reset_url: expected a text that contains/,
    ],
    [
      { organizations: [{ slug: "a", groups: [{ name: "x" }, { name: "a-x" }] }] },
      /^organizations\[0\]\.groups\[1\]\.name: "a-x" was there before/,
    ],
    [
      { organizations: [{ slug: "a", groups: [{ name: "x".repeat(254) }] }] },
      /^organizations\[0\]\.groups\[0\]\.name: expected at most 255 characters/,
    ],
    [
      { organizations: [{ slug: "alpha", groups: [{ name: "x-users" }] }] },
      /^organizations\[0\]\.groups\[0\]\.name: another organization has a group/,
    ],
    [
      {
        organizations: [{ slug: "a", groups: [{ name: "x", default: true }, { name: "y", default: true }] }],
      },
      /one default group at most/,
    ],
    [
      { organizations: [{ slug: "a", nas: [{ address: "10.0.0.1" }] }] },
      /^organizations\[0\]\.nas\[0\]\.shortname: is missing/,
    ],
    [
      { organizations: [{ slug: "a", nas: [{ address: "10.0.0.1", shortname: "x" }] }] },
      /^organizations\[0\]\.nas\[0\]\.secret: is missing/,
    ],
    [
      { organizations: [{ slug: "a", nas: [{ address: "lobby", shortname: "x", secret: "y" }] }] },
      /nas\[0\]\.address: expected an address/,
    ],
    [{
      organizations: [{ slug: "a", nas: [{ address: "::1", shortname: "x", secret: "y", type: "Toaster" }] }],
    }, /nas\[0\]\.type: there is no NAS type/],
    [{ organizations: [{ slug: "a", gates: [] }] }, /^organizations\[0\]\.gates: there is no such key/],
    [{ users: "ada" }, /^users: expected a list/],
    ["ada", /^expected an object/],
    [[], /^expected an object/],
    [{ organizations: [[]] }, /^organizations\[0\]: expected an object/],
    [{ organizations: [{ slug: "a", settings: [] }] }, /^organizations\[0\]\.settings: expected an object/],
  ];
  for (const [file, message] of wrong) {
    await rejects(async () => await apply(file), (fault) => {
      ok(fault instanceof Error);
      match(fault.message, message);
      return true;
    }, JSON.stringify(file));
  }
  deepEqual((await venue.rows("select count(*) as n from audit_log"))[0], before);
  await close();
});

Deno.test("two files applied at once are both applied, whatever they share", async () => {
  const { venue, context, close } = await identityVenue();
  const file = (who: string) =>
    parseSetup({
      organizations: [{
        slug: "shared",
        groups: [{ name: "guests", checks: [["Max-Daily-Session", ":=", who]] }],
      }],
      users: [{ username: "same", organizations: ["shared"], group: "guests" }, { username: `user-${who}` }],
    });
  await Promise.all(["1", "2", "3"].map((who) => applySetup(context(), file(who))));
  deepEqual(await venue.rows(`select username from "user" order by 1`), [
    { username: "same" },
    { username: "user-1" },
    { username: "user-2" },
    { username: "user-3" },
  ]);
  equal((await venue.rows("select 1 from radgroupcheck where groupname = 'shared-guests'")).length, 1);
  equal((await venue.rows("select 1 from radusergroup")).length, 1);
  await close();
});

Deno.test("a dry run tells the differences and writes nothing", async () => {
  const { venue, context, close } = await identityVenue();
  const { differences, organizations } = await applySetup(context(), parseSetup(SETUP), { dryRun: true });
  deepEqual(differences[0], { action: "create", type: "organization", name: "alpha" });
  deepEqual(differences[4], { action: "create", type: "nas", name: "10.0.0.0/24", organization: "alpha" });
  deepEqual(Object.keys(organizations), ["alpha", "beta"]);
  deepEqual(await venue.rows("select slug from organization"), [{ slug: "default" }]);
  await close();
});

Deno.test("every change is in the audit log, each thing once", async () => {
  const { venue, apply, close } = await identityVenue();
  await apply({ organizations: [{ slug: "alpha" }], users: [{ username: "ada", organizations: ["alpha"] }] });
  await apply({
    users: [{ username: "ada", organizations: ["alpha"], group: "power-users", active: false }],
  });
  deepEqual(await venue.rows("select actor, action, subject from audit_log order by id"), [
    { actor: "test", action: "organization.create", subject: "alpha" },
    { actor: "test", action: "group.create", subject: "alpha-users" },
    { actor: "test", action: "group.create", subject: "alpha-power-users" },
    { actor: "test", action: "user.create", subject: "ada" },
    { actor: "test", action: "membership.create", subject: "ada" },
    { actor: "test", action: "user.update", subject: "ada: active" },
    { actor: "test", action: "membership.update", subject: "ada: group" },
  ]);
  await close();
});

Deno.test("a member who was just applied logs in", async () => {
  const { venue, apply, close } = await identityVenue();
  await apply({ ...SETUP, users: [{ username: "ada", password: "Grüße", organizations: ["alpha"] }] });
  const [alpha] = await venue.rows("select id from organization where slug = 'alpha'");
  const response = await venue.fetch("/api/v1/freeradius/authorize/", {
    method: "POST",
    headers: { authorization: `Bearer ${alpha?.id} 0123456789abcdef`, "content-type": "application/json" },
    body: JSON.stringify({ username: "ada", password: "Grüße" }),
  });
  deepEqual(await response.json(), {
    "control:Auth-Type": "Accept",
    "Idle-Timeout": { op: "=", value: "500" },
    "Session-Timeout": 10800,
  });
  await close();
});

Deno.test("50 organizations, 500 groups and 5,000 users with hashed passwords take less than ten seconds", async () => {
  const { apply, close } = await identityVenue();
  const file = {
    organizations: Array.from({ length: 50 }, (_, org) => ({
      slug: `org${org}`,
      groups: Array.from({ length: 10 }, (_, group) => ({
        name: `group${group}`,
        checks: [["Max-Daily-Session", ":=", "10800"]],
        replies: [["Idle-Timeout", "=", "500"]],
      })),
    })),
    users: Array.from({ length: 5_000 }, (_, at) => ({
      username: `user${at}`,
      email: `user${at}@example.org`,
      phone: `+39366520${String(at).padStart(4, "0")}`,
      password_hash: HASH,
      organizations: [`org${at % 50}`],
      group: `group${at % 10}`,
      verified: true,
    })),
  };
  const begun = performance.now();
  equal((await apply(file)).length, 50 + 50 * 12 + 5_000 + 5_000);
  ok(performance.now() - begun < 10_000);
  deepEqual(await apply(file), []);
  await close();
});
