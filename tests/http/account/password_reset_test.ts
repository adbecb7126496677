import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { createApp } from "../../../src/app.ts";
import { linkIn, NEW, passwordVenue } from "./password_guest.ts";

const HOUR = 3_600_000;
const SENT = {
  detail: "If there is an account like this, we sent an e-mail with a link to choose a new password.",
};
const INVALID_TOKEN = { token: ["Invalid value"] };

Deno.test("a guest who forgot the password gets a link by mail, in her language, and logs in with the new one", async () => {
  const { venue, ada, post, confirm, login } = await passwordVenue();
  const asked = await post("password/reset/", { input: "+39 366 5243702" }, { language: "it,en-US" });
  equal(asked.status, 200);
  match(String(asked.json.detail), /^Se esiste un account/);
  await venue.deliver();
  const [mail] = venue.sent.mails;
  deepEqual([venue.sent.mails.length, mail?.to], [1, "ada@example.org"]);
  match(mail?.html ?? "", /<html lang="it"/);
  const { uid, token } = linkIn(mail?.text);
  equal(uid, ada.id.replaceAll("-", ""));
  match(token, /^[0-9a-z-]+$/);

  const set = await confirm({ uid, token }, { language: "de" });
  deepEqual([set.status, Object.keys(set.json)], [200, ["detail"]]);
  match(String(set.json.detail), /Passwort/);
  equal((await login(NEW)).status, 200);
  equal((await login("secret")).status, 400);
  deepEqual(venue.faults, []);
  await venue.close();
});

Deno.test("the answer is the same for everybody, and only members with password and address get a mail", async () => {
  const { venue, alpha, post } = await passwordVenue();
  const beta = await venue.addOrganization();
  const password = "secret";
  const here = { password, organizations: [alpha] };
  await venue.addUser({ username: "off", email: "off@example.org", isActive: false, ...here });
  await venue.addUser({ username: "far", email: "far@example.org", password, organizations: [beta] });
  await venue.addUser({ username: "saml", email: "saml@example.org", organizations: [alpha] });
  await venue.addUser({ username: "mute", ...here });
  await venue.addUser({ username: "root", email: "root@example.org", password });
  await venue.rows("update user set is_superuser = 1 where username = 'root'");
  const inputs = [
    "ada",
    "off",
    "far",
    "saml",
    "mute",
    "root",
    "nobody",
    "+393660000000",
    "x".repeat(70_000),
    "%_'\"",
  ];
  for (const input of inputs) {
    const { status, json } = await post("password/reset/", { input });
    deepEqual([status, json], [200, SENT], input.slice(0, 20));
  }
  await venue.deliver();
  deepEqual(venue.sent.mails.map(({ to }) => to), ["ada@example.org", "root@example.org"]);
  deepEqual(venue.faults, []);
  await venue.close();
});

Deno.test("a disabled organization sends nothing to its members, and answers the same", async () => {
  const { venue, post } = await passwordVenue();
  await venue.rows("update organization set is_active = 0");
  venue.db.cache.clear();
  deepEqual((await post("password/reset/", { input: "ada" })).json, SENT);
  await venue.deliver();
  equal(venue.sent.mails.length, 0);
  await venue.close();
});

Deno.test("an organization without settings resets passwords too, with the installation's address", async () => {
  const { venue, alpha, post } = await passwordVenue({ settings: { siteDomain: "wifi.example.org" } });
  await venue.rows("delete from organization_radius_settings where organization_id = ?", [alpha.id]);
  venue.db.cache.clear();
  deepEqual((await post("password/reset/", { input: "ada" })).json, SENT);
  await venue.deliver();
  match(
    venue.sent.mails[0]?.text ?? "",
    /https:\/\/wifi\.example\.org\/alpha\/password\/reset\/confirm\/[0-9a-f]{32}\/[0-9a-z-]+\n/,
  );
  deepEqual(venue.faults, []);
  await venue.close();
});

Deno.test("nothing that depends on who exists happens before the answer", async () => {
  const { venue, post } = await passwordVenue();
  await post("password/reset/", { input: "warm" });
  await venue.deliver();
  const statements: string[] = [];
  const { execute, batch } = venue.client;
  const note = (statement: unknown) => statements.push(JSON.stringify(statement));
  venue.client.execute = (
    ...given: unknown[]
  ) => (note(given[0]), Reflect.apply(execute, venue.client, given));
  venue.client.batch = (...given: unknown[]) => (note(given[0]), Reflect.apply(batch, venue.client, given));
  for (const input of ["ada", "nobody"]) {
    statements.length = 0;
    await post("password/reset/", { input });
    ok(
      statements.every((text) => !text.includes(input) && !text.includes('\\"user\\"')),
      statements.join("\n"),
    );
    await venue.deliver();
    ok(statements.some((text) => text.includes(input)));
  }
  await venue.close();
});

Deno.test("over 200 calls the time tells nobody whether an account exists", async () => {
  const { venue, alpha, post } = await passwordVenue({ settings: { throttleRates: { others: null } } });
  for (let at = 0; at < 100; at++) {
    await venue.addUser({ username: `known${at}`, email: `known${at}@example.org`, organizations: [alpha] });
  }
  await venue.rows("update user set password = 'scrypt$' || username");
  for (let at = 0; at < 20; at++) await post("password/reset/", { input: `warm${at}` });
  const times = { known: [] as number[], nobody: [] as number[] };
  for (let at = 0; at < 100; at++) {
    // In turns and by chance first or second, so that neither always follows the other's work.
    for (const kind of Math.random() < 0.5 ? ["known", "nobody"] as const : ["nobody", "known"] as const) {
      const began = performance.now();
      const { status } = await post("password/reset/", { input: `${kind}${at}` }, { from: `10.0.${at}.1` });
      times[kind].push(performance.now() - began);
      equal(status, 200);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
  const median = (list: number[]) => list.toSorted((a, b) => a - b)[list.length / 2] ?? NaN;
  const [known, nobody] = [median(times.known), median(times.nobody)];
  ok(
    Math.abs(known - nobody) < Math.max(0.5, 0.3 * nobody),
    `${known} ms for members, ${nobody} ms for nobody`,
  );
  await venue.deliver();
  equal(venue.sent.mails.length, 100);
  await venue.close();
});

Deno.test("a guest cannot be bombed with mails, from however many addresses, and the answer stays the same", async () => {
  const { venue, post } = await passwordVenue();
  const ask = (input: string, at: number) => post("password/reset/", { input }, { from: `10.0.0.${at}` });
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, at) => ask(["ada", "ADA@example.org", "+393665243702"][at % 3] ?? "", at)),
  );
  for (const { status, json } of answers) deepEqual([status, json], [200, SENT]);
  await venue.deliver();
  equal(venue.sent.mails.length, 5);
  for (let hour = 1; hour < 10; hour++) {
    venue.clock.pass(HOUR);
    for (let at = 0; at < 10; at++) await ask("ada", at);
  }
  await venue.deliver();
  equal(venue.sent.mails.length, 15);
  venue.clock.pass(24 * HOUR);
  await ask("ada", 1);
  await venue.deliver();
  equal(venue.sent.mails.length, 16);
  deepEqual(venue.faults, []);
  await venue.close();
});

Deno.test("one address cannot have mails sent to everybody, nor does asking for nobody take them from others", async () => {
  const { venue, alpha, post } = await passwordVenue({ settings: { throttleRates: { others: null } } });
  for (let at = 0; at < 210; at++) {
    await venue.addUser({ username: `g${at}`, email: `g${at}@example.org`, organizations: [alpha] });
  }
  await venue.rows("update user set password = 'scrypt$' || username");
  for (let at = 0; at < 210; at++) await post("password/reset/", { input: `nobody${at}` });
  for (let at = 0; at < 210; at++) equal((await post("password/reset/", { input: `g${at}` })).status, 200);
  await venue.deliver();
  equal(venue.sent.mails.length, 200);
  await post("password/reset/", { input: "g209" }, { from: "10.0.0.9" });
  await venue.deliver();
  equal(venue.sent.mails.length, 201);
  await venue.close();
});

Deno.test("a link sets one password, once, in either spelling of the uid, as form and as JSON", async () => {
  const { venue, ada, link, confirm, login } = await passwordVenue();
  const { uid, token } = await link();
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, at) => {
      const chosen = `battery-staple-${at}`;
      const fields = {
        uid: at % 2 ? ada.id.toUpperCase() : uid,
        token,
        new_password1: chosen,
        new_password2: chosen,
      };
      return confirm(fields, { json: at > 3 });
    }),
  );
  const won = answers.findIndex(({ status }) => status === 200);
  equal(answers.filter(({ status }) => status === 200).length, 1);
  for (const { status, json } of answers) if (status !== 200) deepEqual([status, json], [400, INVALID_TOKEN]);
  equal((await login(`battery-staple-${won}`)).status, 200);
  deepEqual((await confirm({ uid, token })).json, INVALID_TOKEN);
  deepEqual(venue.faults, []);
  await venue.close();
});

Deno.test("a link ends with a log-in, a change of password or address, its time, and its owner's account", async () => {
  const spoil = {
    "a log-in": ({ login }) => login("secret"),
    "a visit with the key": ({ post, key }) => post("token/validate/", { token: key }),
    "a change of password": ({ change }) => change({}),
    "a change of address": ({ venue }) => venue.rows("update user set email = 'ada@example.net'"),
    "a deactivation": ({ venue }) => venue.rows("update user set is_active = 0"),
    "three days": ({ venue }) => Promise.resolve(venue.clock.pass(72 * HOUR + 1000)),
  } satisfies Record<string, (guest: Awaited<ReturnType<typeof passwordVenue>>) => Promise<unknown>>;
  for (const [name, happens] of Object.entries(spoil)) {
    const guest = await passwordVenue();
    const { uid, token } = await guest.link();
    await happens(guest);
    guest.venue.db.cache.clear();
    const before = await guest.stored();
    deepEqual((await guest.confirm({ uid, token })).json, INVALID_TOKEN, name);
    equal((await guest.stored())?.password, before?.password, name);
    await guest.venue.close();
  }
});

Deno.test("a link is good for as long as the setting says", async () => {
  const { venue, link, confirm } = await passwordVenue({ settings: { passwordResetTimeout: 600 } });
  const first = await link();
  venue.clock.pass(601_000);
  deepEqual((await confirm(first)).json, INVALID_TOKEN);
  const second = await link();
  venue.clock.pass(599_000);
  equal((await confirm(second)).status, 200);
  await venue.close();
});

Deno.test("what is wrong with a link or a password is told under the name that the pages look at, and changes nothing", async () => {
  const { venue, link, confirm, post, stored } = await passwordVenue();
  const { uid, token } = await link();
  const before = await stored();
  const required = ["This field is required."];
  deepEqual((await post("password/reset/confirm/", {})).json, {
    uid: required,
    token: required,
    new_password1: required,
    new_password2: required,
  });
  const long = "x".repeat(129);
  const tooLong = ["Ensure this field has no more than 128 characters."];
  const refusals: [Record<string, string>, Record<string, unknown>][] = [
    [{ uid: "x", token }, { non_field_errors: ["“x” is not a valid UUID."] }],
    [{ uid: "0".repeat(32), token }, { uid: ["Invalid value"] }],
    [{ uid, token: "nonsense" }, INVALID_TOKEN],
    [{ uid, token: `${token.slice(0, -1)}${token.endsWith("0") ? "1" : "0"}` }, INVALID_TOKEN],
    [
      { uid, token: token.replace(/^[^-]+/, (seconds) => (parseInt(seconds, 36) + 1).toString(36)) },
      INVALID_TOKEN,
    ],
    [{ uid, token, new_password2: "another-1" }, { new_password2: ["The two passwords are not the same."] }],
    [{ uid, token, new_password1: "123", new_password2: "123" }, {
      new_password2: [
        "This password is too short. It must contain at least 8 characters.",
        "This password is entirely numeric.",
      ],
    }],
    [{ uid, token, new_password1: "ada@example.org", new_password2: "ada@example.org" }, {
      new_password2: ["The password is too similar to the email address."],
    }],
    [{ uid, token, new_password1: long, new_password2: long }, {
      new_password1: tooLong,
      new_password2: tooLong,
    }],
  ];
  for (const [fields, json] of refusals) {
    for (const options of [{}, { json: true }]) {
      deepEqual({ ...await confirm(fields, options), retryAfter: null }, {
        status: 400,
        json,
        retryAfter: null,
      });
    }
  }
  deepEqual(await stored(), before);
  equal((await confirm({ uid, token })).status, 200);
  await venue.close();
});

Deno.test("a link is worth nothing where its owner is no member, and stays good where she is", async () => {
  const { venue, link, confirm, stored } = await passwordVenue();
  const beta = await venue.addOrganization({ slug: "beta" });
  const fields = await link();
  const before = await stored();
  const refused = await confirm(fields, { organization: beta });
  deepEqual([refused.status, Object.keys(refused.json)], [400, ["non_field_errors"]]);
  equal((await stored())?.password, before?.password);
  equal((await confirm(fields)).status, 200);
  await venue.close();
});

Deno.test("a reset ends her RADIUS keys in all organizations, keeps the API key, and is dated by the organization's calendar", async () => {
  const { venue, alpha, ada, key, link, confirm, post, stored } = await passwordVenue({
    now: new Date("2026-11-22T23:30:00Z"),
  });
  const beta = await venue.addOrganization({ slug: "beta" });
  await venue.rows("update organization_radius_settings set time_zone = 'Europe/Rome'");
  await venue.rows(
    "insert into organization_user (id, user_id, organization_id, is_admin, created, modified) " +
      "select 'b', user_id, ?, 0, created, modified from organization_user",
    [beta.id],
  );
  venue.db.cache.clear();
  const fields = await link();
  const keys = [[alpha, await venue.token(ada, alpha)], [beta, await venue.token(ada, beta)]] as const;
  equal((await confirm(fields)).status, 200);
  equal((await stored())?.password_updated, "2026-11-23");
  for (const [organization, password] of keys) {
    const { text } = await venue.post("authorize", organization, { username: "ada", password });
    ok(!text.includes("Accept"), text);
  }
  const validated = await post("token/validate/", { token: key });
  equal(validated.status, 200);
  const password = validated.json.radius_user_token;
  match((await venue.post("authorize", alpha, { username: "ada", password })).text, /Accept/);
  await venue.close();
});

Deno.test("tokens cannot be guessed: after twenty wrong ones an account waits ten minutes, existing or not", async () => {
  const { venue, link, confirm } = await passwordVenue();
  const { uid, token } = await link();
  for (const tried of [uid, "1".repeat(32)]) {
    const answers = await Promise.all(
      Array.from(
        { length: 25 },
        () => confirm({ uid: tried, token: "sn8k2o-4f1d0c9b8a" }, { language: "it" }),
      ),
    );
    equal(answers.filter(({ status }) => status === 400).length, 20);
    const waiting = answers.filter(({ status }) => status === 429);
    equal(waiting.length, 5);
    ok(Number(waiting[0]?.retryAfter) > 0 && Number(waiting[0]?.retryAfter) <= 600);
    match(String(waiting[0]?.json.detail), /^Troppi tentativi/);
  }
  equal((await confirm({ uid, token })).status, 429);
  venue.clock.pass(600_000);
  equal((await confirm({ uid, token })).status, 200);
  await venue.close();
});

Deno.test("a guest may look for a good password longer than anybody may guess at tokens", async () => {
  const { venue, link, confirm } = await passwordVenue();
  const fields = await link();
  for (let time = 0; time < 25; time++) {
    equal((await confirm({ ...fields, new_password1: "weak", new_password2: "weak" })).status, 400);
  }
  equal((await confirm(fields)).status, 200);
  await venue.close();
});

Deno.test("when too many passwords are being hashed the guest is told at once, in her language, and the link stays good", async () => {
  const { venue, link, confirm, alpha } = await passwordVenue();
  const fields = await link();
  const hashNow = () => Promise.resolve({ kind: "overloaded", retryAfterSeconds: 3 } as const);
  const busy = createApp({ ...venue.deps, passwords: { ...venue.deps.passwords, hashNow } });
  const response = await busy.request(
    `/api/v1/radius/organization/${alpha.slug}/account/password/reset/confirm/`,
    {
      method: "POST",
      headers: { "accept-language": "fr" },
      body: new URLSearchParams({ ...fields, new_password1: NEW, new_password2: NEW }),
    },
    { from: "127.0.0.1" },
  );
  deepEqual([response.status, response.headers.get("retry-after")], [429, "3"]);
  const { detail } = await response.json();
  match(detail, /dans 3 secondes/);
  equal((await confirm(fields)).status, 200);
  await venue.close();
});

Deno.test("both endpoints answer with and without a slash, refuse other methods, and name a missing input", async () => {
  const { venue, post, alpha } = await passwordVenue();
  deepEqual((await post("password/reset", { input: "ada" })).json, SENT);
  deepEqual((await post("password/reset/", {})).json, { input: ["This field is required."] });
  deepEqual((await post("password/reset/", { input: " " })).json, {
    input: ["This field may not be blank."],
  });
  deepEqual((await post("password/reset/", { input: null }, { json: true, language: "es" })).status, 400);
  equal((await post("password/reset/", { input: "ada" }, { organization: { slug: "none" } })).status, 404);
  for (const path of ["password/reset/", "password/reset/confirm/"]) {
    const response = await venue.fetch(`/api/v1/radius/organization/${alpha.slug}/account/${path}`);
    deepEqual([response.status, response.headers.get("allow")], [405, "POST, OPTIONS"]);
    await response.body?.cancel();
  }
  await venue.close();
});

Deno.test("requests are counted under others, by address", async () => {
  const { venue, post, confirm } = await passwordVenue({ settings: { throttleRates: { others: "2/hour" } } });
  equal((await post("password/reset/", { input: "ada" })).status, 200);
  equal((await confirm({ uid: "x", token: "x" })).status, 400);
  equal((await post("password/reset/", { input: "ada" })).status, 429);
  equal((await post("password/reset/", { input: "ada" }, { from: "10.0.0.1" })).status, 200);
  await venue.close();
});

Deno.test("two members whom one identifier names both get a mail, each with a link of her own", async () => {
  const { venue, alpha, post, confirm } = await passwordVenue();
  await venue.addUser({
    username: "ada@example.org",
    email: "eve@example.org",
    password: "secret",
    organizations: [alpha],
  });
  await post("password/reset/", { input: "ada@example.org" });
  await venue.deliver();
  deepEqual(venue.sent.mails.map(({ to }) => to).sort(), ["ada@example.org", "eve@example.org"]);
  const links = venue.sent.mails.map(({ text }) => linkIn(text));
  notEqual(links[0]?.token, links[1]?.token);
  const [first, second] = links;
  deepEqual((await confirm({ uid: first?.uid, token: second?.token })).json, INVALID_TOKEN);
  for (const fields of links) equal((await confirm({ ...fields })).status, 200);
  await venue.close();
});
