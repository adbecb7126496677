import { deepEqual, equal } from "node:assert/strict";
import type { ContractCase } from "../contract_case.ts";
import { hotspot, isEmpty } from "../hotspot.ts";
import { OTHER_SETTINGS as environment } from "../other_settings.ts";

const REJECTED = '{"control:Auth-Type":"Reject"}';

export const cases: ContractCase[] = [
  {
    name: "with explicit rejects every refusal is 401 with a body, also of a MAC address without a session",
    environment,
    async run(target) {
      const { authorize, users, name } = await hotspot(target);
      await users({ username: name("ada") });
      for (const username of [name("ada"), name("nobody")]) {
        const answer = await authorize({ username, password: "wrong" });
        equal(answer.status, 401);
        equal(answer.text, REJECTED);
      }
      const mac = await authorize({ username: "02:00:00:00:00:99", password: "x" }, {});
      equal(mac.status, 401);
      equal(mac.text, REJECTED);
    },
  },
  {
    name: "a token that is not disposable is good until it is replaced, also after a Stop",
    environment,
    async run(target) {
      const { authorize, users, name, radiusKey } = await hotspot(target);
      await users({ username: name("ada") });
      const password = await radiusKey(name("ada"));
      for (let time = 0; time < 3; time++) {
        equal((await authorize({ username: name("ada"), password })).status, 200);
      }
    },
  },
  {
    name: "an expired password refuses itself and password based tokens, not others",
    environment,
    async run(target) {
      const { authorize, users, name, radiusKey, sql } = await hotspot(target);
      await users({ username: name("ada") });
      await sql("update user set password_updated = '2020-01-01' where username = ?", name("ada"));
      equal((await authorize({ username: name("ada"), password: "secret" })).text, REJECTED);
      const byPassword = await radiusKey(name("ada"), { passwordBased: true });
      equal((await authorize({ username: name("ada"), password: byPassword })).text, REJECTED);
      const byLink = await radiusKey(name("ada"), { passwordBased: false });
      equal((await authorize({ username: name("ada"), password: byLink })).status, 200);
    },
  },
  {
    name: "counters run in the configured order, under the configured names",
    environment,
    async run(target) {
      const checks = [
        ["Max-Daily-Session", ":=", "1"],
        ["Max-Weekly-Session", ":=", "700"],
        ["Max-All-Session", ":=", "600"],
        ["Max-Daily-Session-Traffic", ":=", "1000"],
      ];
      const { authorize, users, name } = await hotspot(target, {
        groups: [{ name: "test", default: true, checks }],
      });
      await users({ username: name("ada") });
      deepEqual((await authorize({ username: name("ada"), password: "secret" })).json, {
        "control:Auth-Type": "Accept",
        "pfSense-Max-Total-Octets": 1000,
        "Session-Timeout": 600,
      });
    },
  },
  {
    name: "with Simultaneous-Use off the check limits nobody",
    environment,
    async run(target) {
      const { authorize, users, name } = await hotspot(target, {
        groups: [{ name: "test", default: true, checks: [["Simultaneous-Use", ":=", "1"]] }],
      });
      await users({ username: name("ada") });
      for (let time = 0; time < 3; time++) {
        equal((await authorize({ username: name("ada"), password: "secret" })).status, 200);
      }
    },
  },
  {
    name: "with automatic groups off a session keeps the group that was sent",
    environment,
    async run(target) {
      const { accounting, users, name, sql, id } = await hotspot(target);
      await users({ username: name("ada") });
      const packet = { status_type: "Start", session_id: "s", unique_id: "u", nas_ip_address: "10.0.0.1" };
      isEmpty(await accounting({ ...packet, username: name("ada"), groupname: "sent" }), 201);
      deepEqual(await sql("select groupname from radacct where organization_id = ?", id), [["sent"]]);
    },
  },
  {
    name:
      "passwords of refused attempts are kept in clear, cut to 64 characters, and requests over the rate are 429",
    environment,
    async run(target) {
      const { postAuth, name, sql, id } = await hotspot(target);
      const long = "p".repeat(65);
      for (
        const [password, reply] of [["short", "Access-Reject"], [long, "Access-Reject"], [
          "x",
          "Access-Accept",
        ]]
      ) {
        isEmpty(await postAuth({ username: name("ada"), password, reply }), 201);
      }
      deepEqual(await sql("select pass from radpostauth where organization_id = ? order by id", id), [
        ["short"],
        [`${"p".repeat(63)}…`],
        [""],
      ]);
      const throttled = await postAuth({ username: name("ada"), password: "x", reply: "Access-Accept" });
      equal(throttled.status, 429);
      const { detail } = throttled.json as { detail: string };
      equal(
        detail,
        `Request was throttled. Expected available in ${throttled.headers.get("retry-after")} seconds.`,
      );
    },
  },
];
