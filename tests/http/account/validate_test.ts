import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { issueApiToken } from "../../../src/aaa/account/api_token.ts";
import { message, say } from "../../../src/languages/say.ts";
import {
  type MemoryVenue,
  memoryVenue,
  type MemoryVenueOptions,
  type TestOrganization,
  type TestUser,
} from "../../support/memory_venue.ts";
import { askAccount } from "./guest_client.ts";

Deno.test("a key says who has it, and gets a RADIUS token each time, beside which the last ones stay good", async () => {
  const { venue, alpha, ada, key } = await guest();
  const first = await validate(venue, alpha, new URLSearchParams({ token: key }));
  equal(first.status, 200, first.text);
  deepEqual(Object.keys(first.json).slice(-3), ["radius_user_token", "auth_token", "response_code"]);
  deepEqual(
    [first.json.username, first.json.auth_token, first.json.response_code],
    [ada.username, key, "AUTH_TOKEN_VALIDATION_SUCCESSFUL"],
  );
  const second = await validate(venue, alpha, { token: key });
  notEqual(second.json.radius_user_token, first.json.radius_user_token);
  for (const { json } of [second, first]) {
    const login = { username: ada.username, password: json.radius_user_token };
    match((await venue.post("authorize", alpha, login)).text, /Accept/);
  }
  await venue.close();
});

Deno.test("a validation is a visit: when it was, and in which language", async () => {
  const { venue, alpha, key } = await guest();
  await validate(venue, alpha, { token: key }, { "accept-language": "es;q=0.8, pt-BR" });
  deepEqual(await venue.rows("select last_login, language, password_based_token from user_state"), [
    { last_login: "2026-11-22 12:00:00.000000", language: "pt", password_based_token: null },
  ]);
  await venue.close();
});

Deno.test("a key that is unknown, empty, absent or none at all is a 401 that the pages know, a list a 400", async () => {
  const { venue, alpha } = await guest();
  for (
    const body of [{}, { token: "" }, { token: null }, { token: "0".repeat(40) }, { token: "x".repeat(9000) }]
  ) {
    const { status, json } = await validate(venue, alpha, body);
    deepEqual([status, json], [401, { response_code: "BLANK_OR_INVALID_TOKEN" }]);
  }
  const headers = { "content-type": "application/json" };
  for (const body of ['["x"]', '{"token": ["x"]}', '{"token"']) {
    equal((await validate(venue, alpha, body, headers)).status, 400);
  }
  await venue.close();
});

Deno.test("3: the key of somebody who is no member gets no RADIUS token here, and changes nothing", async () => {
  const { venue, alpha, ada, key } = await guest();
  const beta = await venue.addOrganization({ slug: "beta" });
  const { status, json } = await validate(venue, beta, { token: key }, { "accept-language": "it" });
  deepEqual([status, json], [403, {
    detail: say("it", message("not_a_member", { username: ada.username, organization: "beta" })),
  }]);
  equal((await venue.rows("select 1 from radiustoken")).length, 0);
  equal((await venue.rows("select 1 from user_state")).length, 0);

  await venue.rows("update organization set is_active = 0 where id = ?", [alpha.id]);
  venue.db.cache.clear();
  equal((await validate(venue, alpha, { token: key })).status, 403);
  await venue.rows("update user set is_superuser = 1");
  equal((await validate(venue, alpha, { token: key })).status, 200);
  equal((await validate(venue, beta, { token: key })).status, 200);
  await venue.close();
});

Deno.test("who is deactivated or unverified is told so with 200", async () => {
  const { venue, alpha, ada, key } = await guest();
  await venue.rows("update user set is_active = 0 where id = ?", [ada.id]);
  const { status, json } = await validate(venue, alpha, { token: key });
  deepEqual([status, json.is_active], [200, false]);
  const login = { username: ada.username, password: json.radius_user_token };
  equal((await venue.post("authorize", alpha, login)).text, "");
  await venue.close();
});

Deno.test("a password has expired only for whom it let in: after a log-in without one it has not", async () => {
  const { venue, alpha, ada, key } = await guest({ settings: { userPasswordExpiration: 30 } });
  await venue.rows("update user set password_updated = '2026-10-01', password = 'scrypt$x'");
  venue.db.cache.clear();
  for (const [passwordBased, expired] of [[null, true], [1, true], [0, false]] as const) {
    await venue.rows("insert or replace into user_state (user_id, password_based_token) values (?, ?)", [
      ada.id,
      passwordBased,
    ]);
    const { json } = await validate(venue, alpha, { token: key });
    equal(json.password_expired, expired);
    const login = { username: ada.username, password: json.radius_user_token };
    equal((await venue.post("authorize", alpha, login)).text !== "", !expired);
  }
  await venue.close();
});

Deno.test("a number that is still to be verified here is the number, and only here", async () => {
  const { venue, alpha, ada, key } = await guest();
  const beta = await venue.addOrganization();
  await venue.rows("insert into organization_user values ('m', ?, ?, 0, '', '')", [ada.id, beta.id]);
  await venue.rows("update user set phone_number = '+393665243702'");
  await venue.rows("insert into pending_number values (?, ?, '+393665243703', '')", [alpha.id, ada.id]);
  const numberIn = async (organization: TestOrganization) =>
    (await validate(venue, organization, { token: key })).json.phone_number;
  deepEqual([await numberIn(alpha), await numberIn(beta)], ["+393665243703", "+393665243702"]);
  await venue.close();
});

Deno.test("the scope of the validation is enforced", async () => {
  const { venue, alpha, key } = await guest({
    settings: { throttleRates: { validate_auth_token: "1/hour" } },
  });
  equal((await validate(venue, alpha, { token: key })).status, 200);
  equal((await validate(venue, alpha, { token: key })).status, 429);
  await venue.close();
});

async function guest(options: MemoryVenueOptions = {}) {
  const venue = await memoryVenue(options);
  const alpha = await venue.addOrganization();
  const ada: TestUser = await venue.addUser({ organizations: [alpha] });
  return { venue, alpha, ada, key: await issueApiToken(venue.db, venue.deps, ada.id, venue.clock.at) };
}

function validate(
  venue: MemoryVenue,
  organization: TestOrganization,
  body: BodyInit | Readonly<Record<string, unknown>>,
  headers?: Readonly<Record<string, string>>,
) {
  return askAccount(venue, organization, "token/validate/", body, headers);
}
