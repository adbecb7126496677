import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import {
  form,
  type GuestSpot,
  guestSpot,
  isFieldErrors,
  isNotMember,
  isUnauthenticated,
  mobileNumber,
  object,
  REQUIRED,
} from "../account_api.ts";
import type { ContractCase, ContractTarget } from "../contract_case.ts";
import type { Answer } from "../hotspot.ts";

const NEW = "battery-staple-9";
const RESET_URL = {
  password_reset_url: "https://pages.example/{organization}/password/reset/confirm/{uid}/{token}",
};

function isText(answer: Answer, key: "detail" | "message"): string {
  equal(answer.status, 200, answer.text);
  const text = object(answer)[key];
  ok(typeof text === "string" && text.length > 0, answer.text);
  return text;
}

/** The address's last two segments in the newest of `count` mails. */
async function resetLink(target: ContractTarget, spot: GuestSpot, email: string, count = 1) {
  const text = (await target.messages.mails(email, count)).at(-1)?.text ?? "";
  const found = new RegExp(
    `https://pages\\.example/${spot.slug}/password/reset/confirm/([^/\\s"<>]+)/([^/\\s"<>]+)`,
  ).exec(text);
  const [, uid = "", token = ""] = found ?? [];
  notEqual(uid, "", text);
  return { uid, token };
}

const confirm = ({ api }: GuestSpot, fields: Record<string, string>) =>
  api.post("password/reset/confirm/", form({ new_password1: NEW, new_password2: NEW, ...fields }));

export const cases: ContractCase[] = [
  {
    name: "a reset is answered alike for everybody, known or not",
    async run(target) {
      const spot = await guestSpot(target, RESET_URL);
      const other = await guestSpot(target);
      const ada = await spot.member("ada");
      const stranger = await other.member("stranger");
      const texts = new Set<string>();
      for (
        const input of [
          ada.username,
          ada.email.toUpperCase(),
          spot.name("nobody"),
          stranger.email,
          mobileNumber(),
          "x".repeat(70_000),
          "%_'\"",
        ]
      ) texts.add(isText(await spot.api.post("password/reset/", form({ input })), "detail"));
      equal(texts.size, 1);
      // One of her two requests may be taken for a repetition; a stranger's mail never comes.
      ok((await target.messages.mails(ada.email, 1)).length >= 1);
      equal((await target.messages.mails(stranger.email)).length, 0);
    },
  },
  {
    name: "without input a reset is 400",
    async run(target) {
      const { api } = await guestSpot(target);
      deepEqual((await api.post("password/reset/", form({}))).json, { input: [REQUIRED] });
      isFieldErrors(await api.post("password/reset/", { input: " " }), "input");
    },
  },
  {
    name: "the mail's link sets a new password, once",
    async run(target) {
      const spot = await guestSpot(target, RESET_URL);
      const { username, email, key } = await spot.member("ada");
      isText(await spot.api.post("password/reset/", form({ input: email })), "detail");
      const { uid, token } = await resetLink(target, spot, email);
      match(uid, /^[0-9a-f]{32}$/);
      isFieldErrors(await confirm(spot, { uid, token, new_password2: "differs-123" }), "new_password2");
      isFieldErrors(
        await confirm(spot, { uid, token, new_password1: "1234", new_password2: "1234" }),
        "new_password2",
      );
      isText(await confirm(spot, { uid, token }), "detail");
      deepEqual((await confirm(spot, { uid, token })).json, { token: ["Invalid value"] });
      equal((await spot.api.post("token/", form({ username, password: NEW }))).status, 200);
      isFieldErrors(
        await spot.api.post("token/", form({ username, password: "secret" })),
        "non_field_errors",
      );
      equal((await spot.api.get("session/", { key })).status, 200);
      match((await spot.authorize({ username, password: NEW })).text, /Accept/);
    },
  },
  {
    name: "the link is found by number and user name too, with dashes in the uid or without, as JSON or form",
    async run(target) {
      const spot = await guestSpot(target, RESET_URL);
      const phone = mobileNumber();
      const { email } = await spot.member("ada", { phone });
      isText(await spot.api.post("password/reset/", { input: phone }), "detail");
      const { uid, token } = await resetLink(target, spot, email);
      const dashed = uid.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
      const body = { uid: dashed, token, new_password1: NEW, new_password2: NEW };
      isText(await spot.api.post("password/reset/confirm/", body), "detail");
    },
  },
  {
    name: "nobody's, malformed and wrong links are 400 under the name that the pages look at",
    async run(target) {
      const spot = await guestSpot(target, RESET_URL);
      const { username } = await spot.member("ada");
      const [[id] = []] = await spot.sql("select id from user where username = ?", username);
      const uid = String(id).replaceAll("-", "");
      deepEqual((await confirm(spot, { uid: "0".repeat(32), token: "x" })).json, { uid: ["Invalid value"] });
      deepEqual((await confirm(spot, { uid, token: "nonsense" })).json, { token: ["Invalid value"] });
      const malformed = await confirm(spot, { uid: "x", token: "x" });
      isFieldErrors(malformed, "non_field_errors");
      isFieldErrors(
        await spot.api.post("password/reset/confirm/", {}),
        "uid",
        "token",
        "new_password1",
        "new_password2",
      );
      const long = "x".repeat(129);
      isFieldErrors(
        await confirm(spot, { uid, token: "x", new_password1: long, new_password2: long }),
        "new_password1",
        "new_password2",
      );
    },
  },
  {
    name:
      "a link is worth nothing where its owner is no member, after a log-in, and after a change of password",
    async run(target) {
      const spot = await guestSpot(target, RESET_URL);
      const other = await guestSpot(target, RESET_URL);
      const { username, email, key } = await spot.member("ada");
      isText(await spot.api.post("password/reset/", form({ input: email })), "detail");
      const first = await resetLink(target, spot, email);
      isNotMember(await confirm(other, first));
      const changed = await spot.api.post("password/change/", {
        current_password: "secret",
        new_password: "staple-horse-1",
        confirm_password: "staple-horse-1",
      }, { key });
      isText(changed, "message");
      deepEqual((await confirm(spot, first)).json, { token: ["Invalid value"] });
      isText(await spot.api.post("password/reset/", form({ input: email })), "detail");
      const second = await resetLink(target, spot, email, 2);
      equal((await spot.api.post("token/", form({ username, password: "staple-horse-1" }))).status, 200);
      deepEqual((await confirm(spot, second)).json, { token: ["Invalid value"] });
    },
  },
  {
    name: "no mail goes to the deactivated and to those without password or address",
    async run(target) {
      const spot = await guestSpot(target, RESET_URL);
      const inactive = await spot.member("inactive", { active: false });
      const without = `${spot.name("without")}@example.org`;
      await target.apply({
        users: [{ username: spot.name("without"), email: without, organizations: [spot.slug] }],
      });
      await spot.users({ username: spot.name("addressless") });
      for (const input of [inactive.email, without, spot.name("addressless")]) {
        isText(await spot.api.post("password/reset/", form({ input })), "detail");
      }
      const ada = await spot.member("ada");
      isText(await spot.api.post("password/reset/", form({ input: ada.email })), "detail");
      await target.messages.mails(ada.email, 1);
      for (const email of [inactive.email, without]) equal((await target.messages.mails(email)).length, 0);
    },
  },
  {
    name: "a password is changed with the current one; the key stays, the answer has a message",
    async run(target) {
      const spot = await guestSpot(target);
      const { username, key } = await spot.member("ada");
      const change = (fields: Record<string, unknown>) => spot.api.post("password/change/", fields, { key });
      const whole = { current_password: "secret", new_password: NEW, confirm_password: NEW };
      isFieldErrors(await change({}), "new_password", "confirm_password", "current_password");
      isFieldErrors(await change({ ...whole, current_password: "wrong" }), "current_password");
      isFieldErrors(await change({ ...whole, current_password: null }), "current_password");
      isFieldErrors(await change({ ...whole, confirm_password: "differs-123" }), "confirm_password");
      const same = { current_password: "secret", new_password: "secret", confirm_password: "secret" };
      const refused = await change(same);
      equal(refused.status, 400);
      ok("new_password" in object(refused), refused.text);
      const answer = await change(whole);
      isText(answer, "message");
      deepEqual(Object.keys(object(answer)), ["status", "message"]);
      equal(object(answer).status, "Success");
      equal((await spot.api.get("session/", { key })).status, 200);
      equal(object(await spot.api.post("token/", form({ username, password: NEW }))).key, key);
      isFieldErrors(
        await spot.api.post("token/", form({ username, password: "secret" })),
        "non_field_errors",
      );
    },
  },
  {
    name: "a weak new password is said under new_password and where the pages show it",
    async run(target) {
      const spot = await guestSpot(target);
      const { key } = await spot.member("ada");
      for (const weak of ["1234", "password"]) {
        const fields = { current_password: "secret", new_password: weak, confirm_password: weak };
        const answer = await spot.api.post("password/change/", fields, { key });
        isFieldErrors(answer, "new_password", "non_field_errors");
        deepEqual(object(answer).new_password, object(answer).non_field_errors);
      }
    },
  },
  {
    name: "superusers and managers prove their password like everybody, and only members change one",
    async run(target) {
      const [spot, other] = [await guestSpot(target), await guestSpot(target)];
      const fields = { current_password: "wrong", new_password: NEW, confirm_password: NEW };
      for (
        const [name, role] of [["root", { superuser: true }], ["boss", {
          manager: true,
          staff: true,
        }]] as const
      ) {
        const { key } = await spot.member(name, role);
        isFieldErrors(await spot.api.post("password/change/", fields, { key }), "current_password");
      }
      const { key } = await other.member("ada");
      isNotMember(await spot.api.post("password/change/", fields, { key }));
      isUnauthenticated(await spot.api.post("password/change/", fields));
    },
  },
];
