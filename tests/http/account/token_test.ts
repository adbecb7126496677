import { deepEqual, equal, match, ok } from "node:assert/strict";
import { message, say } from "../../../src/languages/say.ts";
import { memoryVenue, type MemoryVenueOptions } from "../../support/memory_venue.ts";
import { askAccount, logIn, signedIn, withCheapPasswords, withPasswords } from "./guest_client.ts";

const USER_KEYS = [
  "username",
  "email",
  "phone_number",
  "first_name",
  "last_name",
  "birth_date",
  "location",
  "is_active",
  "is_verified",
  "method",
  "password_expired",
  "radius_user_token",
];

Deno.test("whatever identifies a guest logs her in with a real password, in any kind of body", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization();
  await venue.addUser({
    username: "ada",
    email: "ada@example.org",
    phoneNumber: "+393665243702",
    password: " s p ",
    organizations: [alpha],
  });
  const form = new FormData();
  form.set("username", "+39 366.52 43-702");
  form.set("password", " s p ");
  const bodies = [
    { username: " ada ", password: " s p " },
    new URLSearchParams({ username: "ADA@example.ORG", password: " s p " }),
    form,
  ];
  for (const [at, body] of bodies.entries()) {
    const answer = await askAccount(venue, alpha, at ? "token/" : "token", body);
    equal(answer.status, 200, answer.text);
    deepEqual(Object.keys(answer.json), [...USER_KEYS, "key"]);
    deepEqual([answer.json.username, answer.json.phone_number], ["ada", "+393665243702"]);
    match(String(answer.json.key), /^[0-9a-f]{40}$/);
    const login = { username: "ada", password: answer.json.radius_user_token };
    match((await venue.post("authorize", alpha, login)).text, /Accept/);
  }
  equal((await logIn(venue, alpha, "ada", "s p")).status, 400);
  await venue.close();
});

Deno.test("a log-in answers the user as the database has her, and remembers when she came and what she reads", async () => {
  const { venue, alpha } = await hotspot();
  await venue.addUser({ username: "ada", organizations: [alpha] });
  await venue.rows(
    "update user set first_name = 'Ada', last_name = 'L', birth_date = '1815-12-10', location = 'London'",
  );
  const answer = await logIn(venue, alpha, "ada", "right", { "accept-language": "fr-CH,it" });
  const { key: _key, radius_user_token: _token, ...user } = answer.json;
  deepEqual(user, {
    username: "ada",
    email: null,
    phone_number: null,
    first_name: "Ada",
    last_name: "L",
    birth_date: "1815-12-10",
    location: "London",
    is_active: true,
    is_verified: null,
    method: null,
    password_expired: false,
  });
  deepEqual(await venue.rows("select last_login, language, password_based_token from user_state"), [
    { last_login: "2026-11-22 12:00:00.000000", language: "fr", password_based_token: 1 },
  ]);
  await venue.close();
});

Deno.test("what is missing or wrong is said at its field, in the guest's language", async () => {
  const { venue, alpha } = await hotspot();
  const required = ["This field is required."];
  deepEqual((await askAccount(venue, alpha, "token/", {})).json, { username: required, password: required });
  const italian = { "accept-language": "it,en-US" };
  const wrong = await logIn(venue, alpha, "nobody", "x", italian);
  deepEqual(wrong.json, { non_field_errors: [say("it", message("invalid_credentials"))] });
  equal((await askAccount(venue, alpha, "token/", { username: "a", password: ["right"] })).status, 400);
  equal((await askAccount(venue, alpha, "token/", { username: "a".repeat(255), password: "x" })).status, 400);
  equal((await askAccount(venue, { slug: "nowhere" }, "token/", { username: 1 })).status, 404);
  const get = await venue.fetch(`/api/v1/radius/organization/${alpha.slug}/account/token/`);
  deepEqual([get.status, get.headers.get("allow")], [405, "POST, OPTIONS"]);
  await get.body?.cancel();
  const options = await venue.fetch(`/api/v1/radius/organization/${alpha.slug}/account/token/`, {
    method: "OPTIONS",
  });
  deepEqual([options.status, options.headers.get("allow")], [200, "POST, OPTIONS"]);
  deepEqual([options.headers.get("content-type"), await options.text()], [null, ""]);
  await venue.close();
});

Deno.test("whoever is deactivated, or is still to be verified, is told who she is and gets in nowhere", async () => {
  const { venue, alpha } = await hotspot();
  const strict = await venue.addOrganization({ settings: { needsIdentityVerification: true } });
  await venue.addUser({ username: "off", organizations: [alpha], isActive: false });
  const off = await logIn(venue, alpha, "off");
  deepEqual([off.status, off.json.is_active, Object.keys(off.json)], [401, false, [...USER_KEYS, "key"]]);

  const cases = [["", true, 401], ["email", true, 401], ["mobile_phone", false, 401], [
    "mobile_phone",
    true,
    200,
  ]];
  for (const [method, verified, status] of cases) {
    const { username, id } = await venue.addUser({ organizations: [strict], verified: verified === true });
    await venue.rows("update registered_user set method = ? where user_id = ?", [String(method), id]);
    const answer = await logIn(venue, strict, username);
    deepEqual([answer.status, answer.json.method, answer.json.is_verified], [status, method, verified]);
    match(String(answer.json.key), /^[0-9a-f]{40}$/);
  }
  await venue.close();
});

Deno.test("an expired password logs in and says so", async () => {
  const { venue, alpha } = await hotspot({ settings: { userPasswordExpiration: 30 } });
  await venue.addUser({ username: "ada", organizations: [alpha], password: "right" });
  await venue.rows("update user set password_updated = '2026-10-01'");
  equal((await logIn(venue, alpha, "ada")).json.password_expired, true);
  await venue.close();
});

Deno.test("29, 44: logging in in a second organization joins it, and changes nothing in the first", async () => {
  const { venue, alpha } = await hotspot();
  const beta = await venue.addOrganization();
  const guests = await venue.addGroup(beta.id, { name: `${beta.slug}-users` });
  await venue.rows(`update radius_group set "default" = 1 where id = ?`, [guests]);
  venue.db.cache.clear();
  const ada = await venue.addUser({ username: "ada", organizations: [alpha], verified: true });
  const before = await signedIn(venue, alpha, "ada");
  const packet = { unique_id: "1", session_id: "1", nas_ip_address: "10.0.0.1", username: "ada" };
  await venue.post("accounting", alpha, { ...packet, status_type: "Start" });

  const joined = await logIn(venue, beta, "ada");
  deepEqual([joined.status, joined.json.method, joined.json.is_verified, joined.json.key], [
    200,
    "pending_verification",
    false,
    before.key,
  ]);
  const places = "select group_id from radusergroup where user_id = ?";
  deepEqual(await venue.rows(places, [ada.id]), [{ group_id: guests }]);
  const audit = await venue.rows("select actor, action, organization_id from audit_log");
  deepEqual(audit[0]?.actor, ada.id);

  const enter = async (organization: typeof alpha, password: unknown) =>
    (await venue.post("authorize", organization, { username: "ada", password })).text;
  match(await enter(alpha, before.radiusUserToken), /Accept/);
  equal(await enter(alpha, joined.json.radius_user_token), "");
  match(await enter(beta, joined.json.radius_user_token), /Accept/);
  deepEqual(await venue.rows("select acctstoptime from radacct"), [{ acctstoptime: null }]);
  equal((await logIn(venue, alpha, "ada")).json.method, "manual");
  await venue.close();
});

Deno.test("29: the log-in of a first tab stays good when a second tab logs in", async () => {
  const { venue, alpha } = await hotspot();
  await venue.addUser({ username: "ada", organizations: [alpha] });
  const first = await signedIn(venue, alpha, "ada");
  const second = await signedIn(venue, alpha, "ada");
  for (const { radiusUserToken } of [second, first]) {
    const login = { username: "ada", password: radiusUserToken };
    match((await venue.post("authorize", alpha, login)).text, /Accept/);
  }
  await venue.close();
});

Deno.test("where nobody may join, a guest of elsewhere is told, and nothing is stored", async () => {
  const { venue, alpha } = await hotspot();
  const shut = await venue.addOrganization({ slug: "shut", settings: { registrationEnabled: false } });
  const bare = await venue.addOrganization({ slug: "bare" });
  const closed = await venue.addOrganization({ slug: "closed", isActive: false });
  await venue.rows("delete from organization_radius_settings where organization_id = ?", [bare.id]);
  venue.db.cache.clear();
  await venue.addUser({ username: "ada", organizations: [alpha, closed] });
  await venue.addUser({ username: "off", organizations: [alpha], isActive: false });

  const refused = await logIn(venue, shut, "ada", "right", { "accept-language": "de" });
  deepEqual([refused.status, refused.json], [403, {
    detail: say("de", message("registration_disabled", { organization: "shut" })),
  }]);
  equal((await logIn(venue, shut, "ada", "wrong")).status, 400);
  const unfinished = await logIn(venue, bare, "ada");
  deepEqual([unfinished.status, Object.keys(unfinished.json)], [500, ["detail"]]);
  equal((await logIn(venue, closed, "ada")).status, 403);
  const off = await logIn(venue, alpha, "off");
  deepEqual([off.status, (await logIn(venue, shut, "off")).status], [401, 403]);

  const elsewhere = "select count(*) as n from organization_user where organization_id in (?, ?)";
  deepEqual(await venue.rows(elsewhere, [shut.id, bare.id]), [{ n: 0 }]);
  deepEqual(
    await venue.rows("select count(*) as n from radiustoken where organization_id <> ?", [alpha.id]),
    [
      { n: 0 },
    ],
  );
  deepEqual(venue.faults, []);
  await venue.close();
});

Deno.test("a deactivated guest of elsewhere joins nothing", async () => {
  const { venue, alpha } = await hotspot();
  const beta = await venue.addOrganization();
  await venue.addUser({ username: "off", organizations: [alpha], isActive: false });
  const { status, json } = await logIn(venue, beta, "off");
  deepEqual([status, json.is_active, json.radius_user_token], [401, false, null]);
  deepEqual(await venue.rows("select count(*) as n from organization_user"), [{ n: 1 }]);
  await venue.close();
});

Deno.test("a superuser logs in everywhere, and joins nothing", async () => {
  const { venue } = await hotspot();
  const shut = await venue.addOrganization({ isActive: false, settings: { registrationEnabled: false } });
  const root = await venue.addUser({ username: "root" });
  await venue.rows("update user set is_superuser = 1 where id = ?", [root.id]);
  equal((await logIn(venue, shut, "root")).status, 200);
  deepEqual(await venue.rows("select count(*) as n from organization_user"), [{ n: 0 }]);
  await venue.close();
});

Deno.test("48: parallel log-ins all get 200 and one key, and make one member", async () => {
  const { venue, alpha } = await hotspot();
  const beta = await venue.addOrganization();
  const ada = await venue.addUser({ username: "ada", organizations: [alpha] });
  const logins = [alpha, beta, beta, alpha, beta, beta, beta, alpha].map((organization) =>
    logIn(venue, organization, "ada")
  );
  const answers = await Promise.all(logins);
  deepEqual(answers.map(({ status }) => status), answers.map(() => 200));
  equal(new Set(answers.map(({ json }) => json.key)).size, 1);
  const members = "select count(*) as n from organization_user where user_id = ?";
  deepEqual(await venue.rows(members, [ada.id]), [{ n: 2 }]);
  deepEqual(await venue.rows("select method from registered_user"), [{ method: "pending_verification" }]);
  deepEqual(venue.faults, []);
  await venue.close();
});

Deno.test("53: with tokens that are not disposable the key in the answer is one that works, in each organization", async () => {
  const { venue, alpha } = await hotspot({ settings: { disposableRadiusUserToken: false } });
  const beta = await venue.addOrganization();
  await venue.addUser({ username: "ada", organizations: [alpha, beta] });
  const tokens = new Set<string>();
  for (const organization of [alpha, beta, alpha, beta]) {
    const { radiusUserToken } = await signedIn(venue, organization, "ada");
    tokens.add(radiusUserToken);
    for (let time = 0; time < 2; time++) {
      const login = { username: "ada", password: radiusUserToken };
      match((await venue.post("authorize", organization, login)).text, /Accept/);
    }
  }
  equal(tokens.size, 2);
  await venue.close();
});

Deno.test("9: passwords cannot be guessed without end: twenty to an account, existing or not, then both wait", async () => {
  const { venue, alpha } = await hotspot();
  await venue.addUser({ username: "ada", email: "ada@example.org", organizations: [alpha] });
  await venue.addUser({ username: "bob", organizations: [alpha] });
  for (const names of [["ada", "ADA@example.org"], ["eve@example.org", "EVE@example.org"]]) {
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, at) => logIn(venue, alpha, names[at % 2] ?? "", `x${at}`)),
    );
    equal(answers.filter(({ status }) => status === 400).length, 20);
    const [waiting] = answers.filter(({ status }) => status === 429);
    equal(waiting?.json.detail, "Too many attempts. Try again in 10 minutes.");
    equal(waiting?.headers.get("retry-after"), "600");
  }
  for (let time = 0; time < 24; time++) equal((await logIn(venue, alpha, "bob")).status, 200);
  equal((await logIn(venue, alpha, "ada")).status, 429);
  venue.clock.pass(600_000);
  equal((await logIn(venue, alpha, "ada")).status, 200);
  await venue.close();
});

Deno.test("9: the scope of the log-in is enforced, by address", async () => {
  const { venue, alpha } = await hotspot({ settings: { throttleRates: { obtain_auth_token: "2/hour" } } });
  const statuses: number[] = [];
  for (let time = 0; time < 3; time++) statuses.push((await logIn(venue, alpha, "nobody")).status);
  deepEqual(statuses, [400, 400, 429]);
  await venue.close();
});

Deno.test("55: when more passwords wait than can be checked in time a guest is told at once, and it is no failed attempt", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization();
  await venue.addUser({ username: "ada", organizations: [alpha] });
  const waits: (number | undefined)[] = [];
  const busy = withPasswords(venue, {
    verify(_candidate, _password, _nowMs, longestWaitMs) {
      waits.push(longestWaitMs);
      return Promise.resolve({ kind: "overloaded", retryAfterSeconds: 3 });
    },
  });
  for (let time = 0; time < 24; time++) {
    const answer = await logIn(busy, alpha, "ada", "right", { "accept-language": "de" });
    deepEqual([answer.status, answer.headers.get("retry-after")], [429, "3"]);
    match(String(answer.json.detail), /in 3 Sekunden/);
  }
  // The pages give up after 2 s; a hash that begins this late still ends before.
  ok(waits.every((wait) => wait !== undefined && wait <= 1_500));
  await venue.close();
});

Deno.test("a log-in whose client has left is not undone", async () => {
  const { venue, alpha } = await hotspot();
  const beta = await venue.addOrganization();
  await venue.addUser({ username: "ada", organizations: [alpha] });
  const gone = new AbortController();
  const answer = venue.fetch(`/api/v1/radius/organization/${beta.slug}/account/token/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: "ada", password: "right" }),
    signal: gone.signal,
  });
  gone.abort();
  await answer.then((response) => response.body?.cancel(), () => {});
  const answered = await logIn(venue, beta, "ada");
  deepEqual([answered.status, answered.json.method], [200, "pending_verification"]);
  deepEqual(venue.faults, []);
  await venue.close();
});

async function hotspot(options: MemoryVenueOptions = {}) {
  const venue = await memoryVenue(options);
  return { venue: { ...venue, ...withCheapPasswords(venue) }, alpha: await venue.addOrganization() };
}
