import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createApp } from "../../../src/app.ts";
import { NEW, passwordVenue } from "./password_guest.ts";

const HOUR = 3_600_000;
const INVALID_TOKEN = { token: ["Invalid value"] };

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

Deno.test("a guest who tried wrong passwords until she had to wait logs in at once with a new one", async () => {
  const { venue, link, confirm, login } = await passwordVenue();
  const fields = await link();
  const verify = () => Promise.resolve({ kind: "wrong" } as const);
  const guessing = createApp({ ...venue.deps, passwords: { ...venue.deps.passwords, verify } });
  for (let time = 0; time < 21; time++) {
    const response = await guessing.request("/api/v1/radius/organization/alpha/account/token/", {
      method: "POST",
      body: new URLSearchParams({ username: "ada", password: "guess" }),
    }, { from: "127.0.0.1" });
    equal(response.status, time < 20 ? 400 : 429);
    await response.body?.cancel();
  }
  equal((await login("secret")).status, 429);
  equal((await confirm(fields)).status, 200);
  equal((await login(NEW)).status, 200);
  await venue.close();
});
