import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import type { ContractCase, ContractTarget } from "../contract_case.ts";
import { type Answer, isDetail, isEmpty, SECRET_HASH, send } from "../hotspot.ts";

const TOKEN = "165f9a790787fc38e5cc12c1640db2300648d9a2";
const environment = { PORTICO_LEGACY_API_TOKEN: TOKEN };
const BEARER = { authorization: `Bearer ${TOKEN}` };
const FREERADIUS = ["authorize", "postauth", "accounting"];

let made = 0;

/** The organization `default` with a user of its own for each case. */
async function installation(target: ContractTarget) {
  const username = `legacy-${Date.now().toString(36)}${(made++).toString(36)}`;
  await target.apply({
    organizations: [{ slug: "default" }],
    users: [{
      username,
      email: `${username}@example.org`,
      password_hash: SECRET_HASH,
      organizations: ["default"],
    }],
  });
  const post = (path: string, body: unknown, headers: HeadersInit = BEARER) =>
    send(target, `/api/v1/${path}`, "POST", headers, body);
  return { username, post };
}

/** Whatever rlm_rest sends with the configuration of django-freeradius's documentation. */
function packet(username: string, status: string, more: Record<string, string> = {}) {
  return {
    status_type: status,
    session_id: "35000006",
    unique_id: username,
    username,
    realm: "",
    nas_ip_address: "172.16.64.91",
    nas_port_id: "1",
    nas_port_type: "Async",
    session_time: "",
    authentication: "RADIUS",
    input_octets: "",
    output_octets: "",
    called_station_id: "00-27-22-F3-FA-F1:hostname",
    calling_station_id: "5c:7d:c1:72:a7:3b",
    terminate_cause: "",
    service_type: "Login-User",
    framed_protocol: "test",
    framed_ip_address: "127.0.0.1",
    ...more,
  };
}

export const cases: ContractCase[] = [
  {
    name: "as long as no token is configured everything is 403",
    async run(target) {
      for (const path of [...FREERADIUS, "batch", "account/token"]) {
        for (const query of ["", "?token=", `?token=${TOKEN}`]) {
          isDetail(await send(target, `/api/v1/${path}/${query}`, "POST", BEARER, { username: "a" }), 403);
        }
      }
    },
  },
  {
    name: "a missing or wrong token, and the current API's header, are 403",
    environment,
    async run(target) {
      for (const path of [...FREERADIUS, "batch"]) {
        const ask = (query: string, headers: HeadersInit) =>
          send(target, `/api/v1/${path}/${query}`, "POST", headers, { username: "a", password: "b" });
        isDetail(await ask("", {}), 403);
        isDetail(await ask("?token=wrong", {}), 403);
        isDetail(await ask(`?token=${TOKEN}x`, {}), 403);
        for (const value of ["Bearer", "Bearer wrong", `Bearer x ${TOKEN}`, `Token ${TOKEN}`]) {
          isDetail(await ask("", { authorization: value }), 403);
        }
      }
    },
  },
  {
    name: "authorize takes the token in header or query, JSON or a form, and answers as ever",
    environment,
    async run(target) {
      const { username, post } = await installation(target);
      const accepted = await post("authorize/", { username, password: "secret" });
      equal(accepted.status, 200);
      match(accepted.text, /^\{"control:Auth-Type":"Accept"/);
      const form = new URLSearchParams({ username, password: "secret" });
      match((await post(`authorize/?token=${TOKEN}`, form, {})).text, /"Accept"/);
      isEmpty(await post("authorize/", { username, password: "wrong" }), 200);
      isEmpty(await post("authorize/", { username: `${username}x`, password: "secret" }), 200);
      equal((await post("authorize/", { username })).status, 400);
      equal((await send(target, "/api/v1/authorize/", "GET", BEARER)).status, 405);
    },
  },
  {
    name: "postauth is 201 without a body, and recorded for the organization default",
    environment,
    async run(target) {
      const { username, post } = await installation(target);
      const body = { username, password: "secret", reply: "Access-Accept", called_station_id: "" };
      isEmpty(await post("postauth/", body), 201);
      const { rows } = await target.db.execute({
        sql: `select slug from radpostauth join organization o on o.id = organization_id where username = ?`,
        args: [username],
      });
      deepEqual(rows.map((row) => row[0]), ["default"]);
    },
  },
  {
    name: "accounting is 201 and 200 without a body; its list has an integer id that stays",
    environment,
    async run(target) {
      const { username, post } = await installation(target);
      isEmpty(await post("accounting/", packet(username, "Start")), 201);
      const list = async (query: string) => {
        const answer = await send(target, `/api/v1/accounting/?username=${username}${query}`, "GET", BEARER);
        equal(answer.status, 200, answer.text);
        return { ...answer, sessions: answer.json as Record<string, unknown>[] };
      };
      const [before] = (await list("")).sessions;
      ok(Number.isInteger(before?.id) && Number(before?.id) > 0);
      const stop = { session_time: "261", input_octets: "9900909", output_octets: "1513075509" };
      isEmpty(
        await post("accounting/", packet(username, "Stop", { ...stop, terminate_cause: "User_Request" })),
        200,
      );
      const [after, ...more] = (await list("&is_open=false")).sessions;
      deepEqual(
        [after?.id, after?.session_time, after?.input_octets, after?.output_octets, after?.terminate_cause],
        [before?.id, 261, 9900909, 1513075509, "User_Request"],
      );
      equal(more.length, 0);
      await post("accounting/", packet(username, "Start", { unique_id: `${username}2` }));
      const { sessions, headers } = await list("&page_size=1");
      equal(sessions.length, 1);
      notEqual(sessions[0]?.id, before?.id);
      match(
        headers.get("link") ?? "",
        /accounting\/\?page=2&page_size=1&username=.+; rel="next", <.+>; rel="last"/,
      );
      equal((await list("&page_size=1&page=2")).sessions[0]?.id, before?.id);
    },
  },
  {
    name: "Accounting-On closes the sessions of its NAS, Accounting-Off nothing",
    environment,
    async run(target) {
      const { username, post } = await installation(target);
      const station = { called_station_id: username, nas_ip_address: "172.16.64.77" };
      await post("accounting/", packet(username, "Start", station));
      const open = async () =>
        ((await send(target, `/api/v1/accounting/?username=${username}&is_open=true`, "GET", BEARER))
          .json as unknown[]).length;
      isEmpty(await post("accounting/", { status_type: "Accounting-Off", ...station }), 200);
      equal(await open(), 1);
      isEmpty(await post("accounting/", { status_type: "Accounting-On", ...station }), 200);
      equal(await open(), 0);
    },
  },
  {
    name: "an organization in the body is refused, as on the current API",
    environment,
    async run(target) {
      for (const path of FREERADIUS) {
        const body = { username: "a", password: "b", organization: "default" };
        isDetail(await send(target, `/api/v1/${path}/`, "POST", BEARER, body), 403);
      }
    },
  },
  {
    name: "account/token gives a RADIUS password for name or address, without the API token",
    environment,
    async run(target) {
      const { username, post } = await installation(target);
      for (const identifier of [username, `${username}@EXAMPLE.org`]) {
        const body = new URLSearchParams({ username: identifier, password: "secret" });
        const answer = await post("account/token/", body, {});
        equal(answer.status, 200, answer.text);
        const { token, ...nothing } = answer.json as { token: string };
        match(token, /^[A-Za-z0-9]{40}$/);
        deepEqual(nothing, {});
        match((await post("authorize/", { username, password: token })).text, /"Accept"/);
        isEmpty(await post("authorize/", { username, password: token }), 200);
      }
    },
  },
  {
    name: "account/token is 400 for what is missing and for what is wrong",
    environment,
    async run(target) {
      const { username, post } = await installation(target);
      const keys = (answer: Answer) => {
        equal(answer.status, 400, answer.text);
        return Object.keys(answer.json as object);
      };
      deepEqual(keys(await post("account/token/", {}, {})), ["username", "password"]);
      deepEqual(keys(await post("account/token/", { username, password: "" }, {})), ["password"]);
      const wrong = await post("account/token/", { username, password: "secret " }, {});
      deepEqual(keys(wrong), ["non_field_errors"]);
      const unknown = await post("account/token/", { username: `${username}x`, password: "secret" }, {});
      equal(unknown.text, wrong.text);
      equal((await send(target, "/api/v1/account/token/", "GET", {})).status, 405);
    },
  },
];
