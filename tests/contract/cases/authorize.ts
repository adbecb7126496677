import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { ContractCase } from "../contract_case.ts";
import { hotspot, isDetail, isEmpty, send } from "../hotspot.ts";

const ACCEPTED =
  '{"control:Auth-Type":"Accept","Session-Timeout":10800,"CoovaChilli-Max-Total-Octets":3000000000}';
const ALREADY = "You are already logged in - access denied";

/** A group that is everybody's, in place of the automatic one. */
function group(checks: unknown[], replies: unknown[] = []) {
  return { groups: [{ name: "test", default: true, checks, replies }] };
}

const start = (username: string, uniqueId: string, called: string, calling: string) => ({
  status_type: "Start",
  session_id: uniqueId,
  unique_id: uniqueId,
  username,
  nas_ip_address: "10.0.0.1",
  called_station_id: called,
  calling_station_id: calling,
});

export const cases: ContractCase[] = [
  {
    name: "accepted with the default group and nothing used",
    async run(target) {
      const { users, name, authorize } = await hotspot(target);
      await users({ username: name("ada") });
      const answer = await authorize({ username: name("ada"), password: "secret" });
      equal(answer.status, 200);
      equal(answer.text, ACCEPTED);
      match(answer.type ?? "", /^application\/json/);
    },
  },
  {
    name: "JSON, form and multipart say the same",
    async run(target) {
      const { users, name, authorize } = await hotspot(target);
      await users({ username: name("ada") });
      const fields = {
        username: ` ${name("ada")} `,
        password: "secret",
        called_station_id: "",
        unknown: "x",
      };
      equal((await authorize(fields)).text, ACCEPTED);
      equal((await authorize(new URLSearchParams(fields))).text, ACCEPTED);
      const form = new FormData();
      for (const [key, value] of Object.entries(fields)) form.set(key, value);
      equal((await authorize(form)).text, ACCEPTED);
    },
  },
  {
    name: "accepted without a group is an accept and nothing else",
    async run(target) {
      const { users, name, authorize, sql } = await hotspot(target);
      await users({ username: name("ada") });
      await sql("delete from radusergroup where username = ?", name("ada"));
      equal(
        (await authorize({ username: name("ada"), password: "secret" })).text,
        '{"control:Auth-Type":"Accept"}',
      );
    },
  },
  {
    name: "a group's lower reply stays, a higher or unreadable one gives way to what is left",
    async run(target) {
      const checks = [["Max-Daily-Session", ":=", "10800"]];
      for (
        const [own, expected] of [
          ["3600", { op: "=", value: "3600" }],
          ["10801", 10800],
          ["soon", 10800],
        ] as const
      ) {
        const spot = await hotspot(
          target,
          group(checks, [["Session-Timeout", "=", own], ["Idle-Timeout", "=", "500"]]),
        );
        await spot.users({ username: spot.name("ada") });
        const answer = await spot.authorize({ username: spot.name("ada"), password: "secret" });
        deepEqual(answer.json, {
          "control:Auth-Type": "Accept",
          "Session-Timeout": expected,
          "Idle-Timeout": { op: "=", value: "500" },
        });
      }
    },
  },
  {
    name: "a reply with a percent sign is kept from being expanded",
    async run(target) {
      const spot = await hotspot(target, group([], [["Reply-Message", "=", "50% off"]]));
      await spot.users({ username: spot.name("ada") });
      deepEqual((await spot.authorize({ username: spot.name("ada"), password: "secret" })).json, {
        "control:Auth-Type": "Accept",
        "Reply-Message": { op: "=", value: "50% off", do_xlat: false },
      });
    },
  },
  {
    name: "of several groups the one with the lowest priority number replies",
    async run(target) {
      const spot = await hotspot(target, {
        groups: [{ name: "vip", replies: [["Idle-Timeout", "=", "1"]] }],
      });
      await spot.users({ username: spot.name("ada") });
      await spot.sql(
        `insert into radusergroup (id, username, groupname, priority, user_id, group_id, created, modified)
         select 'x-' || u.id, u.username, g.name, 0, u.id, g.id, '', '' from user u, radius_group g
         where u.username = ? and g.name = ?`,
        spot.name("ada"),
        `${spot.slug}-vip`,
      );
      deepEqual((await spot.authorize({ username: spot.name("ada"), password: "secret" })).json, {
        "control:Auth-Type": "Accept",
        "Idle-Timeout": { op: "=", value: "1" },
      });
    },
  },
  {
    name: "every refusal is an empty 200, and its reason is kept",
    async run(target) {
      const { users, name, authorize, radiusKey, sql, id } = await hotspot(target);
      const elsewhere = await hotspot(target);
      await users({ username: name("ada") }, { username: name("gone"), active: false }, {
        username: name("holder"),
      });
      await elsewhere.users({ username: elsewhere.name("stranger") });
      const used = await radiusKey(name("holder"), { canAuth: false });
      for (
        const [username, password, reason] of [
          [name("nobody"), "secret", "unknown_user"],
          [name("ada"), "wrong", "wrong_credential"],
          [name("gone"), "secret", "inactive"],
          [elsewhere.name("stranger"), "secret", "not_member"],
          [name("holder"), used, "token_used"],
          [name("ADA"), "secret", "unknown_user"],
        ] as const
      ) {
        isEmpty(await authorize({ username, password }), 200);
        const rows = await sql(
          "select reason from access_refusal where organization_id = ? and username = ? order by id desc limit 1",
          id,
          username,
        );
        deepEqual(rows, [[reason]]);
      }
    },
  },
  {
    name: "a user is found by e-mail in any case and by telephone number in any spelling",
    async run(target) {
      const { users, name, authorize } = await hotspot(target);
      const phone = `+39366${String(Date.now()).slice(-7)}`;
      await users({ username: name("ada"), email: `${name("ada")}@example.org`, phone });
      for (
        const username of [`${name("ADA")}@Example.org`, phone, `${phone.slice(0, 6)} ${phone.slice(6)}`]
      ) {
        equal((await authorize({ username, password: "secret" })).text, ACCEPTED, username);
      }
    },
  },
  {
    name: "when an identifier means two users, each is let in with the own password",
    async run(target) {
      const { users, name, authorize } = await hotspot(target);
      const address = `${name("shared")}@example.org`;
      await users(
        {
          username: address,
          password_hash: "pbkdf2_sha256$1$salt$vjY1pTaK1vBsE2jSk7bzP0jCZ0h8sPcJw0xDwYV5vYQ=",
        },
        { username: name("owner"), email: address },
      );
      equal((await authorize({ username: address, password: "secret" })).text, ACCEPTED);
    },
  },
  {
    name: "white space around a password belongs to it",
    async run(target) {
      const { users, name, authorize } = await hotspot(target);
      await target.apply({
        users: [{
          username: name("spacey"),
          password: " secret words ",
          organizations: [(await hotspot(target)).slug],
        }],
      });
      await users({ username: name("ada") });
      isEmpty(await authorize({ username: name("ada"), password: " secret " }), 200);
    },
  },
  {
    name: "an organization that is disabled refuses with its reason",
    async run(target) {
      const { users, name, authorize, sql, id } = await hotspot(target, { is_active: false });
      await users({ username: name("ada") });
      isEmpty(await authorize({ username: name("ada"), password: "secret" }), 200);
      deepEqual(await sql("select reason from access_refusal where organization_id = ?", id), [[
        "organization_disabled",
      ]]);
    },
  },
  {
    name: "where identities are verified, only this organization's record counts",
    async run(target) {
      const { users, name, authorize, slug } = await hotspot(target, {
        settings: { needs_identity_verification: true },
      });
      const other = await hotspot(target);
      await users({ username: name("yes"), verified: true }, { username: name("no") });
      await users({ username: name("unverified"), method: "mobile_phone", verified: false });
      await other.users({ username: name("elsewhere"), verified: true });
      await target.apply({
        users: [{ username: name("elsewhere"), organizations: [slug], method: "email", verified: false }],
      });
      await other.sql(
        `update registered_user set is_verified = 1 where organization_id = ? and user_id in
         (select id from user where username = ?)`,
        other.id,
        name("elsewhere"),
      );
      equal((await authorize({ username: name("yes"), password: "secret" })).text, ACCEPTED);
      for (const user of ["no", "unverified", "elsewhere"]) {
        isEmpty(await authorize({ username: name(user), password: "secret" }), 200);
      }
    },
  },
  {
    name: "a RADIUS token alone makes no member, but lets a superuser in",
    async run(target) {
      const { name, authorize, radiusKey } = await hotspot(target);
      const home = await hotspot(target);
      await home.users({ username: name("guest") }, { username: name("root"), superuser: true });
      const [guest, root] = [await radiusKey(name("guest")), await radiusKey(name("root"))];
      isEmpty(await authorize({ username: name("guest"), password: guest }), 200);
      isEmpty(await authorize({ username: name("guest"), password: "secret" }), 200);
      equal(
        (await authorize({ username: name("root"), password: root })).text,
        '{"control:Auth-Type":"Accept"}',
      );
      isEmpty(await authorize({ username: name("root"), password: "secret" }), 200);
    },
  },
  {
    name: "a token of one organization is refused in another, where its user is member too",
    async run(target) {
      const [one, two] = [await hotspot(target), await hotspot(target)];
      await target.apply({ users: [{ username: one.name("both"), organizations: [one.slug, two.slug] }] });
      isEmpty(
        await two.authorize({ username: one.name("both"), password: await one.radiusKey(one.name("both")) }),
        200,
      );
    },
  },
  {
    name: "a disposable token is good again for the station that took it, for 30 s, and for nobody else",
    async run(target) {
      const { users, name, authorize, radiusKey, sql } = await hotspot(target);
      const username = name("ada");
      await users({ username });
      const password = await radiusKey(username);
      const here = { username, password, called_station_id: "AP", calling_station_id: "phone" };
      equal((await authorize(here)).text, ACCEPTED);
      equal((await authorize(here)).text, ACCEPTED);
      isEmpty(await authorize({ ...here, calling_station_id: "other" }), 200);
      isEmpty(await authorize({ username, password }), 200);
      await sql(
        `update radiustoken set taken_at = strftime('%Y-%m-%d %H:%M:%f', 'now', '-31 seconds') || '000'
         where user_id in (select id from user where username = ?)`,
        username,
      );
      isEmpty(await authorize(here), 200);
    },
  },
  {
    name: "without station ids a disposable token is good once",
    async run(target) {
      const { users, name, authorize, radiusKey } = await hotspot(target);
      await users({ username: name("ada") });
      const password = await radiusKey(name("ada"));
      equal((await authorize({ username: name("ada"), password })).text, ACCEPTED);
      isEmpty(await authorize({ username: name("ada"), password }), 200);
    },
  },
  {
    name: "of many NASes that show one disposable token at once, one wins",
    async run(target) {
      const { users, name, authorize, radiusKey } = await hotspot(target);
      await users({ username: name("ada") });
      const password = await radiusKey(name("ada"));
      const answers = await Promise.all(
        Array.from({ length: 16 }, (_, station) =>
          authorize({
            username: name("ada"),
            password,
            called_station_id: `AP${station}`,
            calling_station_id: "x",
          })),
      );
      equal(answers.filter(({ text }) => text === ACCEPTED).length, 1);
    },
  },
  {
    name: "a second token does not spoil the first one's pending log-in",
    async run(target) {
      const { users, name, authorize, radiusKey } = await hotspot(target);
      await users({ username: name("ada") });
      const first = await radiusKey(name("ada"));
      const second = await radiusKey(name("ada"));
      equal((await authorize({ username: name("ada"), password: second })).text, ACCEPTED);
      equal((await authorize({ username: name("ada"), password: first })).text, ACCEPTED);
    },
  },
  {
    name: "a used-up quota is a 200 that rejects, with the group's replies",
    async run(target) {
      const spot = await hotspot(
        target,
        group([["Max-Daily-Session", ":=", "0"]], [["Idle-Timeout", "=", "5"]]),
      );
      await spot.users({ username: spot.name("ada") });
      const answer = await spot.authorize({ username: spot.name("ada"), password: "secret" });
      equal(answer.status, 200);
      deepEqual(answer.json, {
        "control:Auth-Type": "Reject",
        "Reply-Message": "Your maximum daily usage time has been reached",
        "Idle-Timeout": { op: "=", value: "5" },
      });
    },
  },
  {
    name: "a group's own Reply-Message is kept when a limit is reached",
    async run(target) {
      const own = { op: "=", value: "Come back tomorrow" };
      const spot = await hotspot(
        target,
        group([["Max-Daily-Session", ":=", "0"]], [["Reply-Message", "=", own.value]]),
      );
      await spot.users({ username: spot.name("ada") });
      const answer = await spot.authorize({ username: spot.name("ada"), password: "secret" });
      deepEqual(answer.json, { "control:Auth-Type": "Reject", "Reply-Message": own });
    },
  },
  {
    name: "too many sessions is 401, but the station that has one may ask again",
    async run(target) {
      const spot = await hotspot(
        target,
        group([["Simultaneous-Use", ":=", "1"]], [["Idle-Timeout", "=", "5"]]),
      );
      const username = spot.name("ada");
      await spot.users({ username });
      equal((await spot.accounting(start(username, spot.name("s").slice(0, 32), "AP", "phone"))).status, 201);
      const refused = await spot.authorize({
        username,
        password: "secret",
        called_station_id: "AP",
        calling_station_id: "pad",
      });
      equal(refused.status, 401);
      deepEqual(refused.json, {
        "control:Auth-Type": "Reject",
        "Reply-Message": ALREADY,
        "Idle-Timeout": { op: "=", value: "5" },
      });
      equal((await spot.authorize({ username, password: "secret" })).status, 401);
      const again = await spot.authorize({
        username,
        password: "secret",
        called_station_id: "AP",
        calling_station_id: "phone",
      });
      equal(again.status, 200);
    },
  },
  {
    name: "of 32 parallel log-ins with a limit of 1 exactly one passes, of 3 exactly three",
    async run(target) {
      for (const limit of [1, 3]) {
        const spot = await hotspot(target, group([["Simultaneous-Use", ":=", String(limit)]]));
        await spot.users({ username: spot.name("ada") });
        const answers = await Promise.all(Array.from({ length: 32 }, (_, station) =>
          spot.authorize({
            username: spot.name("ada"),
            password: "secret",
            called_station_id: "AP",
            calling_station_id: `station ${station}`,
          })));
        equal(answers.filter(({ status }) => status === 200).length, limit);
        equal(answers.filter(({ status }) => status === 401).length, 32 - limit);
      }
    },
  },
  {
    name: "a Simultaneous-Use that is no number, 0 or negative limits nobody",
    async run(target) {
      for (const value of ["many", "0", "-1"]) {
        const spot = await hotspot(target, group([["Simultaneous-Use", ":=", value]]));
        await spot.users({ username: spot.name("ada") });
        for (let time = 0; time < 2; time++) {
          equal((await spot.authorize({ username: spot.name("ada"), password: "secret" })).status, 200);
        }
      }
    },
  },
  {
    name: "bad fields are 400 under their names",
    async run(target) {
      const { authorize } = await hotspot(target);
      deepEqual((await authorize({})).json, {
        username: ["This field is required."],
        password: ["This field is required."],
      });
      deepEqual((await authorize({ username: " ", password: "" })).json, {
        username: ["This field may not be blank."],
        password: ["This field may not be blank."],
      });
      deepEqual((await authorize({ username: null, password: [] })).json, {
        username: ["This field may not be null."],
        password: ["Not a valid string."],
      });
      deepEqual(
        (await authorize({ username: "x".repeat(151), password: "x", called_station_id: "x".repeat(254) }))
          .json,
        {
          username: ["Ensure this field has no more than 150 characters."],
          called_station_id: ["Ensure this field has no more than 253 characters."],
        },
      );
      for (const username of ['"\\ud800"', "1e308", `1${"0".repeat(400)}`, "{}", "true"]) {
        const answer = await authorize(`{"username":${username},"password":"x"}`);
        equal(answer.status, 400, username);
        ok(answer.text.includes('"username"'));
      }
    },
  },
  {
    name: "octets that are no UTF-8 are 400",
    async run(target) {
      const { id, token } = await hotspot(target);
      const headers = { authorization: `Bearer ${id} ${token}`, "content-type": "application/json" };
      const body = new Uint8Array([...new TextEncoder().encode('{"username":"'), 0xe9, 0x22, 0x7d]);
      isDetail(await send(target, "/api/v1/freeradius/authorize/", "POST", headers, body), 400);
    },
  },
  {
    name: "names that are not ASCII log in",
    async run(target) {
      const { users, name, authorize } = await hotspot(target);
      await users({ username: name("žofie"), password_hash: undefined, password: "pásswörd 漢字" });
      equal((await authorize({ username: name("žofie"), password: "pásswörd 漢字" })).text, ACCEPTED);
    },
  },
];
