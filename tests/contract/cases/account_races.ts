import { deepEqual, equal, ok } from "node:assert/strict";
import { codeIn, form, guestSpot, isFieldErrors, mobileNumber, object } from "../account_api.ts";
import type { ContractCase } from "../contract_case.ts";
import type { Answer } from "../hotspot.ts";

const SMS = { sms_verification: true, sms_sender: "Portico" };
const PASSWORD = "correct-horse-7";
const passwords = { password1: PASSWORD, password2: PASSWORD };

const times = (count: number, ask: (index: number) => Promise<Answer>) =>
  Promise.all(Array.from({ length: count }, (_, index) => ask(index)));
const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status).sort();
const oneOf = (count: number, success: number, others: number) =>
  [success, ...Array(count - 1).fill(others)].sort();

export const cases: ContractCase[] = [
  {
    name: "of parallel requests for a code one is sent, the others are told to wait",
    async run(target) {
      const spot = await guestSpot(target, SMS);
      const phone = mobileNumber();
      const { key } = await spot.member("ada", { phone });
      const answers = await times(10, () => spot.api.post("phone/token/", {}, { key }));
      deepEqual(statuses(answers), oneOf(10, 201, 400));
      for (const answer of answers) equal(typeof object(answer).cooldown, "number", answer.text);
      const messages = await target.messages.sms(phone, 1);
      equal(messages.length, 1);
      equal((await spot.api.post("phone/verify/", { code: codeIn(messages[0] ?? "") }, { key })).status, 200);
    },
  },
  {
    name: "parallel changes to different numbers send no more codes than a day allows",
    async run(target) {
      const spot = await guestSpot(target, { ...SMS, sms_cooldown: 0 });
      const { key } = await spot.member("ada", {
        phone: mobileNumber(),
        method: "mobile_phone",
        verified: true,
      });
      const numbers = Array.from({ length: 12 }, mobileNumber);
      const answers = await times(
        12,
        (index) => spot.api.post("phone/change/", { phone_number: numbers[index] }, { key }),
      );
      const sent = answers.filter(({ status }) => status === 200).length;
      ok(sent >= 1 && sent <= 5, `${sent} were sent: ${statuses(answers)}`);
      for (const answer of answers) ok([200, 400].includes(answer.status), answer.text);
      const counts = await Promise.all(numbers.map(async (to) => (await target.messages.sms(to)).length));
      equal(counts.reduce((sum, count) => sum + count, 0), sent);
    },
  },
  {
    name: "a code that is entered several times at one moment verifies, and is used up then",
    async run(target) {
      const spot = await guestSpot(target, SMS);
      const phone = mobileNumber();
      const { key } = await spot.member("ada", { phone });
      await spot.api.post("phone/token/", {}, { key });
      const code = codeIn((await target.messages.sms(phone, 1))[0] ?? "");
      const verify = () => spot.api.post("phone/verify/", { code }, { key });
      const answers = await times(3, verify);
      ok(answers.some(({ status }) => status === 200), statuses(answers).join());
      isFieldErrors(await verify(), "non_field_errors");
      equal(object(await spot.api.post("token/validate/", { token: key })).is_verified, true);
    },
  },
  {
    name: "of parallel sign-ups with one address or one number one is an account",
    async run(target) {
      const spot = await guestSpot(target, SMS);
      const email = `${spot.name("ada")}@example.org`;
      const byAddress = await times(6, (index) =>
        spot.api.post("", {
          ...passwords,
          username: spot.name(`address${index}`),
          email: index % 2 ? email : email.toUpperCase(),
          phone_number: mobileNumber(),
        }));
      deepEqual(statuses(byAddress), oneOf(6, 201, 400));
      for (const answer of byAddress) if (answer.status === 400) isFieldErrors(answer, "email");
      const phone_number = mobileNumber();
      const byNumber = await times(
        6,
        (index) => spot.api.post("", { ...passwords, username: spot.name(`number${index}`), phone_number }),
      );
      deepEqual(statuses(byNumber), oneOf(6, 201, 400));
      for (const answer of byNumber) if (answer.status === 400) isFieldErrors(answer, "phone_number");
    },
  },
  {
    name: "of parallel sign-ups in two organizations one is an account, the other is told where it is",
    async run(target) {
      const spots = [await guestSpot(target), await guestSpot(target)] as const;
      const email = `${spots[0].name("ada")}@example.org`;
      const answers = await times(
        8,
        (index) => (index % 2 ? spots[0] : spots[1]).api.post("", { ...passwords, username: email, email }),
      );
      const [made, ...others] = [...answers].sort((one, two) => one.status - two.status);
      equal(made?.status, 201);
      deepEqual(others.map(({ status }) => status), [400, 400, 400, 409, 409, 409, 409]);
    },
  },
  {
    name: "parallel log-ins join once, and all get the same key",
    async run(target) {
      const [one, two] = [await guestSpot(target), await guestSpot(target)];
      const username = one.name("ada");
      await one.users({ username });
      const answers = await times(8, () => two.api.post("token/", form({ username, password: "secret" })));
      deepEqual(new Set(statuses(answers)), new Set([200]));
      equal(new Set(answers.map((answer) => object(answer).key)).size, 1);
      for (const answer of answers) equal(object(answer).method, "pending_verification");
      const rows = "select count(*) from organization_user where organization_id = ?";
      deepEqual(await two.sql(rows, two.id), [[1]]);
      const groups =
        "select count(*) from radusergroup where user_id in (select id from user where username = ?)";
      deepEqual(await two.sql(groups, username), [[2]]);
    },
  },
  {
    name: "a method is chosen once, however many choose at the same moment",
    async run(target) {
      const [one, two] = [await guestSpot(target), await guestSpot(target, SMS)];
      const { username, key } = await one.member("ada");
      await two.api.post("token/", form({ username, password: "secret" }));
      const answers = await times(
        6,
        (index) =>
          two.api.post("registration-method/", { method: index % 2 ? "email" : "mobile_phone" }, { key }),
      );
      deepEqual(statuses(answers), oneOf(6, 200, 400));
      const chosen = answers.find(({ status }) => status === 200);
      const validated = object(await two.api.post("token/validate/", { token: key }));
      equal(validated.method, chosen && object(chosen).method);
    },
  },
  {
    name: "of parallel changes of one password one is made",
    async run(target) {
      const spot = await guestSpot(target);
      const { username, key } = await spot.member("ada");
      const answers = await times(4, (index) =>
        spot.api.post("password/change/", {
          current_password: "secret",
          new_password: `${PASSWORD}-${index}`,
          confirm_password: `${PASSWORD}-${index}`,
        }, { key }));
      equal(answers.filter(({ status }) => status === 200).length, 1, statuses(answers).join());
      const winner = answers.findIndex(({ status }) => status === 200);
      const logIn = (password: string) => spot.api.post("token/", form({ username, password }));
      equal((await logIn(`${PASSWORD}-${winner}`)).status, 200);
    },
  },
];
