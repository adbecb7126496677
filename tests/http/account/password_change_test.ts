import { deepEqual, equal, match, ok } from "node:assert/strict";
import { issueApiToken } from "../../../src/aaa/account/api_token.ts";
import { createApp } from "../../../src/app.ts";
import { serveHttp, socketAddress } from "../../../src/runtime/http_server.ts";
import { NEW, passwordVenue } from "./password_guest.ts";

const WRONG = { current_password: ["The current password is not right."] };
const CHANGED = { status: "Success", message: "Your password was changed." };

Deno.test("a member changes her password with the present one, the key stays good, and the answer has a message", async () => {
  const { venue, key, change, login, post } = await passwordVenue();
  const answer = await change({}, { language: "it,en-US" });
  deepEqual([answer.status, Object.keys(answer.json)], [200, ["status", "message"]]);
  equal(answer.json.message, "La tua password è stata cambiata.");
  equal((await login("secret")).status, 400);
  const again = await login(NEW);
  deepEqual([again.status, again.json.key], [200, key]);
  equal((await post("token/validate/", { token: key })).status, 200);
  deepEqual(venue.faults, []);
  await venue.close();
});

Deno.test("everybody proves the present password: members, managers, superusers", async () => {
  const { venue, change } = await passwordVenue();
  const roles = {
    member: "select 1",
    manager: "update organization_user set is_admin = 1",
    staff: "update user set is_staff = 1",
    superuser: "update user set is_superuser = 1",
    "superuser elsewhere": "delete from organization_user",
  };
  for (const [role, sql] of Object.entries(roles)) {
    await venue.rows(sql);
    venue.db.cache.clear();
    deepEqual((await change({ current_password: "wrong" })).json, WRONG, role);
  }
  for (const current_password of ["", null, undefined, "secret "]) {
    const { status, json } = await change({ current_password });
    deepEqual([status, Object.keys(json)], [400, ["current_password"]], String(current_password));
  }
  deepEqual((await change({})).json, CHANGED);
  await venue.close();
});

Deno.test("a weak, similar or unchanged password is refused where the pages show it, and nothing changes", async () => {
  const { venue, change, stored } = await passwordVenue();
  await venue.rows("update user set first_name = 'Augusta', last_name = 'Lovelace'");
  const before = await stored();
  const refusals = {
    "1234": /too short/,
    "12345678901": /numeric/,
    password1: /common/,
    "lovelace!": /last name/,
    "augusta1": /first name/,
    "+393665243702": /telephone number/,
    secret: /same as the current/,
  };
  for (const [password, reason] of Object.entries(refusals)) {
    const { status, json } = await change({ new_password: password, confirm_password: password });
    deepEqual([status, Object.keys(json)], [400, ["new_password", "non_field_errors"]], password);
    deepEqual(json.new_password, json.non_field_errors);
    match(JSON.stringify(json.new_password), reason);
  }
  deepEqual((await change({ confirm_password: "another-one-1" })).json, {
    confirm_password: ["The two passwords are not the same."],
  });
  const long = "x".repeat(129);
  deepEqual(Object.keys((await change({ new_password: long, confirm_password: long })).json), [
    "new_password",
    "confirm_password",
  ]);
  deepEqual(await stored(), before);
  await venue.close();
});

Deno.test("no key is 401, no member is 400, a deactivated user is 401, another method is 405", async () => {
  const { venue, change, alpha, ada, key } = await passwordVenue();
  const beta = await venue.addOrganization({ slug: "beta" });
  for (const wrong of [null, "x", "0".repeat(40)]) equal((await change({}, { key: wrong })).status, 401);
  const stranger = await change({}, { organization: beta });
  deepEqual([stranger.status, Object.keys(stranger.json)], [400, ["non_field_errors"]]);
  equal((await change({}, { organization: { slug: "none" } })).status, 404);
  const get = await venue.fetch(`/api/v1/radius/organization/${alpha.slug}/account/password/change/`, {
    headers: { authorization: `Bearer ${key}` },
  });
  equal(get.status, 405);
  await get.body?.cancel();
  await venue.rows("update user set is_active = 0 where id = ?", [ada.id]);
  equal((await change({})).status, 401);
  await venue.close();
});

Deno.test("an account that logs in without a password is told so, and gets none", async () => {
  const { venue, change, stored } = await passwordVenue();
  await venue.rows("update user set password = '!saml'");
  const { status, json } = await change({ current_password: "!saml" });
  deepEqual([status, Object.keys(json)], [400, ["non_field_errors"]]);
  equal((await stored())?.password, "!saml");
  await venue.close();
});

Deno.test("a change ends the keys that the old password opened, in all organizations, also of tokens that are kept", async () => {
  for (const disposableRadiusUserToken of [true, false]) {
    const { venue, alpha, ada, change, key, post } = await passwordVenue({
      settings: { disposableRadiusUserToken },
    });
    const beta = await venue.addOrganization({ slug: "beta" });
    await venue.rows(
      "insert into organization_user (id, user_id, organization_id, is_admin, created, modified) " +
        "select 'b', user_id, ?, 0, created, modified from organization_user",
      [beta.id],
    );
    venue.db.cache.clear();
    const login = async (organization: typeof alpha, password: unknown) =>
      (await venue.post("authorize", organization, { username: "ada", password })).text.includes("Accept");
    const keys = [[alpha, await venue.token(ada, alpha)], [beta, await venue.token(ada, beta)]] as const;
    equal((await change({})).status, 200);
    for (const [organization, password] of keys) equal(await login(organization, password), false);
    const { json } = await post("token/validate/", { token: key });
    equal(await login(alpha, json.radius_user_token), true);
    await venue.close();
  }
});

Deno.test("with an expired password a guest logs in, must change it, and is let into the network by the next validation", async () => {
  const { venue, alpha, login, change, post, key, stored } = await passwordVenue({
    now: new Date("2026-11-22T23:30:00Z"),
    settings: { userPasswordExpiration: 30 },
  });
  await venue.rows("update organization_radius_settings set time_zone = 'Europe/Rome'");
  await venue.rows("update user set password_updated = '2026-10-01'");
  venue.db.cache.clear();
  const network = async (password: unknown) =>
    (await venue.post("authorize", alpha, { username: "ada", password })).text.includes("Accept");
  const signedIn = await login("secret");
  deepEqual([signedIn.status, signedIn.json.password_expired], [200, true]);
  equal(await network(signedIn.json.radius_user_token), false);
  deepEqual((await change({})).json, CHANGED);
  equal((await stored())?.password_updated, "2026-11-23");
  const validated = await post("token/validate/", { token: key });
  deepEqual([validated.status, validated.json.password_expired], [200, false]);
  equal(await network(signedIn.json.radius_user_token), false);
  equal(await network(validated.json.radius_user_token), true);
  await venue.close();
});

Deno.test("of parallel changes one is stored whole, and the others learn that the present password is another one", async () => {
  const { venue, change, login } = await passwordVenue();
  const answers = await Promise.all(
    Array.from(
      { length: 6 },
      (_, at) => change({ new_password: `battery-staple-${at}`, confirm_password: `battery-staple-${at}` }),
    ),
  );
  equal(answers.filter(({ status }) => status === 200).length, 1);
  const won = answers.findIndex(({ status }) => status === 200);
  for (const { status, json } of answers) if (status !== 200) deepEqual([status, json], [400, WRONG]);
  equal((await login(`battery-staple-${won}`)).status, 200);
  deepEqual(venue.faults, []);
  await venue.close();
});

Deno.test("a change is not lost to a log-in that stores an imported password anew at the same moment", async () => {
  const { venue, login, change } = await passwordVenue();
  const imported = "pbkdf2_sha256$1000$seasalt$+hs9qSCcGyNSGDNojIEbomuX9WI/mzTF5yfwAXqyKOo=";
  await venue.rows("update user set password = ?", [imported]);
  venue.db.cache.clear();
  const [first, second] = await Promise.all([login("secret"), change({})]);
  deepEqual([first.status, second.status], [200, 200]);
  await venue.deliver();
  equal((await login(NEW)).status, 200);
  await venue.close();
});

Deno.test("the present password cannot be guessed with a stolen key: after twenty wrong ones the account waits", async () => {
  const { venue, change, login } = await passwordVenue();
  const verify = () => Promise.resolve({ kind: "wrong" } as const);
  const guessing = createApp({ ...venue.deps, passwords: { ...venue.deps.passwords, exchange: verify } });
  const key = await issueApiToken(
    venue.db,
    venue.deps,
    String((await venue.rows("select id from user"))[0]?.id),
    venue.clock.at,
  );
  const guess = () =>
    guessing.request("/api/v1/radius/organization/alpha/account/password/change/", {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ current_password: "guess", new_password: NEW, confirm_password: NEW }),
    }, { from: "127.0.0.1" });
  const statuses: number[] = [];
  for (let time = 0; time < 25; time++) {
    const response = await guess();
    statuses.push(response.status);
    await response.body?.cancel();
  }
  deepEqual(statuses, [...Array(20).fill(400), ...Array(5).fill(429)]);
  const waiting = await change({}, { language: "de" });
  equal(waiting.status, 429);
  ok(Number(waiting.retryAfter) > 0 && Number(waiting.retryAfter) <= 600);
  match(String(waiting.json.detail), /^Zu viele Versuche/);
  equal((await login("secret")).status, 429);
  venue.clock.pass(600_000);
  equal((await change({})).status, 200);
  await venue.close();
});

Deno.test("when too many passwords are being hashed the guest is told at once, and it does not count against her", async () => {
  const { venue, change } = await passwordVenue();
  const { exchange } = venue.deps.passwords;
  let busy = true;
  Object.assign(venue.deps.passwords, {
    exchange: (...given: Parameters<typeof exchange>) =>
      busy ? Promise.resolve({ kind: "overloaded", retryAfterSeconds: 3 }) : exchange(...given),
  });
  for (let time = 0; time < 25; time++) {
    const { status, retryAfter, json } = await change({}, { language: "fr" });
    deepEqual([status, retryAfter], [429, "3"]);
    match(String(json.detail), /dans 3 secondes/);
  }
  busy = false;
  equal((await change({})).status, 200);
  await venue.close();
});

Deno.test("a client that leaves has its change whole or not at all, and an answered one stays", async () => {
  const { venue, ada, alpha, key, stored, login } = await passwordVenue();
  await venue.token(ada, alpha);
  const app = createApp({ ...venue.deps, socketAddress });
  const served: Promise<unknown>[] = [];
  const server = await serveHttp({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request, peer) {
      const answer = Promise.resolve(app.fetch(request, peer));
      served.push(answer);
      return await answer;
    },
    reportFault: venue.deps.reportFault,
  });
  const url = `http://127.0.0.1:${server.port}/api/v1/radius/organization/alpha/account/password/change/`;
  let present = "secret";
  for (const patience of [1, 5, 20, 60, 150, 10_000]) {
    const next = `battery-staple-${patience}`;
    const answered = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ current_password: present, new_password: next, confirm_password: next }),
      signal: AbortSignal.timeout(patience),
    }).then((response) => response.json().then(() => response.ok), () => false);
    await Promise.allSettled(served);
    const alive = await venue.rows("select 1 from radiustoken where can_auth = 1");
    const row = await stored();
    const changed = (await login(next)).status === 200;
    if (answered) equal(changed, true);
    if (changed) {
      deepEqual([row?.password_updated, alive.length], ["2026-11-22", 0]);
      equal((await login(present)).status, 400);
      present = next;
    } else equal((await login(present)).status, 200);
  }
  equal(present, "battery-staple-10000");
  await server.stop();
  deepEqual(venue.faults, []);
  await venue.close();
});
