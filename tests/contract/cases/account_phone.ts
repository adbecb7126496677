import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import {
  accountApi,
  BLANK,
  codeIn,
  form,
  type GuestSpot,
  guestSpot,
  isFieldErrors,
  isNotMember,
  isUnauthenticated,
  type Member,
  mobileNumber,
  object,
  REQUIRED,
} from "../account_api.ts";
import type { ContractCase } from "../contract_case.ts";
import { type Answer, isDetail, isEmpty } from "../hotspot.ts";

const SMS = { sms_verification: true, sms_sender: "Portico", needs_identity_verification: true };

const requestCode = ({ api }: GuestSpot, { key }: Member, phone_number = "") =>
  api.post("phone/token/", form({ phone_number }), { key });
const verify = ({ api }: GuestSpot, { key }: Member, code: string) =>
  api.post("phone/verify/", form({ code }), { key });
const change = ({ api }: GuestSpot, { key }: Member, phone_number: string) =>
  api.post("phone/change/", form({ phone_number }), { key });
const isActive = async ({ api }: GuestSpot, { key }: Member) => {
  const answer = await api.get("phone/token/active/", { key });
  equal(answer.status, 200, answer.text);
  deepEqual(Object.keys(object(answer)), ["active"]);
  return object(answer).active;
};
const validated = async ({ api }: GuestSpot, { key }: Member) =>
  object(await api.post("token/validate/", form({ token: key })));

function isSent(answer: Answer, cooldown = 30): void {
  equal(answer.status, 201, answer.text);
  deepEqual(answer.json, { cooldown });
}

function isCoolingDown(answer: Answer): void {
  equal(answer.status, 400, answer.text);
  const body = object(answer);
  deepEqual(Object.keys(body).sort(), ["cooldown", "non_field_errors"]);
  ok(
    Number.isInteger(body.cooldown) && Number(body.cooldown) > 0 && Number(body.cooldown) <= 30,
    answer.text,
  );
  equal((body.non_field_errors as unknown[]).length, 1);
}

const wrongCode = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

export const cases: ContractCase[] = [
  {
    name: "a code goes to the account's number, whatever number is sent, and verifies the account",
    async run(target) {
      const spot = await guestSpot(target, { ...SMS, sms_message: "{organization}: {code} is your code" });
      const [phone, sent] = [mobileNumber(), mobileNumber()];
      const ada = await spot.member("ada", { phone, method: "mobile_phone", verified: false });
      equal(await isActive(spot, ada), false);
      isSent(await requestCode(spot, ada, sent));
      equal(await isActive(spot, ada), true);
      const [message = ""] = await target.messages.sms(phone, 1);
      match(message, new RegExp(`^${spot.slug}: \\d{6} is your code$`));
      isEmpty(await verify(spot, ada, codeIn(message)), 200);
      equal(await isActive(spot, ada), false);
      const { is_verified, method, phone_number } = await validated(spot, ada);
      deepEqual({ is_verified, method, phone_number }, {
        is_verified: true,
        method: "mobile_phone",
        phone_number: phone,
      });
      const { username } = ada;
      equal((await spot.api.post("token/", form({ username, password: "secret" }))).status, 200);
      match((await spot.authorize({ username, password: "secret" })).text, /Accept/);
      deepEqual((await target.messages.sms(sent)).length, 0);
      equal((await target.messages.sms(phone)).length, 1);
    },
  },
  {
    name:
      "a second request within the cooldown is told how long, sends nothing, and the first code stays good",
    async run(target) {
      const spot = await guestSpot(target, SMS);
      const phone = mobileNumber();
      const ada = await spot.member("ada", { phone });
      isSent(await requestCode(spot, ada));
      isCoolingDown(await requestCode(spot, ada));
      equal(await isActive(spot, ada), true);
      const [message = "", ...others] = await target.messages.sms(phone, 1);
      equal(others.length, 0);
      isEmpty(await verify(spot, ada, codeIn(message)), 200);
    },
  },
  {
    name: "a cooldown of an organization's own is what is answered; 0 has none, and the newest code counts",
    async run(target) {
      const patient = await guestSpot(target, { ...SMS, sms_cooldown: 7 });
      isSent(await requestCode(patient, await patient.member("ada", { phone: mobileNumber() })), 7);
      const spot = await guestSpot(target, { ...SMS, sms_cooldown: 0 });
      const phone = mobileNumber();
      const ada = await spot.member("ada", { phone });
      isSent(await requestCode(spot, ada), 0);
      const [first = ""] = await target.messages.sms(phone, 1);
      isSent(await requestCode(spot, ada), 0);
      const [, second = ""] = await target.messages.sms(phone, 2);
      if (codeIn(first) !== codeIn(second)) {
        isFieldErrors(await verify(spot, ada, codeIn(first)), "non_field_errors");
      }
      isEmpty(await verify(spot, ada, codeIn(second)), 200);
    },
  },
  {
    name: "each reason why a code is refused has a text of its own, and five tries are all",
    async run(target) {
      const spot = await guestSpot(target, { ...SMS, sms_cooldown: 0 });
      const phone = mobileNumber();
      const ada = await spot.member("ada", { phone });
      const texts: string[] = [];
      const refused = (answer: Answer) => {
        isFieldErrors(answer, "non_field_errors");
        texts.push(String((object(answer).non_field_errors as unknown[])[0]));
      };
      refused(await verify(spot, ada, "123456"));
      isSent(await requestCode(spot, ada), 0);
      const [message = ""] = await target.messages.sms(phone, 1);
      const code = codeIn(message);
      refused(await verify(spot, ada, wrongCode(code)));
      for (let attempt = 2; attempt <= 5; attempt++) {
        isFieldErrors(await verify(spot, ada, wrongCode(code)), "non_field_errors");
      }
      refused(await verify(spot, ada, code));
      isSent(await requestCode(spot, ada), 0);
      const [, next = ""] = await target.messages.sms(phone, 2);
      isEmpty(await verify(spot, ada, codeIn(next)), 200);
      refused(await verify(spot, ada, codeIn(next)));
      equal(new Set(texts).size, 4, texts.join("\n"));
    },
  },
  {
    name: "of many tries at one moment five are counted, however they come",
    async run(target) {
      const spot = await guestSpot(target, SMS);
      const phone = mobileNumber();
      const ada = await spot.member("ada", { phone });
      isSent(await requestCode(spot, ada));
      const code = codeIn((await target.messages.sms(phone, 1))[0] ?? "");
      const guesses = Array.from({ length: 16 }, () => verify(spot, ada, wrongCode(code)));
      for (const answer of await Promise.all(guesses)) isFieldErrors(answer, "non_field_errors");
      isFieldErrors(await verify(spot, ada, code), "non_field_errors");
    },
  },
  {
    name: "a code is at most 8 characters, and must be sent",
    async run(target) {
      const spot = await guestSpot(target, SMS);
      const ada = await spot.member("ada", { phone: mobileNumber() });
      deepEqual((await spot.api.post("phone/verify/", {}, { key: ada.key })).json, { code: [REQUIRED] });
      deepEqual((await spot.api.post("phone/verify/", { code: " " }, { key: ada.key })).json, {
        code: [BLANK],
      });
      isFieldErrors(await verify(spot, ada, "123456789"), "code");
    },
  },
  {
    name: "an account without number is told so under phone_number, with nothing untrue beside it",
    async run(target) {
      const spot = await guestSpot(target, SMS);
      const ada = await spot.member("ada");
      deepEqual((await requestCode(spot, ada)).json, { phone_number: ["This field cannot be null."] });
      equal(await isActive(spot, ada), false);
    },
  },
  {
    name: "whoever is verified already gets no code",
    async run(target) {
      const spot = await guestSpot(target, SMS);
      const ada = await spot.member("ada", { phone: mobileNumber(), method: "mobile_phone", verified: true });
      const answer = await requestCode(spot, ada);
      equal(answer.status, 400);
      deepEqual(Object.keys(object(answer)), ["user"]);
      equal(typeof object(answer).user, "string");
    },
  },
  {
    name: "five codes a day are all that a user gets, over every organization",
    async run(target) {
      const [one, two] = [
        await guestSpot(target, { ...SMS, sms_cooldown: 0 }),
        await guestSpot(target, { ...SMS, sms_cooldown: 0 }),
      ];
      const phone = mobileNumber();
      const ada = await one.member("ada", { phone });
      await one.users({ username: ada.username, organizations: [two.slug] });
      for (let count = 0; count < 5; count++) isSent(await requestCode(count % 2 ? two : one, ada), 0);
      isFieldErrors(await requestCode(one, ada), "non_field_errors");
      isFieldErrors(await requestCode(two, ada), "non_field_errors");
      isFieldErrors(await change(one, ada, mobileNumber()), "non_field_errors");
      equal((await target.messages.sms(phone, 5)).length, 5);
    },
  },
  {
    name: "with SMS verification off it is 403, also for whoever shows no key",
    async run(target) {
      const spot = await guestSpot(target);
      const { key } = await spot.member("ada");
      for (const request of [{}, { key }]) {
        isDetail(await spot.api.post("phone/token/", form({}), request), 403);
        isDetail(await spot.api.get("phone/token/active/", request), 403);
        isDetail(await spot.api.post("phone/verify/", form({ code: "123456" }), request), 403);
        isDetail(await spot.api.post("phone/change/", form({ phone_number: mobileNumber() }), request), 403);
      }
    },
  },
  {
    name: "only members ask for codes, and only with a key of an active account",
    async run(target) {
      const [spot, other] = [await guestSpot(target, SMS), await guestSpot(target, SMS)];
      const stranger = await other.member("stranger", { phone: mobileNumber() });
      isNotMember(await requestCode(spot, stranger));
      isNotMember(await spot.api.get("phone/token/active/", { key: stranger.key }));
      isNotMember(await verify(spot, stranger, "123456"));
      isNotMember(await change(spot, stranger, mobileNumber()));
      await other.users({ username: stranger.username, active: false });
      isUnauthenticated(await change(other, stranger, mobileNumber()));
    },
  },
  {
    name: "a superuser passes where a member is asked for",
    async run(target) {
      const [spot, other] = [await guestSpot(target, SMS), await guestSpot(target)];
      const phone = mobileNumber();
      const root = await other.member("root", { superuser: true, phone });
      equal(await isActive(spot, root), false);
      isSent(await requestCode(spot, root));
      isEmpty(await verify(spot, root, codeIn((await target.messages.sms(phone, 1))[0] ?? "")), 200);
      const fresh = "battery-staple-9";
      const fields = { current_password: "wrong", new_password: fresh, confirm_password: fresh };
      isFieldErrors(await spot.api.post("password/change/", fields, { key: root.key }), "current_password");
    },
  },
  {
    name: "a new number gets a code at once, shows as pending, and is the account's when it is verified",
    async run(target) {
      const spot = await guestSpot(target, SMS);
      const [old, fresh] = [mobileNumber(), mobileNumber()];
      const ada = await spot.member("ada", { phone: old, method: "mobile_phone", verified: true });
      const answer = await spot.api.post(
        "phone/change/",
        form({ phone_number: fresh, "token[0]": "x", "token[1]": "y" }),
        { key: ada.key },
      );
      isEmpty(answer, 200);
      equal(await isActive(spot, ada), true);
      const pending = await validated(spot, ada);
      deepEqual([pending.phone_number, pending.is_verified], [fresh, false]);
      const login = await spot.api.post("token/", form({ username: ada.username, password: "secret" }));
      deepEqual([login.status, object(login).phone_number], [401, fresh]);
      // What the pages do in every other browser.
      isCoolingDown(await requestCode(spot, ada, old));
      const messages = await target.messages.sms(fresh, 1);
      equal(messages.length, 1);
      isEmpty(await verify(spot, ada, codeIn(messages[0] ?? "")), 200);
      const after = await validated(spot, ada);
      deepEqual([after.phone_number, after.is_verified, after.method], [fresh, true, "mobile_phone"]);
      equal((await target.messages.sms(old)).length, 0);
      isFieldErrors(
        await spot.api.post("token/", form({ username: old, password: "secret" })),
        "non_field_errors",
      );
      equal((await spot.api.post("token/", form({ username: fresh, password: "secret" }))).status, 200);
    },
  },
  {
    name: "after the cooldown another code of a pending change goes to the new number, and the newest counts",
    async run(target) {
      const spot = await guestSpot(target, { ...SMS, sms_cooldown: 0 });
      const [old, fresh] = [mobileNumber(), mobileNumber()];
      const ada = await spot.member("ada", { phone: old, method: "mobile_phone", verified: true });
      isEmpty(await change(spot, ada, fresh), 200);
      await target.messages.sms(fresh, 1);
      isSent(await requestCode(spot, ada, old), 0);
      const [, second = ""] = await target.messages.sms(fresh, 2);
      isEmpty(await verify(spot, ada, codeIn(second)), 200);
      equal((await validated(spot, ada)).phone_number, fresh);
      equal((await target.messages.sms(old)).length, 0);
    },
  },
  {
    name: "a user name that was the number becomes the new one, and other organizations verify again",
    async run(target) {
      const [one, two] = [await guestSpot(target, SMS), await guestSpot(target, SMS)];
      const [old, fresh] = [mobileNumber(), mobileNumber()];
      await one.users({
        username: old,
        phone: old,
        method: "mobile_phone",
        verified: true,
        organizations: [one.slug, two.slug],
      });
      const ada = { username: old, email: "", key: await one.apiKey(old) };
      isEmpty(await change(one, ada, fresh), 200);
      equal((await validated(two, ada)).phone_number, old, "a pending number is one organization's");
      equal((await validated(two, ada)).is_verified, true);
      isEmpty(await verify(one, ada, codeIn((await target.messages.sms(fresh, 1))[0] ?? "")), 200);
      const here = await validated(one, ada);
      deepEqual([here.username, here.phone_number, here.is_verified], [fresh, fresh, true]);
      equal((await validated(two, ada)).is_verified, false);
    },
  },
  {
    name: "a number that was proved here and changed elsewhere is no longer pending here",
    async run(target) {
      const [one, two] = [await guestSpot(target, SMS), await guestSpot(target, SMS)];
      const numbers = [mobileNumber(), mobileNumber(), mobileNumber()];
      const [first = "", second = "", third = ""] = numbers;
      const ada = await one.member("ada", { phone: first, organizations: [one.slug, two.slug] });
      for (const [spot, number] of [[one, second], [two, third]] as const) {
        isEmpty(await change(spot, ada, number), 200);
        isEmpty(await verify(spot, ada, codeIn((await target.messages.sms(number, 1))[0] ?? "")), 200);
      }
      equal((await validated(two, ada)).phone_number, third);
      equal((await validated(one, ada)).phone_number, third);
      isSent(await requestCode(one, ada));
      equal((await target.messages.sms(third, 2)).length, 2);
    },
  },
  {
    name: "a number that is no good, the account's own or somebody else's is refused, and nothing changes",
    async run(target) {
      const spot = await guestSpot(target, { ...SMS, allowed_mobile_prefixes: "+39" });
      const [own, taken] = [mobileNumber(), mobileNumber()];
      const ada = await spot.member("ada", { phone: own, method: "mobile_phone", verified: true });
      await spot.users({ username: spot.name("bob"), phone: taken });
      for (const number of ["nonsense", own, taken, "+491701234567", "+390612345678"]) {
        isFieldErrors(await change(spot, ada, number), "phone_number");
      }
      deepEqual((await spot.api.post("phone/change/", {}, { key: ada.key })).json, {
        phone_number: [REQUIRED],
      });
      isFieldErrors(
        await spot.api.post("phone/change/", { phone_number: "" }, { key: ada.key }),
        "phone_number",
      );
      const { is_verified, phone_number } = await validated(spot, ada);
      deepEqual({ is_verified, phone_number }, { is_verified: true, phone_number: own });
    },
  },
  {
    name: "the same change again within the cooldown is refused, and changes and sends nothing",
    async run(target) {
      const spot = await guestSpot(target, SMS);
      const [old, fresh] = [mobileNumber(), mobileNumber()];
      const ada = await spot.member("ada", { phone: old, method: "mobile_phone", verified: true });
      isEmpty(await change(spot, ada, fresh), 200);
      isCoolingDown(await change(spot, ada, fresh));
      equal((await target.messages.sms(fresh, 1)).length, 1);
      equal((await validated(spot, ada)).phone_number, fresh);
    },
  },
  {
    name: "another change replaces the pending one, and a change back to the own number withdraws it",
    async run(target) {
      const spot = await guestSpot(target, SMS);
      const [own, mistyped, fresh] = [mobileNumber(), mobileNumber(), mobileNumber()];
      const ada = await spot.member("ada", { phone: own, method: "mobile_phone", verified: true });
      isEmpty(await change(spot, ada, mistyped), 200);
      const [stray = ""] = await target.messages.sms(mistyped, 1);
      isEmpty(await change(spot, ada, fresh), 200);
      await target.messages.sms(fresh, 1);
      equal((await validated(spot, ada)).phone_number, fresh);
      isEmpty(await change(spot, ada, own), 200);
      const [code = ""] = await target.messages.sms(own, 1);
      equal((await validated(spot, ada)).phone_number, own);
      if (codeIn(stray) !== codeIn(code)) {
        isFieldErrors(await verify(spot, ada, codeIn(stray)), "non_field_errors");
      }
      isEmpty(await verify(spot, ada, codeIn(code)), 200);
      const { phone_number, is_verified } = await validated(spot, ada);
      deepEqual({ phone_number, is_verified }, { phone_number: own, is_verified: true });
    },
  },
  {
    name: "two who want one number: the first to verify it has it",
    async run(target) {
      const spot = await guestSpot(target, SMS);
      const wanted = mobileNumber();
      const [ada, bob] = [
        await spot.member("ada", { phone: mobileNumber() }),
        await spot.member("bob", { phone: mobileNumber() }),
      ];
      isEmpty(await change(spot, ada, wanted), 200);
      const answer = await change(spot, bob, wanted);
      ok(answer.status === 200 || answer.status === 400, answer.text);
      const messages = await target.messages.sms(wanted, answer.status === 200 ? 2 : 1);
      isEmpty(await verify(spot, ada, codeIn(messages[0] ?? "")), 200);
      if (answer.status === 200) {
        const late = await verify(spot, bob, codeIn(messages[1] ?? ""));
        equal(late.status, 400, late.text);
      }
      equal((await validated(spot, ada)).phone_number, wanted);
      notEqual((await spot.sql("select count(*) from user where phone_number = ?", wanted))[0]?.[0], 2);
    },
  },
  {
    name: "whoever waits for verification names a method once",
    async run(target) {
      const [one, two] = [await guestSpot(target), await guestSpot(target, SMS)];
      const { username, key } = await one.member("ada", {
        phone: mobileNumber(),
        method: "mobile_phone",
        verified: true,
      });
      const method = (method: unknown, slug = two.slug) =>
        accountApi(target, slug).post("registration-method/", { method }, { key });
      isNotMember(await method("mobile_phone"));
      equal((await two.api.post("token/", form({ username, password: "secret" }))).status, 401);
      deepEqual((await method("bank_card")).json, { method: ['"bank_card" is not a valid choice.'] });
      deepEqual((await two.api.post("registration-method/", {}, { key })).json, { method: [REQUIRED] });
      isFieldErrors(await method(null), "method");
      const answer = await method("mobile_phone");
      deepEqual([answer.status, answer.json], [200, { method: "mobile_phone" }]);
      isFieldErrors(await method("mobile_phone"), "method");
      isFieldErrors(await method("mobile_phone", one.slug), "method");
      const member = { username, key, email: "" };
      deepEqual([(await validated(two, member)).method, (await validated(two, member)).is_verified], [
        "mobile_phone",
        false,
      ]);
      equal((await validated(one, member)).is_verified, true);
      isUnauthenticated(await two.api.post("registration-method/", { method: "email" }));
    },
  },
  {
    name: "a member without a registration record has no method to name",
    async run(target) {
      const spot = await guestSpot(target);
      const { key } = await spot.member("ada");
      isDetail(await spot.api.post("registration-method/", { method: "mobile_phone" }, { key }), 404);
    },
  },
  {
    name: "a method that can never be completed is refused, at sign-up and later",
    async run(target) {
      const [one, two] = [await guestSpot(target), await guestSpot(target)];
      const { username, key } = await one.member("ada", { email: null });
      await two.api.post("token/", form({ username, password: "secret" }));
      for (const method of ["email", "mobile_phone"]) {
        isFieldErrors(await two.api.post("registration-method/", { method }, { key }), "method");
      }
      const fields = {
        username: two.name("bob"),
        password1: "correct-horse-7",
        password2: "correct-horse-7",
      };
      isFieldErrors(await two.api.post("", { ...fields, method: "email" }), "email");
      isFieldErrors(await two.api.post("", { ...fields, method: "mobile_phone" }), "method");
    },
  },
];
