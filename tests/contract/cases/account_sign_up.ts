import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import {
  API_KEY,
  BLANK,
  form,
  type GuestSpot,
  guestSpot,
  isFieldErrors,
  mobileNumber,
  multipart,
  NULL,
  object,
  RADIUS_KEY,
  REQUIRED,
} from "../account_api.ts";
import type { ContractCase, ContractTarget } from "../contract_case.ts";
import { type Answer, isEmpty } from "../hotspot.ts";

const PASSWORD = "correct-horse-7";

interface SignUpSpot extends GuestSpot {
  /** Signs up with a password that is good enough, and whatever is given. */
  signUp(fields: Readonly<Record<string, unknown>>): Promise<Answer>;
}

async function signUpSpot(
  target: ContractTarget,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<SignUpSpot> {
  const spot = await guestSpot(target, settings);
  return {
    ...spot,
    signUp: (fields) => spot.api.post("", { password1: PASSWORD, password2: PASSWORD, ...fields }),
  };
}

const SMS = { sms_verification: true, sms_sender: "Portico" };

export const cases: ContractCase[] = [
  {
    name: "a sign-up is 201 with an API key that works at once and a RADIUS token that does not yet",
    async run(target) {
      const { signUp, name, api, authorize, sql, id } = await signUpSpot(target);
      const username = `${name("ada")}@example.org`;
      const answer = await signUp({ username, email: username });
      equal(answer.status, 201, answer.text);
      deepEqual(Object.keys(object(answer)), ["key", "radius_user_token"]);
      const { key, radius_user_token } = object(answer) as Record<string, string>;
      match(key ?? "", API_KEY);
      match(radius_user_token ?? "", RADIUS_KEY);
      isEmpty(await authorize({ username, password: radius_user_token }), 200);
      const validated = await api.post("token/validate/", form({ token: key ?? "" }));
      equal(validated.status, 200, validated.text);
      const { method, is_verified, is_active, email, phone_number } = object(validated);
      deepEqual({ method, is_verified, is_active, email, phone_number }, {
        method: "",
        is_verified: false,
        is_active: true,
        email: username,
        phone_number: null,
      });
      equal((await authorize({ username, password: object(validated).radius_user_token })).status, 200);
      const groups = await sql(
        `select groupname from radusergroup where user_id in (select id from user where username = ?)`,
        username,
      );
      equal(groups.length, 1);
      ok(id);
    },
  },
  {
    name: "forms and multipart sign up too; an empty optional field of a form was not sent",
    async run(target) {
      const { api, name } = await signUpSpot(target);
      const passwords = { password1: PASSWORD, password2: PASSWORD };
      const fields = { username: name("ada"), email: "", phone_number: "", method: "", ...passwords };
      equal((await api.post("", form(fields))).status, 201);
      const other = { ...fields, username: name("bob"), email: `${name("bob")}@example.org` };
      equal((await api.post("", multipart(other))).status, 201);
    },
  },
  {
    name: "cookies and an Authorization header mean nothing to a sign-up",
    async run(target) {
      const { api } = await signUpSpot(target);
      const headers = { authorization: "Bearer nonsense", cookie: "sessionid=x; csrftoken=y" };
      isFieldErrors(await api.post("", {}, { headers }), "username", "password1", "password2");
    },
  },
  {
    name: "what is required is said to be, under each name",
    async run(target) {
      const { api, name } = await signUpSpot(target);
      deepEqual((await api.post("", {})).json, {
        username: [REQUIRED],
        password1: [REQUIRED],
        password2: [REQUIRED],
      });
      deepEqual((await api.post("", { username: " ", password1: "", password2: "" })).json, {
        username: [BLANK],
        password1: [BLANK],
        password2: [BLANK],
      });
      const nulls = { username: null, password1: null, password2: null, phone_number: null };
      deepEqual((await api.post("", nulls)).json, {
        username: [NULL],
        password1: [NULL],
        password2: [NULL],
        phone_number: [NULL],
      });
      ok(name);
    },
  },
  {
    name: "user names have 1 to 150 letters, digits and @ . + - _",
    async run(target) {
      const { signUp, name } = await signUpSpot(target);
      isFieldErrors(await signUp({ username: "x".repeat(151) }), "username");
      for (const username of [`${name("a")} b`, `${name("a")}/b`, `${name("a")}:b`, `${name("a")}%`]) {
        isFieldErrors(await signUp({ username }), "username");
      }
      equal((await signUp({ username: `žofie.漢+_@-${name("a")}` })).status, 201);
    },
  },
  {
    name: "a user name is taken in every letter case",
    async run(target) {
      const { signUp, users, name } = await signUpSpot(target);
      await users({ username: name("Zoé") });
      for (const username of [name("Zoé"), name("ZOÉ"), name("zoé")]) {
        isFieldErrors(await signUp({ username }), "username");
      }
    },
  },
  {
    name: "an address that is none, or that somebody here has, is refused under email",
    async run(target) {
      const { signUp, users, name } = await signUpSpot(target);
      for (
        const email of [
          "nonsense",
          "a@b",
          "@example.org",
          "a b@example.org",
          `${"x".repeat(250)}@example.org`,
        ]
      ) {
        isFieldErrors(await signUp({ username: name("a"), email }), "email");
      }
      await users({ username: name("ada"), email: `${name("ada")}@example.org`, email_verified: true });
      await users({ username: name("bob"), email: `${name("bob")}@example.org` });
      for (const taken of ["ada", "bob"]) {
        const email = `${name(taken)}@EXAMPLE.org`.replace(taken, taken.toUpperCase());
        isFieldErrors(await signUp({ username: name("new"), email }), "email");
      }
    },
  },
  {
    name: "a taken user name that is the address is refused under both, for the pages show only one",
    async run(target) {
      const { signUp, users, name } = await signUpSpot(target);
      const email = `${name("ada")}@example.org`;
      await users({ username: email, email });
      isFieldErrors(await signUp({ username: email, email: email.toUpperCase() }), "username", "email");
      isFieldErrors(await signUp({ username: email, email }), "username", "email");
      isFieldErrors(await signUp({ username: email }), "username");
    },
  },
  {
    name: "passwords must match and be good enough, each said where the pages look",
    async run(target) {
      const { api, name } = await signUpSpot(target);
      const username = name("ada");
      const differing = { username, password1: PASSWORD, password2: `${PASSWORD}!` };
      isFieldErrors(await api.post("", differing), "non_field_errors");
      for (const password1 of ["short", "password", "1234567890"]) {
        isFieldErrors(await api.post("", { username, password1, password2: password1 }), "password1");
      }
    },
  },
  {
    name: "without SMS verification a number is read, discarded, and refused when it cannot be read",
    async run(target) {
      const { signUp, name, api } = await signUpSpot(target);
      for (const phone_number of ["nonsense", "+39", 393661234567]) {
        isFieldErrors(await signUp({ username: name("ada"), phone_number }), "phone_number");
      }
      deepEqual((await signUp({ username: name("ada"), phone_number: null })).json, { phone_number: [NULL] });
      const answer = await signUp({ username: name("ada"), phone_number: mobileNumber() });
      equal(answer.status, 201, answer.text);
      const validated = await api.post("token/validate/", { token: object(answer).key });
      equal(object(validated).phone_number, null);
    },
  },
  {
    name:
      "with SMS verification a number is needed: one that can be read, of an allowed country, mobile and free",
    async run(target) {
      const { signUp, users, name } = await signUpSpot(target, {
        ...SMS,
        allowed_mobile_prefixes: "+39,+33",
      });
      const username = name("ada");
      deepEqual((await signUp({ username })).json, { phone_number: [REQUIRED] });
      deepEqual((await signUp({ username, phone_number: null })).json, { phone_number: [NULL] });
      isFieldErrors(await signUp({ username, phone_number: "" }), "phone_number");
      const taken = mobileNumber();
      await users({ username: name("bob"), phone: taken });
      for (
        const phone_number of [
          "nonsense",
          "3661234567",
          393661234567,
          "+491701234567",
          "+390612345678",
          taken,
          taken.replace(/(\d{3})(\d{4})$/, " $1-$2"),
        ]
      ) isFieldErrors(await signUp({ username, phone_number }), "phone_number");
    },
  },
  {
    name: "with SMS verification the sign-up keeps the number and the method",
    async run(target) {
      const { signUp, name, api } = await signUpSpot(target, SMS);
      const phone = mobileNumber();
      const spelled = phone.replace(/(\d{3})(\d{7})$/, " $1 $2");
      const answer = await signUp({
        username: phone,
        email: `${name("ada")}@example.org`,
        phone_number: spelled,
        method: "mobile_phone",
      });
      equal(answer.status, 201, answer.text);
      const { phone_number, method, is_verified } = object(
        await api.post("token/validate/", { token: object(answer).key }),
      );
      deepEqual({ phone_number, method, is_verified }, {
        phone_number: phone,
        method: "mobile_phone",
        is_verified: false,
      });
      // By SMS the user name is the number, and both are taken.
      const again = await signUp({ username: phone, email: `${name("b")}@example.org`, phone_number: phone });
      isFieldErrors(again, "username", "phone_number");
    },
  },
  {
    name: "optional fields are ignored, allowed or mandatory as the organization says",
    async run(target) {
      const { signUp, name, api } = await signUpSpot(target, {
        first_name: "mandatory",
        last_name: "mandatory",
        location: "allowed",
        birth_date: "disabled",
      });
      const username = name("ada");
      deepEqual((await signUp({ username })).json, { first_name: REQUIRED });
      deepEqual((await signUp({ username, first_name: "" })).json, { first_name: [BLANK] });
      deepEqual((await signUp({ username, first_name: "Ada" })).json, { last_name: REQUIRED });
      const whole = { username, first_name: "Ada", last_name: "Byron" };
      isFieldErrors(await signUp({ ...whole, birth_date: "nonsense" }), "birth_date");
      isFieldErrors(await signUp({ ...whole, birth_date: "2001-02-29" }), "birth_date");
      const answer = await signUp({ ...whole, location: "Roma", birth_date: "1815-12-10" });
      equal(answer.status, 201, answer.text);
      const { first_name, last_name, location, birth_date } = object(
        await api.post("token/validate/", { token: object(answer).key }),
      );
      deepEqual({ first_name, last_name, location, birth_date }, {
        first_name: "Ada",
        last_name: "Byron",
        location: "Roma",
        birth_date: null,
      });
    },
  },
  {
    name: "mandatory fields are complained about in their order, and a date is kept where it is asked for",
    async run(target) {
      const { signUp, name, api } = await signUpSpot(target, {
        first_name: "disabled",
        location: "mandatory",
        birth_date: "mandatory",
        needs_identity_verification: true,
      });
      const username = name("ada");
      deepEqual((await signUp({ username, first_name: "Ada" })).json, { location: REQUIRED });
      deepEqual((await signUp({ username, location: "Roma" })).json, { birth_date: REQUIRED });
      deepEqual((await signUp({ username, location: "Roma", birth_date: "1815-12-10" })).json, {
        method: REQUIRED,
      });
      const whole = { username, location: "Roma", birth_date: "1815-12-10", method: "email" };
      isFieldErrors(await signUp(whole), "email");
      const answer = await signUp({ ...whole, email: `${username}@example.org` });
      equal(answer.status, 201, answer.text);
      const { first_name, birth_date, method } = object(
        await api.post("token/validate/", { token: object(answer).key }),
      );
      deepEqual({ first_name, birth_date, method }, {
        first_name: "",
        birth_date: "1815-12-10",
        method: "email",
      });
    },
  },
  {
    name: "a method is one that a guest may name",
    async run(target) {
      const { signUp, name } = await signUpSpot(target);
      for (const method of ["bank_card", "manual", "pending_verification", "saml", "x"]) {
        deepEqual((await signUp({ username: name("ada"), method })).json, {
          method: [`"${method}" is not a valid choice.`],
        });
      }
    },
  },
  {
    name: "where sign-up is switched off it is 403, whatever is sent",
    async run(target) {
      const { signUp, name, api } = await signUpSpot(target, { registration_enabled: false });
      for (const answer of [await signUp({ username: name("ada") }), await api.post("", {})]) {
        equal(answer.status, 403);
        deepEqual(answer.json, { detail: "You do not have permission to perform this action." });
      }
    },
  },
  {
    name: "an account of another organization is 409 with where it is known, never with more",
    async run(target) {
      const [one, two] = [await signUpSpot(target), await signUpSpot(target)];
      const three = await signUpSpot(target);
      const email = `${one.name("ada")}@example.org`;
      const phone = mobileNumber();
      const organizations = [one.slug, three.slug];
      await one.users({ username: email, email, email_verified: true, phone, organizations });
      const answer = await two.signUp({ username: email, email });
      equal(answer.status, 409, answer.text);
      deepEqual(Object.keys(object(answer)).sort(), ["details", "organizations"]);
      equal(typeof object(answer).details, "string");
      const named = object(answer).organizations as Record<string, string>[];
      deepEqual(
        [...named].sort((a, b) => String(a.slug).localeCompare(String(b.slug))),
        organizations.map((slug) => ({ slug, name: slug })).sort((a, b) => a.slug.localeCompare(b.slug)),
      );
      // Here it is no news.
      isFieldErrors(await one.signUp({ username: email, email }), "username", "email");
    },
  },
  {
    name: "a user name, an address and a number each lead to the account elsewhere, in any letter case",
    async run(target) {
      const [one, two] = [await signUpSpot(target), await signUpSpot(target, SMS)];
      const [username, phone] = [one.name("Ada"), mobileNumber()];
      const email = `${one.name("ada")}@example.org`;
      await one.users({ username, email, email_verified: true, phone });
      const free = { phone_number: mobileNumber(), email: `${one.name("new")}@example.org` };
      for (
        const fields of [
          { ...free, username },
          { ...free, username: username.toLowerCase() },
          { ...free, username: one.name("new"), email: email.toUpperCase() },
          { ...free, username: one.name("new"), phone_number: phone },
        ]
      ) {
        const answer = await two.signUp(fields);
        equal(answer.status, 409, `${JSON.stringify(fields)}: ${answer.text}`);
        deepEqual(object(answer).organizations, [{ slug: one.slug, name: one.slug }]);
      }
    },
  },
  {
    name: "an unverified address of another organization is 409 as well",
    async run(target) {
      const [one, two] = [await signUpSpot(target), await signUpSpot(target)];
      const email = `${one.name("ada")}@example.org`;
      await one.users({ username: one.name("ada"), email });
      equal((await two.signUp({ username: one.name("new"), email })).status, 409);
    },
  },
  {
    name: "who is found here as well as elsewhere gets the field's complaint",
    async run(target) {
      const [one, two] = [await signUpSpot(target), await signUpSpot(target)];
      const [there, here] = [one.name("there"), one.name("here")];
      await one.users({ username: there, email: `${there}@example.org`, email_verified: true });
      await two.users({ username: here });
      const answer = await two.signUp({ username: here, email: `${there}@example.org` });
      isFieldErrors(answer, "username", "email");
    },
  },
  {
    name: "a missing number of somebody is nobody's: null names no organizations",
    async run(target) {
      const [one, two] = [await signUpSpot(target), await signUpSpot(target, SMS)];
      await one.users({ username: one.name("numberless") });
      const answer = await two.signUp({ username: one.name("new"), phone_number: null });
      deepEqual([answer.status, answer.json], [400, { phone_number: [NULL] }]);
    },
  },
  {
    name: "of parallel sign-ups of one name in any letter case one is an account, the others are told 400",
    async run(target) {
      const { signUp, name, sql } = await signUpSpot(target);
      const spellings = ["ada", "ADA", "Ada", "aDa", "adA", "ada", "ADa", "aDA"];
      const answers = await Promise.all(spellings.map((text) => signUp({ username: name(text) })));
      deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array(7).fill(400)]);
      for (const answer of answers) if (answer.status === 400) isFieldErrors(answer, "username");
      deepEqual(await sql("select count(*) from user where lower(username) = ?", name("ada").toLowerCase()), [
        [1],
      ]);
    },
  },
  {
    name:
      "a sign-up sends one mail to confirm the address, in the guest's language, and does not wait for it",
    async run(target) {
      const { api, name, slug } = await signUpSpot(target);
      const email = `${name("ada")}@example.org`;
      const fields = { username: email, email, password1: PASSWORD, password2: PASSWORD };
      const answer = await api.post("", fields, { headers: { "accept-language": "it,en-US" } });
      equal(answer.status, 201, answer.text);
      const [mail, ...more] = await target.messages.mails(email, 1);
      deepEqual(more, []);
      const { subject, text, html } = mail ?? { subject: "", text: "", html: "" };
      notEqual(subject, "");
      match(text, /https?:\/\//);
      ok(text.includes(slug) || html.includes(slug), text);
      match(html, /<html[^>]* lang="it"/);
    },
  },
];
