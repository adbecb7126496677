import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { ContractCase, ContractTarget } from "../contract_case.ts";
import { SECRET_HASH, send } from "../hotspot.ts";

const TOKEN = "165f9a790787fc38e5cc12c1640db2300648d9a2";
const environment = { PORTICO_LEGACY_API_TOKEN: TOKEN };
const BEARER = { authorization: `Bearer ${TOKEN}` };

let made = 0;

async function installation(target: ContractTarget) {
  await target.apply({ organizations: [{ slug: "default" }] });
  const mark = `b${Date.now().toString(36)}${(made++).toString(36)}`;
  const batch = async (body: unknown) => {
    const { status, text, json } = await send(target, "/api/v1/batch/", "POST", BEARER, body);
    return { status, text, json: json as Record<string, unknown> };
  };
  const logIn = async (username: string, password: string) =>
    (await send(target, "/api/v1/authorize/", "POST", BEARER, { username, password })).text;
  const users = async () => {
    const sql = "select count(*) from user where username like ?";
    return Number((await target.db.execute({ sql, args: [`${mark}%`] })).rows[0]?.[0]);
  };
  return { mark, batch, logIn, users };
}

function csvForm(name: string, file: BlobPart): FormData {
  const form = new FormData();
  form.set("name", name);
  form.set("strategy", "csv");
  form.set("csvfile", new File([file], "users.csv", { type: "text/csv" }));
  return form;
}

function utf16(text: string): Uint8Array<ArrayBuffer> {
  const octets = new DataView(new ArrayBuffer(text.length * 2));
  for (let at = 0; at < text.length; at++) octets.setUint16(at * 2, text.charCodeAt(at), false);
  return new Uint8Array(octets.buffer);
}

export const cases: ContractCase[] = [
  {
    name: "a prefix makes users that log in at once, in the default group",
    environment,
    async run(target) {
      const { mark, batch, logIn } = await installation(target);
      const { status, text, json } = await batch({
        name: mark,
        strategy: "prefix",
        prefix: mark,
        number_of_users: "3",
        expiration_date: "2099-12-31",
      });
      equal(status, 201, text);
      deepEqual([json.name, json.strategy, json.status, json.prefix], [mark, "prefix", "completed", mark]);
      const names = (json.users as { username: string }[]).map(({ username }) => username);
      deepEqual(names, [1, 2, 3].map((number) => mark + number));
      const credentials = json.user_credentials as [string, string][];
      deepEqual(credentials.map(([username]) => username), names);
      for (const [username, password] of credentials) {
        match(await logIn(username, password), /"Accept","Session-Timeout":10800/);
      }
    },
  },
  {
    name: "a file makes users with clear and hashed passwords, and generated ones that are told",
    environment,
    async run(target) {
      const { mark, batch, logIn } = await installation(target);
      const file = `${mark}-a,cleartext$ geheim ,${mark}a@example.org,Zoë,Łęcka\r\n\r\n` +
        `${mark}-a,${SECRET_HASH},${mark}b@example.org,"B, b",\r\n,,${mark}@example.org,,\r\n`;
      const { status, text, json } = await batch(csvForm(mark, file));
      equal(status, 201, text);
      const [zoe, ...others] = json.users as Record<string, unknown>[];
      deepEqual([zoe?.username, zoe?.first_name, zoe?.last_name], [`${mark}-a`, "Zoë", "Łęcka"]);
      deepEqual(others.map(({ username }) => username), [`${mark}-a1`, mark]);
      const [[generated = "", password = ""] = []] = json.user_credentials as [string, string][];
      equal(generated, mark);
      match(await logIn(`${mark}-a`, " geheim "), /"Accept"/);
      match(await logIn(`${mark}b@example.org`, "secret"), /"Accept"/);
      match(await logIn(mark, password), /"Accept"/);
      equal(await logIn(mark, "wrong"), "");
    },
  },
  {
    name: "a file may be UTF-16 without a mark, big-endian",
    environment,
    async run(target) {
      const { mark, batch, logIn } = await installation(target);
      const file = utf16(`${mark}-нина,${SECRET_HASH},${mark}@пример.рф,Нина,\n`);
      const { status, text } = await batch(csvForm(mark, file));
      equal(status, 201, text);
      match(await logIn(`${mark}-нина`, "secret"), /"Accept"/);
    },
  },
  {
    name: "one wrong row refuses the whole file, and says which",
    environment,
    async run(target) {
      const { mark, batch, users } = await installation(target);
      const good = `${mark},${SECRET_HASH},${mark}@example.org,,\n`;
      const wrong: [string, string, RegExp][] = [
        [`${good}${mark}x,${SECRET_HASH}`, "__all__", /^row 2: /],
        [`${good}${mark}x,${SECRET_HASH},no address,,`, "__all__", /^row 2: /],
        [`${good}${mark}x,plain,${mark}x@example.org,,`, "csvfile", /^row 2: /],
        [`${good}"${mark}`, "csvfile", /^row 2: /],
        [`${good}${",".repeat(100_000)}`, "csvfile", /^row 2: /],
      ];
      for (const [file, key, reason] of wrong) {
        const { status, json } = await batch(csvForm(mark, file));
        equal(status, 400);
        match(String((json[key] as string[])[0]), reason);
      }
      const latin1 = await batch(csvForm(mark, Uint8Array.of(0x7a, 0xeb, 0x2c, 0x2c, 0x40)));
      deepEqual([latin1.status, Object.keys(latin1.json)], [400, ["__all__"]]);
      equal(await users(), 0);
      equal((await batch(csvForm(mark, good))).status, 201);
      const again = await batch(csvForm(`${mark} again`, good));
      deepEqual([again.status, Object.keys(again.json)], [400, ["csvfile"]]);
      equal(await users(), 1);
    },
  },
  {
    name: "fields that do not fit are 400 under their own name",
    environment,
    async run(target) {
      const { mark, batch, users } = await installation(target);
      const prefix = { name: mark, strategy: "prefix", prefix: mark, number_of_users: 1 };
      const wrong: [unknown, string][] = [
        [{ ...prefix, name: "" }, "name"],
        [{ ...prefix, strategy: "both" }, "strategy"],
        [{ ...prefix, prefix: "é" }, "prefix"],
        [{ ...prefix, number_of_users: 0 }, "number_of_users"],
        [{ ...prefix, number_of_users: 1e30 }, "number_of_users"],
        [{ ...prefix, number_of_users: [1] }, "number_of_users"],
        [{ ...prefix, expiration_date: "2020-01-01" }, "expiration_date"],
        [{ ...prefix, strategy: "csv" }, "csvfile"],
        ["[]", "non_field_errors"],
        ["{", "detail"],
      ];
      for (const [body, key] of wrong) {
        const { status, json, text } = await batch(body);
        equal(status, 400, text);
        ok(key in json, text);
      }
      equal(await users(), 0);
    },
  },
  {
    name: "batches of one prefix that come at once make different users, of one name only one is made",
    environment,
    async run(target) {
      const { mark, batch, users } = await installation(target);
      const prefix = { strategy: "prefix", prefix: mark, number_of_users: 2 };
      const different = await Promise.all([1, 2, 3].map((at) => batch({ ...prefix, name: `${mark} ${at}` })));
      deepEqual(different.map(({ status }) => status), [201, 201, 201]);
      equal(await users(), 6);
      const same = await Promise.all([1, 2].map(() => batch({ ...prefix, name: mark })));
      deepEqual(same.map(({ status }) => status).sort(), [201, 400]);
      equal(await users(), 8);
    },
  },
];
