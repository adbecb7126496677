import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import {
  API_KEY,
  form,
  type GuestSpot,
  guestSpot,
  isFieldErrors,
  mobileNumber,
  object,
  RADIUS_KEY,
  REQUIRED,
  USER_KEYS,
} from "../account_api.ts";
import type { ContractCase } from "../contract_case.ts";
import { type Answer, isDetail, isEmpty } from "../hotspot.ts";

const logIn = ({ api }: GuestSpot, username: string, password = "secret") =>
  api.post("token/", form({ username, password }));

/** What the login pages read of a log-in. */
function isSignedIn(answer: Answer, status: number): Record<string, unknown> {
  equal(answer.status, status, answer.text);
  const body = object(answer);
  deepEqual(Object.keys(body), [...USER_KEYS, "key"]);
  match(String(body.key), API_KEY);
  match(String(body.radius_user_token), RADIUS_KEY);
  return body;
}

export const cases: ContractCase[] = [
  {
    name: "a log-in answers the user with a key and a RADIUS token that opens this network at once",
    async run(target) {
      const spot = await guestSpot(target);
      const username = spot.name("ada");
      await spot.users({
        username,
        email: `${username}@example.org`,
        first_name: "Ada",
        birth_date: "1815-12-10",
      });
      const { key, radius_user_token, ...user } = isSignedIn(await logIn(spot, username), 200);
      deepEqual(user, {
        username,
        email: `${username}@example.org`,
        phone_number: null,
        first_name: "Ada",
        last_name: "",
        birth_date: "1815-12-10",
        location: "",
        is_active: true,
        is_verified: null,
        method: null,
        password_expired: false,
      });
      equal((await spot.authorize({ username, password: radius_user_token })).status, 200);
      notEqual((await spot.authorize({ username, password: radius_user_token })).text, "x");
      ok(key);
    },
  },
  {
    name: "somebody without an address has none, and the registration record is this organization's",
    async run(target) {
      const [spot, other] = [await guestSpot(target), await guestSpot(target)];
      const username = spot.name("ada");
      await spot.users({ username, method: "email", verified: false });
      await other.users({ username, method: "mobile_phone", verified: true });
      const here = isSignedIn(await logIn(spot, username), 200);
      const there = isSignedIn(await logIn(other, username), 200);
      deepEqual([here.email, here.method, here.is_verified], [null, "email", false]);
      deepEqual([there.method, there.is_verified], ["mobile_phone", true]);
      equal(here.key, there.key);
    },
  },
  {
    name: "a user name, an address in any case and a number in any spelling log in, also as JSON",
    async run(target) {
      const spot = await guestSpot(target);
      const [username, phone] = [spot.name("Ada"), mobileNumber()];
      await spot.users({ username, email: `${username}@example.org`, phone });
      for (
        const identifier of [
          username,
          `${username}@EXAMPLE.org`,
          phone,
          phone.replace(/(\d{3})(\d{4})$/, " $1-$2"),
        ]
      ) {
        equal(isSignedIn(await logIn(spot, identifier), 200).username, username);
      }
      equal((await spot.api.post("token/", { username, password: "secret" })).status, 200);
    },
  },
  {
    name: "whoever's identifier fits several accounts is the one whose password it is",
    async run(target) {
      const spot = await guestSpot(target);
      const phone = mobileNumber();
      // A stranger's user name is somebody else's number.
      await spot.users({ username: phone }, {
        username: spot.name("owner"),
        phone,
        password_hash: undefined,
        password: "correct-horse-7",
      });
      equal(isSignedIn(await logIn(spot, phone), 200).username, phone);
      equal(isSignedIn(await logIn(spot, phone, "correct-horse-7"), 200).username, spot.name("owner"));
    },
  },
  {
    name: "the key stays the same with a second log-in and with parallel ones, which are all 200",
    async run(target) {
      const spot = await guestSpot(target);
      const username = spot.name("ada");
      await spot.users({ username });
      const answers = await Promise.all(Array.from({ length: 12 }, () => logIn(spot, username)));
      const keys = new Set(answers.map((answer) => isSignedIn(answer, 200).key));
      keys.add(isSignedIn(await logIn(spot, username), 200).key);
      equal(keys.size, 1);
      equal((await spot.api.get("session/", { key: String([...keys][0]) })).status, 200);
    },
  },
  {
    name: "a missing field is 400 under its name",
    async run(target) {
      const { api } = await guestSpot(target);
      deepEqual((await api.post("token/", form({}))).json, { username: [REQUIRED], password: [REQUIRED] });
      deepEqual((await api.post("token/", { username: "x" })).json, { password: [REQUIRED] });
      isFieldErrors(await api.post("token/", { username: "", password: "" }), "username", "password");
      isFieldErrors(await api.post("token/", form({ username: "", password: "" })), "username", "password");
    },
  },
  {
    name: "a wrong password, an unknown user and an account without password get one and the same answer",
    async run(target) {
      const spot = await guestSpot(target);
      await spot.users({ username: spot.name("ada") }, { username: spot.name("off"), active: false });
      await target.apply({ users: [{ username: spot.name("without"), organizations: [spot.slug] }] });
      const texts = new Set<string>();
      for (const name of ["ada", "nobody", "without", "off"]) {
        const answer = await logIn(spot, spot.name(name), "wrong");
        isFieldErrors(answer, "non_field_errors");
        texts.add(answer.text);
      }
      equal(texts.size, 1);
    },
  },
  {
    name: "a deactivated user with the right password is 401 with the same body",
    async run(target) {
      const spot = await guestSpot(target);
      await spot.users({ username: spot.name("ada"), active: false });
      const body = isSignedIn(await logIn(spot, spot.name("ada")), 401);
      equal(body.is_active, false);
      isEmpty(await spot.authorize({ username: spot.name("ada"), password: body.radius_user_token }), 200);
    },
  },
  {
    name:
      "where identity must be verified, whoever is not strongly verified is 401 with the same body and a key that works",
    async run(target) {
      const spot = await guestSpot(target, { needs_identity_verification: true });
      const cases: readonly [fields: Record<string, unknown>, status: number][] = [
        [{}, 401],
        [{ method: "", verified: true }, 401],
        [{ method: "email", verified: true }, 401],
        [{ method: "mobile_phone", verified: false }, 401],
        [{ method: "mobile_phone", verified: true }, 200],
        [{ method: "manual", verified: true }, 200],
      ];
      for (const [index, [fields, status]] of cases.entries()) {
        const username = spot.name(`u${index}`);
        await spot.users({ username, ...fields });
        const body = isSignedIn(await logIn(spot, username), status);
        equal(body.is_active, true);
        equal((await spot.api.post("token/validate/", form({ token: String(body.key) }))).status, 200);
      }
    },
  },
  {
    name: "a member of another organization joins by logging in, and nothing changes in the other",
    async run(target) {
      const [one, two] = [await guestSpot(target), await guestSpot(target)];
      const username = one.name("ada");
      await one.users({ username });
      const before = isSignedIn(await logIn(one, username), 200);
      const start = {
        status_type: "Start",
        session_id: "s",
        unique_id: one.name("u").slice(0, 32),
        nas_ip_address: "10.0.0.1",
        username,
      };
      isEmpty(await one.accounting(start), 201);
      const joined = isSignedIn(await logIn(two, username), 200);
      deepEqual([joined.method, joined.is_verified, joined.key], ["pending_verification", false, before.key]);
      equal((await two.authorize({ username, password: joined.radius_user_token })).status, 200);
      // The first one's token, session and membership are as they were.
      equal((await one.authorize({ username, password: before.radius_user_token })).status, 200);
      const sessions = (await one.api.get("session/?is_open=true", { key: String(before.key) }))
        .json as unknown[];
      equal(sessions.length, 1);
      deepEqual((await two.api.get("session/", { key: String(before.key) })).json, []);
    },
  },
  {
    name:
      "joining where identity must be verified is 401 with the method that leads to completing the sign-up",
    async run(target) {
      const [one, two] = [
        await guestSpot(target),
        await guestSpot(target, { needs_identity_verification: true }),
      ];
      await one.users({ username: one.name("ada"), method: "mobile_phone", verified: true });
      const body = isSignedIn(await logIn(two, one.name("ada")), 401);
      deepEqual([body.method, body.is_verified, body.is_active], ["pending_verification", false, true]);
    },
  },
  {
    name: "where sign-up is off a member of another organization is 403 and joins nothing",
    async run(target) {
      const [one, two] = [await guestSpot(target), await guestSpot(target, { registration_enabled: false })];
      const username = one.name("ada");
      await one.users({ username });
      isDetail(await logIn(two, username), 403);
      isFieldErrors(await logIn(two, username, "wrong"), "non_field_errors");
      equal(
        (await two.sql(
          "select 1 from organization_user where organization_id = ? and user_id in (select id from user where username = ?)",
          two.id,
          username,
        )).length,
        0,
      );
    },
  },
  {
    name: "a deactivated member of another organization is told so, and joins nothing",
    async run(target) {
      const [one, two] = [await guestSpot(target), await guestSpot(target)];
      await one.users({ username: one.name("ada"), active: false });
      const answer = await logIn(two, one.name("ada"));
      equal(answer.status, 401, answer.text);
      const { is_active, radius_user_token, key } = object(answer);
      deepEqual({ is_active, radius_user_token }, { is_active: false, radius_user_token: null });
      match(String(key), API_KEY);
      equal((await two.sql("select 1 from organization_user where organization_id = ?", two.id)).length, 0);
    },
  },
  {
    name: "a superuser logs in everywhere and joins nothing",
    async run(target) {
      const [one, two] = [await guestSpot(target), await guestSpot(target, { registration_enabled: false })];
      const username = one.name("root");
      await one.users({ username, superuser: true, staff: true });
      isSignedIn(await logIn(two, username), 200);
      equal(
        (await two.sql(
          "select 1 from organization_user where organization_id = ? and user_id in (select id from user where username = ?)",
          two.id,
          username,
        )).length,
        0,
      );
    },
  },
  {
    name: "two tabs each get a RADIUS token, and both are good",
    async run(target) {
      const spot = await guestSpot(target);
      const username = spot.name("ada");
      await spot.users({ username });
      const [first, second] = [await logIn(spot, username), await logIn(spot, username)].map((answer) =>
        isSignedIn(answer, 200).radius_user_token
      );
      notEqual(first, second);
      const authorize = async (password: unknown) => (await spot.authorize({ username, password })).text;
      match(await authorize(second), /Accept/);
      match(await authorize(first), /Accept/);
    },
  },
  {
    name: "a magic link that nobody gave out is 403, whatever the body says",
    async run(target) {
      const spot = await guestSpot(target);
      await spot.users({ username: spot.name("ada") });
      for (const authorization of ["sesame nonsense", "SESAME x.y.z", `sesame ${"A".repeat(3000)}`]) {
        const headers = { authorization };
        isDetail(await spot.api.post("token/", form({ username: "", password: "" }), { headers }), 403);
        isDetail(
          await spot.api.post("token/", form({ username: spot.name("ada"), password: "secret" }), {
            headers,
          }),
          403,
        );
      }
    },
  },
  {
    name: "another scheme in front of a password is not looked at",
    async run(target) {
      const spot = await guestSpot(target);
      await spot.users({ username: spot.name("ada") });
      const headers = { authorization: "Bearer nonsense", cookie: "sessionid=x" };
      const body = form({ username: spot.name("ada"), password: "secret" });
      equal((await spot.api.post("token/", body, { headers })).status, 200);
    },
  },
  {
    name: "validation answers who a key belongs to, with a fresh RADIUS token",
    async run(target) {
      const spot = await guestSpot(target);
      const { username, email, key } = await spot.member("ada");
      const answer = await spot.api.post("token/validate/", form({ token: key }));
      equal(answer.status, 200, answer.text);
      const body = object(answer);
      deepEqual(Object.keys(body), [...USER_KEYS, "auth_token", "response_code"]);
      deepEqual([body.username, body.email, body.auth_token, body.response_code], [
        username,
        email,
        key,
        "AUTH_TOKEN_VALIDATION_SUCCESSFUL",
      ]);
      const again = object(await spot.api.post("token/validate/", { token: key }));
      notEqual(again.radius_user_token, body.radius_user_token);
      for (const password of [again.radius_user_token, body.radius_user_token]) {
        match((await spot.authorize({ username, password })).text, /Accept/);
      }
    },
  },
  {
    name: "a key that is unknown, empty, too long or missing is 401 with the code that the pages know",
    async run(target) {
      const { api } = await guestSpot(target);
      for (
        const body of [{}, { token: "" }, { token: "x".repeat(40) }, { token: "x".repeat(5_000) }, {
          token: null,
        }]
      ) {
        const answer = await api.post("token/validate/", body);
        equal(answer.status, 401, answer.text);
        deepEqual(answer.json, { response_code: "BLANK_OR_INVALID_TOKEN" });
      }
      equal((await api.post("token/validate/", form({ token: "a.b" }))).status, 401);
    },
  },
  {
    name: "validation is 200 for a deactivated and for an unverified user",
    async run(target) {
      const spot = await guestSpot(target, { needs_identity_verification: true });
      const ada = await spot.member("ada", { method: "mobile_phone", verified: false });
      equal(object(await spot.api.post("token/validate/", { token: ada.key })).is_verified, false);
      await spot.users({ username: ada.username, active: false });
      const answer = await spot.api.post("token/validate/", { token: ada.key });
      deepEqual([answer.status, object(answer).is_active], [200, false]);
    },
  },
  {
    name: "the key of somebody who is no member is 403 here, and changes nothing",
    async run(target) {
      const [one, two] = [await guestSpot(target), await guestSpot(target)];
      const { key, username } = await one.member("ada");
      isDetail(await two.api.post("token/validate/", form({ token: key })), 403);
      equal((await two.sql("select 1 from radiustoken where organization_id = ?", two.id)).length, 0);
      await one.users({ username, superuser: true });
      equal((await two.api.post("token/validate/", form({ token: key }))).status, 200);
    },
  },
  {
    name: "a RADIUS token of one organization opens no other, where its user is member too",
    async run(target) {
      const [one, two] = [await guestSpot(target), await guestSpot(target)];
      const username = one.name("ada");
      await one.users({ username, organizations: [one.slug, two.slug] });
      const { radius_user_token } = isSignedIn(await logIn(one, username), 200);
      isEmpty(await two.authorize({ username, password: radius_user_token }), 200);
      match((await one.authorize({ username, password: radius_user_token })).text, /Accept/);
    },
  },
];
