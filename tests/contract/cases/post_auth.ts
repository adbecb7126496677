import { deepEqual, equal } from "node:assert/strict";
import type { ContractCase } from "../contract_case.ts";
import { hotspot, isEmpty } from "../hotspot.ts";

export const cases: ContractCase[] = [
  {
    name: "accepts are kept without, rejects with a masked password",
    async run(target) {
      const { postAuth, name, sql, id } = await hotspot(target);
      const stations = { called_station_id: "AP", calling_station_id: "phone" };
      isEmpty(
        await postAuth({ username: name("ada"), password: "secret", reply: "Access-Accept", ...stations }),
        201,
      );
      isEmpty(
        await postAuth({
          username: name("ada"),
          password: "wrong",
          reply: "Access-Reject",
          called_station_id: null,
        }),
        201,
      );
      isEmpty(await postAuth({ username: name("ada"), password: "", reply: "Access-Reject" }), 201);
      deepEqual(
        await sql(
          `select username, pass, reply, calledstationid, callingstationid from radpostauth
           where organization_id = ? order by id`,
          id,
        ),
        [
          [name("ada"), "", "Access-Accept", "AP", "phone"],
          [name("ada"), "********", "Access-Reject", null, null],
          [name("ada"), "", "Access-Reject", null, null],
        ],
      );
    },
  },
  {
    name: "a reject without a password is stored, not a fault",
    async run(target) {
      const { postAuth, name } = await hotspot(target);
      isEmpty(await postAuth({ username: name("ada"), reply: "Access-Reject" }), 201);
    },
  },
  {
    name: "a reject carries the reason that authorize had",
    async run(target) {
      const { authorize, postAuth, name, sql, id } = await hotspot(target);
      isEmpty(await authorize({ username: name("nobody"), password: "x" }), 200);
      isEmpty(await postAuth({ username: name("nobody"), password: "x", reply: "Access-Reject" }), 201);
      deepEqual(await sql("select reason, explanation from radpostauth where organization_id = ?", id), [
        ["unknown_user", "Nobody has this user name, e-mail address or telephone number"],
      ]);
    },
  },
  {
    name: "user names of 150 characters fit, bad fields are 400 and nothing is stored",
    async run(target) {
      const { postAuth, sql, id } = await hotspot(target);
      deepEqual((await postAuth({})).json, {
        username: ["This field is required."],
        reply: ["This field is required."],
      });
      const answer = await postAuth({
        username: "",
        reply: "x".repeat(33),
        called_station_id: "x".repeat(254),
      });
      equal(answer.status, 400);
      deepEqual(Object.keys(answer.json as object), ["username", "reply", "called_station_id"]);
      deepEqual(await sql("select 1 from radpostauth where organization_id = ?", id), []);
      isEmpty(await postAuth({ username: "ñ".repeat(150), reply: "Access-Accept" }), 201);
    },
  },
];
