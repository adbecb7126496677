import { deepEqual, equal, ok } from "node:assert/strict";
import { ar } from "../../src/languages/ar.ts";
import { de } from "../../src/languages/de.ts";
import { en, type MessageKey } from "../../src/languages/en.ts";
import { es } from "../../src/languages/es.ts";
import { fr } from "../../src/languages/fr.ts";
import { it } from "../../src/languages/it.ts";
import { pt } from "../../src/languages/pt.ts";
import {
  direction,
  isMessage,
  languageOf,
  LANGUAGES,
  type Message,
  message,
  say,
} from "../../src/languages/say.ts";

const TRANSLATIONS: Record<string, Record<string, string>> = { it, de, es, fr, pt, ar };

/** English keeps to the letter what clients match; the others may tell more, from values that are always there. */
const MORE_THAN_ENGLISH: Partial<Record<MessageKey, readonly string[]>> = {
  already_logged_in: ["allowed"],
  daily_time_used_up: ["day"],
};

/** RFC 2865 section 5: what one attribute holds. */
const LONGEST_ATTRIBUTE = 253;

const keys = Object.keys(en);

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{(\w+)(?:, \w+)?\}/g)].map(([, name = ""]) => name).sort();
}

Deno.test("every language has a catalog, with English's texts in English's order", () => {
  deepEqual(Object.keys(TRANSLATIONS), LANGUAGES.slice(1));
  for (const [language, catalog] of Object.entries(TRANSLATIONS)) {
    deepEqual(Object.keys(catalog), keys, language);
  }
});

Deno.test("every translation says something, and not in English", () => {
  for (const [language, catalog] of Object.entries(TRANSLATIONS)) {
    for (const [key, english] of Object.entries(en)) {
      ok(catalog[key]?.trim(), `${language} ${key}`);
      ok(catalog[key] !== english, `${language} ${key} is English`);
    }
  }
});

Deno.test("every translation fills in what English does, and leaves no brace", () => {
  for (const [language, catalog] of Object.entries(TRANSLATIONS)) {
    for (const key of keys as MessageKey[]) {
      const text = catalog[key] ?? "";
      deepEqual(
        placeholders(text),
        MORE_THAN_ENGLISH[key] ?? placeholders(en[key]),
        `${language} ${key}: ${text}`,
      );
      ok(!/[{}]/.test(text.replace(/\{\w+(, (in|day))?\}/g, "")), `${language} ${key}: ${text}`);
    }
  }
});

Deno.test("every Arabic text is Arabic, so that whoever guesses its direction guesses right", () => {
  for (const [key, text] of Object.entries(ar)) {
    // What is filled in stands in isolation and does not count; the first letter does.
    const [first] = /\p{L}/u.exec(text.replace(/\{[^}]*\}|\u2066.*?\u2069/g, "")) ?? [];
    ok(/\p{Script=Arabic}/u.test(first ?? ""), `${key}: ${text}`);
  }
});

Deno.test("every language's limits fit into one RADIUS attribute", () => {
  const octets = new TextEncoder();
  const texts: Message[] = keys.filter((key) => /_used_up$|^already/.test(key)).map((key) => ({
    key: key as MessageKey,
    values: { allowed: 1000, day: "2026-09-30" },
  }));
  ok(texts.length >= 9);
  for (const language of LANGUAGES) {
    for (const text of texts) {
      const said = say(language, text);
      ok(octets.encode(said).length <= LONGEST_ATTRIBUTE, said);
    }
  }
});

/** The texts of radius-api 0 and 2 that existing clients show or match. */
const TO_THE_LETTER: Partial<Record<MessageKey, string>> = {
  credentials_missing: "Authentication credentials were not provided.",
  invalid_token: "Invalid token.",
  user_inactive_or_deleted: "User inactive or deleted.",
  permission_denied: "You do not have permission to perform this action.",
  not_found: "Not found.",
  organization_not_found: "No Organization matches the given query.",
  invalid_page: "Invalid page.",
  method_not_allowed: 'Method "{method}" not allowed.',
  throttled: "Request was throttled. Expected available in {seconds} seconds.",
  json_unreadable: "JSON parse error - {reason}",
  field_required: "This field is required.",
  field_blank: "This field may not be blank.",
  field_null: "This field may not be null.",
  field_without_value: "This field cannot be null.",
  text_too_long: "Ensure this field has no more than {longest} characters.",
  invalid_choice: '"{choice}" is not a valid choice.',
  invalid_integer: "A valid integer is required.",
  invalid_ip_address: "Enter a valid IPv4 or IPv6 address.",
  invalid_value: "Invalid value",
  invalid_uuid: "“{value}” is not a valid UUID.",
  already_logged_in: "You are already logged in - access denied",
  daily_time_used_up: "Your maximum daily usage time has been reached",
};

Deno.test("English keeps to the letter what clients show or match", () => {
  for (const [key, text] of Object.entries(TO_THE_LETTER)) equal(en[key as MessageKey], text);
});

Deno.test("say() keeps to the letter what clients match", () => {
  equal(
    say("en", message("throttled", { seconds: 1 })),
    "Request was throttled. Expected available in 1 seconds.",
  );
  equal(say("en", message("method_not_allowed", { method: "GET" })), 'Method "GET" not allowed.');
  equal(
    say("en", message("daily_time_used_up", { day: "2026-12-01" })),
    "Your maximum daily usage time has been reached",
  );
});

Deno.test("say() tells times from now as people do, never too soon", () => {
  const wait = (language: Parameters<typeof say>[0], seconds: number) =>
    say(language, message("too_many_attempts", { seconds }));
  equal(wait("en", 1), "Too many attempts. Try again in 1 second.");
  equal(wait("en", 0), "Too many attempts. Try again in 1 second.");
  equal(wait("en", 90), "Too many attempts. Try again in 90 seconds.");
  equal(wait("en", 121), "Too many attempts. Try again in 3 minutes.");
  equal(wait("en", 7201), "Too many attempts. Try again in 3 hours.");
  equal(wait("en", 86_400), "Too many attempts. Try again in 24 hours.");
  equal(wait("de", 259_200), "Zu viele Versuche. Versuchen Sie es in 3 Tagen noch einmal.");
  equal(wait("it", 1), "Troppi tentativi. Riprova tra 1 secondo.");
  equal(wait("de", 3600), "Zu viele Versuche. Versuchen Sie es in 60 Minuten noch einmal.");
  equal(wait("fr", 30), "Trop de tentatives. Réessayez dans 30 secondes.");
  equal(wait("ar", 2), "محاولات كثيرة جدًا. حاول مرة أخرى \u2068خلال ثانيتين\u2069.");
});

Deno.test("say() tells a day in the language's words, with Latin digits", () => {
  const first = message("monthly_data_used_up", { day: "2026-12-01" });
  const told = Object.fromEntries(LANGUAGES.map((language) => [language, say(language, first)]));
  ok(told.en?.endsWith("on 1 December"));
  ok(told.it?.endsWith("il giorno 1 dicembre"));
  ok(told.de?.endsWith("am 1. Dezember"));
  ok(told.es?.endsWith("el 1 de diciembre"));
  ok(told.fr?.endsWith("le 1er décembre"));
  ok(told.pt?.endsWith("em 1 de dezembro"));
  ok(told.ar?.endsWith("\u20681 ديسمبر\u2069"));
});

Deno.test("say() sets apart what stands in a right-to-left sentence", () => {
  equal(direction("ar"), "rtl");
  deepEqual(LANGUAGES.filter((language) => direction(language) === "rtl"), ["ar"]);
  const said = say("ar", message("not_a_member", { username: "ada-1", organization: "Caffè (2)" }));
  ok(said.includes("\u2068ada-1\u2069"));
  ok(said.includes("\u2068Caffè (2)\u2069"));
  ok(!/[\u2066-\u2069]/.test(say("it", message("not_a_member", { username: "a", organization: "b" }))));
});

Deno.test("say() fills in a value as it is, whatever it looks like", () => {
  for (const choice of ["{choice}", "$&", "{key, in}", "$1"]) {
    equal(say("en", message("invalid_choice", { choice })), `"${choice}" is not a valid choice.`);
  }
});

Deno.test("languageOf() knows a language by its tag's first part", () => {
  equal(languageOf("pt-BR"), "pt");
  equal(languageOf(" AR_eg "), "ar");
  equal(languageOf("it"), "it");
  for (const tag of ["", "*", "zh-Hans", "ita", "e", "x-en", "constructor"]) {
    equal(languageOf(tag), null, tag);
  }
});

Deno.test("a message is plain data, and nothing else is taken for one", () => {
  const sent = JSON.parse(JSON.stringify(message("code_too_soon", { seconds: 9 })));
  ok(isMessage(sent));
  equal(say("en", sent), "A code was sent just now. You can get another one in 9 seconds.");
  const others = [null, "not_found", {}, { key: "7c2f" }, { key: "toString" }, { key: 1 }, ["not_found"]];
  for (const other of others) equal(isMessage(other), false);
});
