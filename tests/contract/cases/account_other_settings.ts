import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import {
  form,
  type GuestSpot,
  guestSpot,
  isFieldErrors,
  type Member,
  mobileNumber,
  object,
} from "../account_api.ts";
import type { ContractCase } from "../contract_case.ts";
import { type Answer, send } from "../hotspot.ts";
import { OTHER_SETTINGS as environment } from "../other_settings.ts";

const SMS = { sms_verification: true, sms_sender: "Portico", sms_cooldown: 0 };

/** Requests without a key are counted by address: each case here comes from one of its own. */
const from = (address: string) => ({ "x-forwarded-for": address });

const logIn = ({ api }: GuestSpot, username: string, headers: Record<string, string>, password = "secret") =>
  api.post("token/", form({ username, password }), { headers });

function isThrottled(answer: Answer): void {
  equal(answer.status, 429, answer.text);
  const seconds = Number(answer.headers.get("retry-after"));
  ok(Number.isInteger(seconds) && seconds > 0 && seconds <= 3600, String(seconds));
  deepEqual(answer.json, { detail: `Request was throttled. Expected available in ${seconds} seconds.` });
}

/** How many of these are answered until the first 429. */
async function answered(ask: () => Promise<Answer>): Promise<number> {
  for (let count = 0; count < 20; count++) {
    const answer = await ask();
    if (answer.status !== 429) continue;
    isThrottled(answer);
    return count;
  }
  return Infinity;
}

export const cases: ContractCase[] = [
  {
    name:
      "with disposable tokens off there is one RADIUS token, and it opens this organization again and again",
    environment,
    async run(target) {
      const [spot, other] = [await guestSpot(target), await guestSpot(target)];
      const { username, key } = await spot.member("ada");
      const headers = from("192.0.2.1");
      const first = object(await logIn(spot, username, headers)).radius_user_token;
      const second = object(await logIn(spot, username, headers)).radius_user_token;
      const validated = object(await spot.api.post("token/validate/", { token: key }, { headers }));
      deepEqual([second, validated.radius_user_token], [first, first]);
      // Joining elsewhere gives another one, and every answer has one that works.
      const there = object(await logIn(other, username, headers)).radius_user_token;
      notEqual(there, first);
      for (let time = 0; time < 2; time++) {
        equal((await spot.authorize({ username, password: first })).status, 200);
        equal((await other.authorize({ username, password: there })).status, 200);
      }
      equal((await other.authorize({ username, password: first })).status, 401);
    },
  },
  {
    name: "an expired password is told, keeps its RADIUS token out, and is mended by a change",
    environment,
    async run(target) {
      const spot = await guestSpot(target);
      const { username, key } = await spot.member("ada");
      const headers = from("192.0.2.2");
      await spot.sql("update user set password_updated = '2020-01-01' where username = ?", username);
      const expired = await logIn(spot, username, headers);
      deepEqual([expired.status, object(expired).password_expired], [200, true]);
      const radius = (password: unknown) => spot.authorize({ username, password });
      equal((await radius(object(expired).radius_user_token)).status, 401);
      const changed = await spot.api.post("password/change/", {
        current_password: "secret",
        new_password: "battery-staple-9",
        confirm_password: "battery-staple-9",
      }, { key });
      equal(changed.status, 200, changed.text);
      const validated = object(await spot.api.post("token/validate/", { token: key }, { headers }));
      equal(validated.password_expired, false);
      equal((await radius(validated.radius_user_token)).status, 200);
    },
  },
  {
    name: "each scope counts on its own: by user where there is a key, else by address",
    environment,
    async run(target) {
      const spot = await guestSpot(target, SMS);
      const member = (text: string) => spot.member(text, { phone: mobileNumber() });
      const [ada, bob] = [await member("ada"), await member("bob")];
      const sessions = ({ key }: Member) => spot.api.get("session/", { key });
      equal(await answered(() => sessions(ada)), 5);
      isThrottled(await spot.api.get("usage/", { key: ada.key }));
      equal((await sessions(bob)).status, 200);
      const { key } = ada;
      equal(await answered(() => spot.api.post("phone/token/", {}, { key })), 2);
      equal(await answered(() => spot.api.get("phone/token/active/", { key })), 2);
      equal(await answered(() => spot.api.post("phone/verify/", { code: "00000000" }, { key })), 3);
      const reset = (address: string) =>
        spot.api.post("password/reset/", { input: spot.name("nobody") }, { headers: from(address) });
      equal(await answered(() => reset("192.0.2.3")), 5);
      isThrottled(await spot.api.post("", {}, { headers: from("192.0.2.3") }));
      equal((await reset("192.0.2.4")).status, 200);
      const validate = () => spot.api.post("token/validate/", { token: "x" }, { headers: from("192.0.2.3") });
      equal(await answered(validate), 7);
      const nobody = () => spot.api.post("token/", {}, { headers: from("192.0.2.3") });
      equal(await answered(nobody), 4);
    },
  },
  {
    name: "being throttled is told in the guest's language, before the method and the body are looked at",
    environment,
    async run(target) {
      const spot = await guestSpot(target);
      const { key } = await spot.member("ada");
      equal(await answered(() => spot.api.get("session/", { key })), 5);
      const answer = await spot.api.ask("PUT", "session/", "{", {
        key,
        headers: { "accept-language": "it,en-US" },
      });
      equal(answer.status, 429);
      match(answer.headers.get("retry-after") ?? "", /^\d+$/);
      match(String(object(answer).detail), /Riprova tra \d+/);
      // Who is nobody is told so first.
      equal((await spot.api.get("session/", { key: "0".repeat(40) })).status, 401);
    },
  },
  {
    name: "numbers that may be a fixed line pass where that is allowed, fixed lines do not",
    environment,
    async run(target) {
      const spot = await guestSpot(target, SMS);
      const { key } = await spot.member("ada", { phone: mobileNumber() });
      const change = (phone_number: string) => spot.api.post("phone/change/", { phone_number }, { key });
      isFieldErrors(await change("+390612345678"), "phone_number");
      const digits = String(Date.now()).slice(-4);
      const answer = await change(`+1201555${digits}`);
      equal(answer.status, 200, answer.text);
      const [message = ""] = await target.messages.sms(`+1201555${digits}`, 1);
      match(message, /(?<!\d)\d{8}(?!\d)/);
    },
  },
  {
    name: "a number typed without its country logs in, with a zero in front too",
    environment,
    async run(target) {
      const spot = await guestSpot(target);
      const phone = mobileNumber();
      await spot.users({ username: spot.name("ada"), phone });
      for (const typed of [phone.slice(3), `0${phone.slice(3)}`, phone]) {
        const answer = await logIn(spot, typed, from("192.0.2.5"));
        equal(object(answer).username, spot.name("ada"), `${typed}: ${answer.text}`);
      }
    },
  },
  {
    name: "the methods that guests may name are the installation's",
    environment,
    async run(target) {
      const spot = await guestSpot(target);
      const signUp = (text: string, method: string) =>
        spot.api.post("", {
          username: spot.name(text),
          email: `${spot.name(text)}@example.org`,
          password1: "correct-horse-7",
          password2: "correct-horse-7",
          method,
        }, { headers: from("192.0.2.6") });
      isFieldErrors(await signUp("ada", "email"), "method");
      equal((await signUp("ada", "manual")).status, 201);
      equal((await signUp("bob", "")).status, 201);
    },
  },
  {
    name: "where addresses must be confirmed a sign-up has no key in it, and an address is needed",
    environment,
    async run(target) {
      const spot = await guestSpot(target);
      const headers = from("192.0.2.7");
      const fields = {
        username: spot.name("ada"),
        password1: "correct-horse-7",
        password2: "correct-horse-7",
      };
      isFieldErrors(await spot.api.post("", fields, { headers }), "email");
      const email = `${spot.name("ada")}@example.org`;
      const answer = await spot.api.post("", { ...fields, email }, { headers });
      equal(answer.status, 201, answer.text);
      deepEqual(Object.keys(object(answer)), ["detail", "radius_user_token"]);
      equal(typeof object(answer).detail, "string");
      equal((await target.messages.mails(email, 1)).length, 1);
    },
  },
  {
    name: "an operator's own methods are strong, weak, or good for the network before they are verified",
    environment,
    async run(target) {
      const spot = await guestSpot(target, { needs_identity_verification: true });
      for (
        const [index, [method, verified, status, opens]] of ([
          ["national_id", true, 200, true],
          ["national_id", false, 401, false],
          ["newsletter", true, 401, true],
          ["bank_card", false, 401, true],
        ] as const).entries()
      ) {
        const username = spot.name(`u${index}`);
        await spot.users({ username, method, verified });
        const answer = await logIn(spot, username, from("192.0.2.8"));
        deepEqual([answer.status, object(answer).method], [status, method]);
        const { radius_user_token: password } = object(answer);
        equal((await spot.authorize({ username, password })).status, opens ? 200 : 401, method);
      }
    },
  },
  {
    name: "codes are limited by address too, and the next one along is not that address",
    environment,
    async run(target) {
      const spot = await guestSpot(target, SMS);
      const statuses = [];
      for (let index = 0; index < 6; index++) {
        const { key } = await spot.member(`m${index}`, { phone: mobileNumber() });
        const headers = from(index < 5 ? "192.0.2.9" : "192.0.2.10");
        statuses.push((await spot.api.post("phone/token/", {}, { key, headers })).status);
      }
      deepEqual(statuses, [201, 201, 201, 201, 400, 201]);
    },
  },
  {
    name: "the link in the mail of a session logs in once and here, by the scheme that was chosen for it",
    environment,
    async run(target) {
      const spot = await guestSpot(target, { login_url: "https://pages.example/login?lang=it" });
      const [username, email] = [spot.name("ada"), `${spot.name("ada")}@example.org`];
      await spot.users({ username, email, email_verified: true });
      const unique_id = spot.name("u").slice(0, 32);
      const start = {
        status_type: "Start",
        session_id: "s",
        unique_id,
        nas_ip_address: "10.0.0.1",
        username,
      };
      equal((await spot.accounting(start)).status, 201);
      const [mail] = await target.messages.mails(email, 1);
      const link = /https:\/\/pages\.example\/login\?lang=it&Link=([A-Za-z0-9]{40})/.exec(mail?.text ?? "");
      const authorization = `Link ${link?.[1]}`;
      const follow = ({ api }: GuestSpot) =>
        api.post("token/", form({ username: "", password: "" }), {
          headers: { ...from("192.0.2.11"), authorization },
        });
      equal((await follow(await guestSpot(target))).status, 403);
      const answer = await follow(spot);
      deepEqual([answer.status, object(answer).username], [200, username]);
      equal((await spot.authorize({ username, password: object(answer).radius_user_token })).status, 200);
      equal((await follow(spot)).status, 403);
    },
  },
  {
    name:
      "the mock portal opens one session for a RADIUS token and closes it, and answers whatever it is told",
    environment,
    async run(target) {
      const spot = await guestSpot(target);
      const { username, key } = await spot.member("ada");
      const { radius_user_token } = object(await logIn(spot, username, from("192.0.2.12")));
      const portal = async (path: string, fields: Record<string, string>) => {
        const answer = await send(target, `/captive-portal-mock/${path}/`, "POST", {}, form(fields));
        equal(answer.status, 200, answer.text);
        // The pages load it into a frame, whoever they are.
        ok(!answer.headers.has("x-frame-options"));
        ok(!answer.headers.get("content-security-policy")?.includes("frame-ancestors"));
      };
      const open = async () => {
        const { json } = await spot.api.get("session/?is_open=true", { key });
        return json as Record<string, unknown>[];
      };
      await portal("login", { auth_pass: "nobody's" });
      for (let time = 0; time < 2; time++) await portal("login", { auth_pass: String(radius_user_token) });
      const [session, ...others] = await open();
      deepEqual(others, []);
      deepEqual([session?.calling_station_id, session?.called_station_id, session?.nas_ip_address], [
        "00:00:00:00:00:00",
        "11:00:00:00:00:11",
        "127.0.0.1",
      ]);
      await portal("logout", { logout_id: String(session?.session_id) });
      await portal("logout", { logout_id: "nothing" });
      deepEqual(await open(), []);
    },
  },
  {
    name:
      "guessing one account's password ends after a while, whatever address it comes from, and others log in",
    async run(target) {
      const spot = await guestSpot(target);
      await spot.users({ username: spot.name("ada") }, { username: spot.name("bob") });
      const guess = (text: string, password: string) =>
        spot.api.post("token/", form({ username: spot.name(text), password }));
      let told: Answer | undefined;
      for (let attempt = 0; attempt < 25 && !told; attempt++) {
        const answer = await guess("ada", `wrong ${attempt}`);
        if (answer.status === 429) told = answer;
        else isFieldErrors(answer, "non_field_errors");
      }
      ok(told, "25 guesses were answered");
      match(told.headers.get("retry-after") ?? "", /^\d+$/);
      equal(typeof object(told).detail, "string");
      equal((await guess("bob", "secret")).status, 200);
    },
  },
  {
    name: "in a disabled organization nobody logs in, signs up, gets a RADIUS token or a code",
    async run(target) {
      const spot = await guestSpot(target, { sms_verification: true, sms_sender: "Portico" });
      const { username, key } = await spot.member("ada", { phone: mobileNumber() });
      await target.apply({ organizations: [{ slug: spot.slug, is_active: false }] });
      for (
        const [path, body, status] of [
          ["token/", { username, password: "secret" }, 403],
          ["token/validate/", { token: key }, 403],
          ["", {}, 403],
          ["phone/token/", {}, 400],
          ["phone/change/", { phone_number: mobileNumber() }, 400],
        ] as const
      ) {
        const answer = await spot.api.post(path, body, path.startsWith("phone") ? { key } : {});
        equal(answer.status, status, `${path}: ${answer.status} ${answer.text}`);
      }
      equal((await spot.sql("select 1 from radiustoken where organization_id = ?", spot.id)).length, 0);
    },
  },
  {
    name: "an organization without RADIUS settings says so, and goes on serving what needs none",
    environment,
    async run(target) {
      const [spot, other] = [await guestSpot(target), await guestSpot(target)];
      const [root, ada] = [await other.member("root", { superuser: true }), await other.member("ada")];
      await spot.sql("delete from organization_radius_settings where organization_id = ?", spot.id);
      const headers = from("192.0.2.13");
      const password = "correct-horse-7";
      const signUp = {
        username: spot.name("new"),
        email: `${spot.name("new")}@example.org`,
        password1: password,
        password2: password,
      };
      const asked: readonly [path: string, body: unknown, key?: string][] = [
        ["", signUp],
        ["token/", form({ username: ada.username, password: "secret" })],
        ["phone/token/", {}, ada.key],
        ["phone/change/", { phone_number: mobileNumber() }, ada.key],
      ];
      for (const [path, body, key] of asked) {
        const answer = await spot.api.post(path, body, { headers, ...(key && { key }) });
        equal(answer.status, 500, `${path}: ${answer.text}`);
        equal(typeof object(answer).detail, "string", path);
      }
      equal((await logIn(spot, root.username, headers)).status, 200);
      equal((await spot.api.post("token/validate/", { token: root.key }, { headers })).status, 200);
      deepEqual((await spot.api.get("session/", { key: ada.key })).json, []);
      equal((await spot.api.get("usage/", { key: ada.key })).status, 404);
      equal((await spot.api.post("password/reset/", { input: ada.email }, { headers })).status, 200);
    },
  },
];
