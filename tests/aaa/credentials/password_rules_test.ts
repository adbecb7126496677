import { deepEqual, equal } from "node:assert/strict";
import { COMMON_PASSWORDS } from "../../../src/aaa/credentials/common_passwords.ts";
import { passwordFlaws } from "../../../src/aaa/credentials/password_rules.ts";
import { say } from "../../../src/languages/say.ts";

const flaws = (...chosen: Parameters<typeof passwordFlaws>) =>
  passwordFlaws(...chosen).map((flaw) => say("en", flaw));
const ADA = { username: "ada.lovelace", email: "ada@example.org" };

Deno.test("passwordFlaws() finds nothing wrong with a good password, in any script", () => {
  for (const password of ["correct horse", "пароль-моряка", "密码密码密码密码", "🐎🐎🐎🐎🐎🐎🐎🐎"]) {
    deepEqual(flaws(password, ADA), [], password);
  }
});

Deno.test("passwordFlaws() says each thing that is wrong, in Django's words", () => {
  deepEqual(flaws("1234567", ADA), [
    "This password is too short. It must contain at least 8 characters.",
    "This password is entirely numeric.",
  ]);
  deepEqual(flaws("PassWord", ADA), ["This password is too common."]);
  deepEqual(flaws("", ADA), ["This password is too short. It must contain at least 8 characters."]);
});

Deno.test("passwordFlaws() counts characters, not halves of them", () => {
  equal(flaws("🐎🐎🐎🐎🐎🐎🐎", ADA).length, 1);
});

Deno.test("passwordFlaws() refuses variations of the name, of its parts and of the address, named once", () => {
  for (const password of ["ada.lovelace", "Lovelace1", "ecalevol.ada", "lovelaceada"]) {
    deepEqual(flaws(password, ADA), ["The password is too similar to the username."], password);
  }
  deepEqual(flaws("ada@example.com", { email: ADA.email }), [
    "The password is too similar to the email address.",
  ]);
  deepEqual(flaws("correct horse", { username: "", email: "" }), []);
});

Deno.test("the common passwords are those that no other rule refuses", () => {
  for (const password of COMMON_PASSWORDS) {
    equal(password, password.toLowerCase());
    equal(password.length >= 8 && !/^\d+$/.test(password), true, password);
  }
});
