import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import {
  form,
  guestSpot,
  isFieldErrors,
  isUnauthenticated,
  multipart,
  object,
  REQUIRED,
} from "../account_api.ts";
import type { ContractCase } from "../contract_case.ts";
import { isDetail, isEmpty, send } from "../hotspot.ts";

/** Method and path of everything in section 5, and whether it wants a key. */
const ENDPOINTS: readonly (readonly [method: string, path: string, wantsKey: boolean])[] = [
  ["POST", "", false],
  ["POST", "token/", false],
  ["POST", "token/validate/", false],
  ["POST", "password/reset/", false],
  ["POST", "password/reset/confirm/", false],
  ["POST", "password/change/", true],
  ["GET", "session/", true],
  ["GET", "usage/", true],
  ["POST", "phone/token/", true],
  ["GET", "phone/token/active/", true],
  ["POST", "phone/verify/", true],
  ["POST", "phone/change/", true],
  ["POST", "registration-method/", true],
];

export const cases: ContractCase[] = [
  {
    name: "an organization that does not exist is 404 in JSON, before anything else",
    async run(target) {
      for (const [method, path] of ENDPOINTS) {
        for (const asked of [method, "DELETE"]) {
          const answer = await send(
            target,
            `/api/v1/radius/organization/no-such-slug/account/${path}`,
            asked,
            {
              authorization: "Bearer nonsense",
            },
          );
          equal(answer.status, 404, `${asked} ${path}`);
          match(answer.type ?? "", /^application\/json/);
          deepEqual(answer.json, { detail: "No Organization matches the given query." });
        }
      }
    },
  },
  {
    name: "each path is answered with a slash at its end and without, never by a redirect",
    async run(target) {
      const { api, member } = await guestSpot(target, { sms_verification: true, sms_sender: "Portico" });
      const { key } = await member("ada");
      for (const [method, path, wantsKey] of ENDPOINTS) {
        const answers = [];
        for (const spelled of [path, path.replace(/\/$/, "")]) {
          answers.push(
            await api.ask(method, spelled, method === "POST" ? {} : undefined, wantsKey ? { key } : {}),
          );
        }
        const [withSlash, without] = answers;
        equal(without?.status, withSlash?.status, path);
        ok((without?.status ?? 500) < 300 || (without?.status ?? 500) >= 400, path);
        notEqual(without?.status, 404, path);
        match(without?.type ?? "", /^application\/json/, path);
      }
    },
  },
  {
    name: "whoever has no key is told 401 with the challenge, also with the wrong method",
    async run(target) {
      const { api } = await guestSpot(target, { sms_verification: true, sms_sender: "Portico" });
      for (const [method, path, wantsKey] of ENDPOINTS) {
        if (!wantsKey) continue;
        for (const asked of [method, "DELETE"]) {
          isUnauthenticated(await api.ask(asked, path), "Authentication credentials were not provided.");
        }
      }
    },
  },
  {
    name: "a key that nobody has, a malformed header and somebody inactive are 401 with the challenge",
    async run(target) {
      const { api, member, users } = await guestSpot(target);
      const { key, username } = await member("ada");
      isUnauthenticated(await api.get("session/", { key: "0".repeat(40) }), "Invalid token.");
      for (
        const authorization of ["Bearer", "Bearer a b", `Bearer ${key} x`, `Bearer ${key}x`, "Bearer \u00e9"]
      ) {
        isUnauthenticated(await api.get("session/", { headers: { authorization } }));
      }
      equal((await api.get("session/", { headers: { authorization: `bEaReR ${key}` } })).status, 200);
      await users({ username, active: false });
      isUnauthenticated(await api.get("session/", { key }), "User inactive or deleted.");
    },
  },
  {
    name: "the wrong method is 405 with its name, after the key was looked at",
    async run(target) {
      const { api, member } = await guestSpot(target, { sms_verification: true, sms_sender: "Portico" });
      const { key } = await member("ada");
      for (const [method, path, wantsKey] of ENDPOINTS) {
        for (const asked of ["PUT", "DELETE", method === "GET" ? "POST" : "GET"]) {
          const answer = await api.ask(asked, path, undefined, wantsKey ? { key } : {});
          equal(answer.status, 405, `${asked} ${path}: ${answer.text}`);
          deepEqual(answer.json, { detail: `Method "${asked}" not allowed.` });
        }
        const told = await api.ask("OPTIONS", path, undefined, wantsKey ? { key } : {});
        isEmpty(told, 200);
        equal(told.headers.get("allow"), method === "GET" ? "GET, HEAD, OPTIONS" : "POST, OPTIONS");
      }
    },
  },
  {
    name: "JSON, a form and multipart say the same",
    async run(target) {
      const { api, name } = await guestSpot(target);
      const fields = { username: name("nobody"), password: "secret" };
      for (const body of [fields, form(fields), multipart(fields)]) {
        isFieldErrors(await api.post("token/", body), "non_field_errors");
      }
      const wrongType = await api.post("token/", "<x/>", { headers: { "content-type": "text/xml" } });
      isDetail(wrongType, 415);
    },
  },
  {
    name: "GETs that carry a form's content type and no body are no error",
    async run(target) {
      const { api, member } = await guestSpot(target, { sms_verification: true, sms_sender: "Portico" });
      const { key } = await member("ada");
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      for (const path of ["session/", "usage/", "phone/token/active/"]) {
        equal((await api.get(path, { key, headers })).status, 200, path);
      }
    },
  },
  {
    name: "bad bodies are 400 with a text, and nothing of a fault",
    async run(target) {
      const { api, member } = await guestSpot(target, { sms_verification: true, sms_sender: "Portico" });
      const { key } = await member("ada");
      const hostile = [
        "[]",
        "null",
        "7",
        '"text"',
        "{",
        `${"[".repeat(5000)}${"]".repeat(5000)}`,
        `{"username": ${"[".repeat(500)}${"]".repeat(500)}}`,
      ];
      for (const [method, path, wantsKey] of ENDPOINTS) {
        if (method !== "POST") continue;
        for (const body of hostile) {
          const answer = await api.post(path, body, wantsKey ? { key } : {});
          equal(answer.status, 400, `${path} ${body.slice(0, 20)}: ${answer.status} ${answer.text}`);
          match(answer.type ?? "", /^application\/json/);
        }
      }
    },
  },
  {
    name: "a value of the wrong kind is 400 under its field, wherever it stands",
    async run(target) {
      const { api, member } = await guestSpot(target, { sms_verification: true, sms_sender: "Portico" });
      const { key } = await member("ada");
      const fields: Readonly<Record<string, readonly string[]>> = {
        "": ["username", "email", "password1", "password2", "phone_number", "method"],
        "token/": ["username", "password"],
        "password/reset/": ["input"],
        "password/reset/confirm/": ["uid", "token", "new_password1", "new_password2"],
        "password/change/": ["new_password", "confirm_password"],
        "phone/verify/": ["code"],
        "phone/change/": ["phone_number"],
        "registration-method/": ["method"],
      };
      for (const [path, names] of Object.entries(fields)) {
        for (
          const value of ["{}", "[]", "true", "1e308", `1${"0".repeat(400)}`, '"\\ud800"', '"a\\u0000b"']
        ) {
          const body = `{${names.map((name) => `"${name}": ${value}`).join()}}`;
          const answer = await api.post(path, body, { key });
          equal(answer.status, 400, `${path} ${value.slice(0, 12)}: ${answer.status} ${answer.text}`);
          ok(typeof answer.json === "object", answer.text);
        }
      }
    },
  },
  {
    name: "white space around a text is cut off, but not around a password",
    async run(target) {
      const { api, users, name } = await guestSpot(target);
      await users({ username: name("ada") });
      const padded = { username: `  ${name("ada")} `, password: "secret" };
      equal((await api.post("token/", padded)).status, 200);
      isFieldErrors(await api.post("token/", { ...padded, password: " secret" }), "non_field_errors");
    },
  },
  {
    name: "texts come in the language that is asked for, with q-values and without",
    async run(target) {
      const { api } = await guestSpot(target);
      const said = async (language: string) => {
        const answer = await api.post("token/", {}, { headers: { "accept-language": language } });
        isFieldErrors(answer, "username", "password");
        return String((object(answer).username as unknown[])[0]);
      };
      const english = await said("en");
      const texts = new Map<string, string>();
      for (const language of ["en", "it", "de", "es", "fr", "pt", "ar"]) {
        texts.set(language, await said(language));
      }
      equal(new Set(texts.values()).size, 7, JSON.stringify([...texts]));
      match(texts.get("ar") ?? "", /\p{Script=Arabic}/u);
      for (
        const [header, language] of [
          ["it,en-US", "it"],
          ["en,en-US", "en"],
          ["fur,it,en-US", "it"],
          ["ru,sl", "en"],
          ["de-AT", "de"],
          ["en;q=0.5, fr;q=0.9", "fr"],
          ["*", "en"],
          ["it;q=0, de", "de"],
        ] as const
      ) equal(await said(header), texts.get(language), header);
      equal(await said(""), english);
    },
  },
  {
    name: "a field's complaint is translated too, and keeps its English words in English",
    async run(target) {
      const { api } = await guestSpot(target);
      deepEqual((await api.post("token/", {})).json, { username: [REQUIRED], password: [REQUIRED] });
      const italian = await api.post("token/", {}, { headers: { "accept-language": "it,en-US" } });
      isFieldErrors(italian, "username", "password");
      ok(!italian.text.includes(REQUIRED), italian.text);
      const refused = await api.get("session/", { headers: { "accept-language": "it" } });
      isUnauthenticated(refused);
      ok(!refused.text.includes("Authentication credentials"), refused.text);
    },
  },
  {
    name: "answers are JSON in UTF-8, whatever is accepted",
    async run(target) {
      const { api } = await guestSpot(target);
      for (const accept of ["application/json, text/plain, */*", "text/html", ""]) {
        const answer = await api.post("token/", {}, { headers: { accept, "accept-language": "de" } });
        equal(answer.status, 400);
        match(answer.type ?? "", /^application\/json/);
      }
    },
  },
];
