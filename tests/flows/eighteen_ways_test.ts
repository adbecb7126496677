import { deepEqual, equal, match, notEqual, ok, rejects } from "node:assert/strict";
import { BlankPage } from "../support/login_pages/blank_page.ts";
import { type Device, type Lobby, lobby } from "../support/login_pages/lobby.ts";
import { fieldsOf, TIME_LIMIT } from "../support/login_pages/proxy.ts";

/**
 * Eighteen answers each of which alone makes the OpenWISP login pages fail their guest. Each is looked for here; where
 * an answer can be spoiled on its way, that is done too, so that it is known that the pages of these tests would notice.
 */
const PASSWORD = "correct-horse-7";
const SMS = { sms_verification: true, sms_sender: "Portico", needs_identity_verification: true };
const [OLD, FRESH] = ["+393661234567", "+393667654321"];

/** A hotel without verification, one that verifies numbers, and a member of both. */
async function hotels(): Promise<Lobby> {
  const made = await lobby({ hotel: {}, strict: { settings: SMS } });
  await made.users({
    username: "ada",
    email: "ada@example.org",
    phone: OLD,
    method: "mobile_phone",
    verified: false,
  });
  return made;
}

async function logIn({ proxy }: Device, password = "secret") {
  const { status, body } = await proxy.logIn({ username: "ada", password });
  return { status, ...fieldsOf(body) } as { status: number; key: string; radius_user_token: string };
}

/** A device whose answers from one path are what `change` makes of them. */
function spoiled({ device }: Lobby, ending: string, change: (body: unknown) => unknown): Device {
  return device("hotel", {
    async tamper(path, answer) {
      if (!path.split("?")[0]?.endsWith(ending) || !answer.ok) return answer;
      const body = JSON.stringify(change(await answer.json()));
      return new Response(body, { status: answer.status, headers: { "content-type": "application/json" } });
    },
  });
}

const without = (...names: string[]) => (body: unknown): unknown =>
  Array.isArray(body)
    ? body.map(without(...names))
    : Object.fromEntries(Object.entries(fieldsOf(body)).filter(([name]) => !names.includes(name)));

Deno.test("1: no token has a dot in it", async () => {
  const place = await hotels();
  const device = place.device("hotel");
  for (let guest = 0; guest < 5; guest++) {
    const username = `guest${guest}@example.org`;
    const { status, body } = await device.proxy.signUp({
      username,
      email: username,
      password1: PASSWORD,
      password2: PASSWORD,
    });
    equal(status, 201);
    match(String(fieldsOf(body).key), /^[0-9a-f]{40}$/);
    match(String(fieldsOf(body).radius_user_token), /^[A-Za-z0-9]{40}$/);
  }
  const { browser } = spoiled(place, "/account/", (body) => ({ ...fieldsOf(body), key: "a.b" }));
  await browser.signUp({ email: "dotted@example.org", password: PASSWORD });
  equal(browser.page, "login");
  await place.close();
});

Deno.test("2: a log-in names user and key", async () => {
  const place = await hotels();
  const { status, body } = await place.device("hotel").proxy.logIn({ username: "ada", password: "secret" });
  equal(status, 200);
  equal(fieldsOf(body).username, "ada");
  equal(typeof fieldsOf(body).key, "string");
  for (const name of ["username", "key"]) {
    const { proxy } = spoiled(place, "/token/", without(name));
    equal((await proxy.logIn({ username: "ada", password: "secret" })).status, 500);
  }
  await place.close();
});

Deno.test("3: an unverified log-in is 401 with the user, and leads to verification", async () => {
  const place = await hotels();
  const { browser, proxy } = place.device("strict");
  const { status, body } = await proxy.logIn({ username: "ada", password: "secret" });
  const { is_active, is_verified, method, key, username } = fieldsOf(body);
  deepEqual({ status, is_active, is_verified, method, username }, {
    status: 401,
    is_active: true,
    is_verified: false,
    method: "mobile_phone",
    username: "ada",
  });
  match(String(key), /^[0-9a-f]{40}$/);
  await browser.logIn("ada", "secret");
  equal(browser.page, "mobile-phone-verification");
  await place.close();
});

Deno.test("4: every answer that has a RADIUS token has one that is a text and works", async () => {
  const place = await hotels();
  const { proxy, portal } = place.device("hotel");
  const login = await logIn(place.device("hotel"));
  ok(await portal.logIn("ada", login.radius_user_token));
  const { radius_user_token } = fieldsOf((await proxy.validate(login.key)).body);
  ok(
    await place.device("hotel", { mac: "02:00:00:00:00:02" }).portal.logIn("ada", String(radius_user_token)),
  );
  const { browser } = spoiled(place, "/token/", (body) => ({ ...fieldsOf(body), radius_user_token: null }));
  await browser.logIn("ada", "secret");
  deepEqual([browser.page, browser.online], ["status", false]);
  await place.close();
});

Deno.test("5: validation names the token and says the one word", async () => {
  const place = await hotels();
  const device = place.device("hotel");
  const { key } = await logIn(device);
  const { status, body } = await device.proxy.validate(key);
  const { auth_token, response_code } = fieldsOf(body);
  deepEqual([status, auth_token, response_code], [200, key, "AUTH_TOKEN_VALIDATION_SUCCESSFUL"]);
  for (const name of ["auth_token", "response_code"]) {
    const { browser } = spoiled(place, "/validate/", without(name));
    await browser.logIn("ada", "secret");
    equal(browser.page, "status");
    await browser.reload();
    equal(browser.page, "login", name);
  }
  await place.close();
});

Deno.test("6: a token survives a change of password, a second log-in, validation and verification", async () => {
  const place = await hotels();
  const strict = place.device("strict");
  const { key } = await logIn(strict);
  const { status } = await strict.proxy.changePassword(key, {
    current_password: "secret",
    new_password: PASSWORD,
    confirm_password: PASSWORD,
  });
  equal(status, 200);
  equal((await logIn(strict, PASSWORD)).key, key);
  equal((await strict.proxy.validate(key)).status, 200);
  equal((await strict.proxy.requestCode(key, "")).status, 201);
  equal((await strict.proxy.verifyCode(key, (await place.codes(OLD))[0] ?? "")).status, 200);
  const { auth_token, is_verified } = fieldsOf((await strict.proxy.validate(key)).body);
  deepEqual([auth_token, is_verified], [key, true]);
  equal((await strict.proxy.sessions(key, {})).status, 200);
  await place.close();
});

for (
  const [number, names] of [[7, ["stop_time"]], [8, ["input_octets"]], [8, ["output_octets"]]] as const
) {
  Deno.test(`${number}: a session has its ${names[0]}, also while it is open`, async () => {
    const place = await hotels();
    const { browser, portal } = place.device("hotel");
    await browser.logIn("ada", "secret");
    await portal.logOut(portal.openSession() ?? "");
    await browser.reload();
    equal(browser.status?.open.length, 1);
    equal(browser.status?.open[0]?.stop, null);
    equal(browser.status?.closed.length, 1);
    for (const row of [...browser.status?.open ?? [], ...browser.status?.closed ?? []]) {
      ok(Number.isSafeInteger(row.download) && Number.isSafeInteger(row.upload));
    }
    await rejects(spoiled(place, "/session/", without(...names)).browser.logIn("ada", "secret"), BlankPage);
    await place.close();
  });
}

Deno.test("9: sessions are a bare list", async () => {
  const place = await hotels();
  const { proxy, browser } = place.device("hotel");
  await browser.logIn("ada", "secret");
  const { body } = await proxy.sessions((await logIn(place.device("hotel"))).key, { is_open: "true" });
  ok(Array.isArray(body));
  equal(body.length, 1);
  const wrapped = spoiled(place, "/session/", (results) => ({ results }));
  await wrapped.browser.logIn("ada", "secret");
  deepEqual(wrapped.browser.status?.open, []);
  await place.close();
});

Deno.test("10: usage is a number, whatever the quota says", async () => {
  const checks = ["many", "0", "", "1e3", "-5", "99999999999999999999999999"].map((value, index) =>
    [`Max-${["Daily", "Monthly"][index % 2]}-Session-Traffic`, value] as const
  );
  for (const [attribute, value] of checks) {
    if (value === "") continue;
    const place = await lobby({
      hotel: { groups: [{ name: "g", default: true, checks: [[attribute, ":=", value]] }] },
    });
    await place.users({ username: "ada" });
    const device = place.device("hotel");
    const { body } = await device.proxy.usage((await logIn(device)).key);
    for (const check of fieldsOf(body).checks as Record<string, unknown>[]) {
      ok(Number.isSafeInteger(check.result), JSON.stringify(check));
      equal(typeof check.value, "string");
    }
    await device.browser.logIn("ada", "secret");
    equal(device.browser.page, "status");
    await place.close();
  }
  const place = await hotels();
  const nothing = spoiled(place, "/usage/", (body) => ({
    checks: (fieldsOf(body).checks as object[]).map((check) => ({ ...check, result: null })),
  }));
  await rejects(nothing.browser.logIn("ada", "secret"), BlankPage);
  await place.close();
});

Deno.test("11: asking for a code and entering it are answered by an object or nothing, never by null", async () => {
  const place = await hotels();
  const { proxy } = place.device("strict");
  const { key } = await logIn(place.device("strict"));
  for (let time = 0; time < 2; time++) {
    const { status, body } = await proxy.requestCode(key, OLD);
    equal(status, time ? 400 : 201);
    equal(typeof fieldsOf(body).cooldown, "number");
  }
  const wrong = await proxy.verifyCode(key, "000000");
  ok([200, 400].includes(wrong.status));
  const right = await proxy.verifyCode(key, (await place.codes(OLD))[0] ?? "");
  deepEqual([right.status, right.body], [200, undefined]);
  await place.close();
});

Deno.test("12: a change of password has a message, a reset a detail", async () => {
  const place = await hotels();
  const { proxy } = place.device("hotel");
  const { key } = await logIn(place.device("hotel"));
  const fields = { current_password: "secret", new_password: PASSWORD, confirm_password: PASSWORD };
  const changed = fieldsOf((await proxy.changePassword(key, fields)).body);
  ok(typeof changed.message === "string" && changed.message);
  const asked = fieldsOf((await proxy.resetPassword("ada@example.org")).body);
  ok(typeof asked.detail === "string" && asked.detail);
  const [link] = await place.resetLinks("ada@example.org");
  ok(link);
  const confirmed = await proxy.confirmReset({
    ...link,
    new_password1: "battery-9-staple",
    new_password2: "battery-9-staple",
  });
  const { detail } = fieldsOf(confirmed.body);
  ok(confirmed.status === 200 && typeof detail === "string" && detail, JSON.stringify(confirmed));
  await place.close();
});

Deno.test("13: what was accounted shows in the very next list", async () => {
  const place = await hotels();
  const { browser, portal } = place.device("hotel");
  for (let round = 0; round < 5; round++) {
    await browser.logIn("ada", "secret");
    deepEqual(browser.status?.open.map(({ id }) => id), [portal.openSession()]);
    await browser.logOut();
    equal(portal.openSession(), undefined);
  }
  await place.close();
});

Deno.test("14: twenty guests who log in at once, and two hashes in one request, are answered in the time the pages wait", async () => {
  const place = await hotels();
  const names = Array.from({ length: 20 }, (_, index) => `guest${index}`);
  await place.users(...names.map((username) => ({ username, email: `${username}@example.org` })));
  const before = performance.now();
  const answers = await Promise.all(
    names.map((username) => place.device("hotel").proxy.logIn({ username, password: "secret" })),
  );
  deepEqual(answers.map(({ status }) => status), names.map(() => 200));
  ok(performance.now() - before < TIME_LIMIT);
  const { proxy } = place.device("hotel");
  const { key } = await logIn(place.device("hotel"));
  const fields = { current_password: "secret", new_password: PASSWORD, confirm_password: PASSWORD };
  equal((await proxy.changePassword(key, fields)).status, 200);
  await place.close();
});

Deno.test("15: hundreds of guests behind the pages' one address are served, each poll and log-in of theirs", async () => {
  const place = await hotels();
  const { proxy } = place.device("hotel");
  const names = Array.from({ length: 30 }, (_, index) => `guest${index}`);
  await place.users(...names.map((username) => ({ username })));
  // 400 requests an hour are one *user's* budget of what has a limit at all.
  const answers = await Promise.all(names.map(async (username) => {
    const { status, body } = await proxy.logIn({ username, password: "secret" });
    const key = String(fieldsOf(body).key);
    const statuses = [status];
    for (let poll = 0; poll < 8; poll++) {
      statuses.push((await proxy.sessions(key, { is_open: "true" })).status, (await proxy.usage(key)).status);
      statuses.push((await proxy.validate(key)).status);
    }
    return statuses;
  }));
  deepEqual(new Set(answers.flat()), new Set([200]));
  await place.close();
});

Deno.test("16: a refused sign-up says why where the pages look", async () => {
  const place = await hotels();
  await place.users({ username: "bob@example.org", email: "bob@example.org" });
  const { browser } = place.device("hotel");
  await browser.signUp({ email: "BOB@example.org", password: PASSWORD });
  ok(browser.fieldErrors.email);
  await browser.signUp({ email: "nonsense", password: PASSWORD });
  ok(browser.fieldErrors.email);
  const strict = place.device("strict");
  await strict.browser.signUp({ email: "new@example.org", password: PASSWORD, phoneNumber: OLD });
  ok(strict.browser.fieldErrors.phone_number);
  await strict.browser.signUp({ email: "new@example.org", password: PASSWORD, phoneNumber: "+39061234567" });
  ok(strict.browser.fieldErrors.phone_number);
  await place.close();
});

Deno.test("17: the second code of a pending change goes to the new number too", async () => {
  const place = await hotels();
  const strict = place.device("strict");
  await place.users({ username: "ada", verified: true });
  const { key } = await logIn(strict);
  equal((await strict.proxy.changeNumber(key, FRESH)).status, 200);
  place.venue.clock.pass(31_000);
  equal((await strict.proxy.requestCode(key, OLD)).status, 201);
  const codes = await place.codes(FRESH);
  equal(codes.length, 2);
  deepEqual(await place.codes(OLD), []);
  equal((await strict.proxy.verifyCode(key, codes[1] ?? "")).status, 200);
  equal(fieldsOf((await strict.proxy.validate(key)).body).phone_number, FRESH);
  await place.close();
});

Deno.test("18: accounting under the number is the guest's: sessions, quota and log-out at the portal", async () => {
  const place = await hotels();
  const { browser, portal } = place.device("strict");
  await browser.logIn("ada", "secret");
  await browser.enterCode((await place.codes(OLD))[0] ?? "");
  deepEqual([browser.page, browser.online], ["status", true]);
  equal(browser.status?.open[0]?.id, portal.openSession());
  place.venue.clock.pass(120_000);
  await portal.report({ seconds: 120, octets: 7_000_000 });
  await browser.poll();
  deepEqual(browser.status?.usage?.map(({ used }) => used), ["00:02:00", "7 MB"]);
  notEqual(portal.openSession(), undefined);
  await browser.logOut();
  equal(portal.openSession(), undefined);
  await place.close();
});
