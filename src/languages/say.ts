import { ar } from "./ar.ts";
import { de } from "./de.ts";
import { en, type MessageKey } from "./en.ts";
import { es } from "./es.ts";
import { fr } from "./fr.ts";
import { it } from "./it.ts";
import { pt } from "./pt.ts";

export type { MessageKey } from "./en.ts";

/** What guests can be told things in; the first one is for whoever understands none of them. */
export const LANGUAGES = ["en", "it", "de", "es", "fr", "pt", "ar"] as const;
export type Language = typeof LANGUAGES[number];

/** A text before anybody knows in which language it is to be said: plain data, good for JSON. */
export interface Message {
  readonly key: MessageKey;
  readonly values?: MessageValues;
}

type MessageValues = Readonly<Record<string, string | number>>;

const CATALOGS: Record<Language, Record<MessageKey, string>> = { en, it, de, es, fr, pt, ar };

/** Latin digits everywhere: codes, numbers and limits are typed and compared as they are shown. */
export const LOCALES: Readonly<Record<Language, string>> = {
  en: "en-GB",
  it: "it",
  de: "de",
  es: "es",
  fr: "fr",
  pt: "pt",
  ar: "ar-u-nu-latn",
};

const PLACEHOLDER = /\{(\w+)(?:, (in|day))?\}/g;
const FIRST_STRONG_ISOLATE = "\u2068";
const POP_DIRECTIONAL_ISOLATE = "\u2069";

/** The names of a text's placeholders. */
type PlaceholderOf<Text extends string> = Text extends `${string}{${infer Inner}}${infer Rest}`
  ? (Inner extends `${infer Name},${string}` ? Name : Inner) | PlaceholderOf<Rest>
  : never;

/** The values of a text's placeholders, as a function takes them after the key: none where it has none. */
export type ValuesOf<Key extends MessageKey> = [PlaceholderOf<typeof en[Key]>] extends [never]
  ? [values?: MessageValues]
  : [values: Readonly<Record<PlaceholderOf<typeof en[Key]>, string | number>> & MessageValues];

/** A text with the values that its placeholders need. */
export function message<Key extends MessageKey>(key: Key, ...[values]: ValuesOf<Key>): Message {
  return values ? { key, values } : { key };
}

export function isMessage(value: unknown): value is Message {
  return typeof value === "object" && value !== null && "key" in value && typeof value.key === "string" &&
    Object.hasOwn(en, value.key);
}

/** The sentence, its values filled in. */
export function say(language: Language, { key, values = {} }: Message): string {
  const isolated = direction(language) === "rtl";
  return CATALOGS[language][key].replace(PLACEHOLDER, (_, name: string, form: string | undefined) => {
    const value = inWords(language, values[name] ?? "", form);
    // Numbers and names that are read from left to right would tear the sentence apart.
    return isolated ? `${FIRST_STRONG_ISOLATE}${value}${POP_DIRECTIONAL_ISOLATE}` : value;
  });
}

/** Which way a language is read: what HTML calls `dir`. */
export function direction(language: Language): "ltr" | "rtl" {
  return language === "ar" ? "rtl" : "ltr";
}

/** The language that a tag like `pt-BR` asks for; null when it is not one of ours. */
export function languageOf(tag: string): Language | null {
  const primary = tag.trim().split(/[-_]/, 1)[0]?.toLowerCase();
  return LANGUAGES.find((language) => language === primary) ?? null;
}

function inWords(language: Language, value: string | number, form: string | undefined): string {
  switch (form) {
    case "in":
      return fromNow(language, Number(value));
    case "day":
      return dayOfYear(language, String(value));
    default:
      return String(value);
  }
}

const times = new Map<Language, Intl.RelativeTimeFormat>();

/** `in 90 seconds`, `in 5 minutes`, `in 3 hours`, `in 3 days`: never sooner than it is. */
function fromNow(language: Language, seconds: number): string {
  let format = times.get(language);
  if (!format) times.set(language, format = new Intl.RelativeTimeFormat(LOCALES[language]));
  if (seconds < 120) return format.format(Math.max(1, Math.ceil(seconds)), "second");
  if (seconds < 7200) return format.format(Math.ceil(seconds / 60), "minute");
  if (seconds < 172_800) return format.format(Math.ceil(seconds / 3600), "hour");
  return format.format(Math.ceil(seconds / 86_400), "day");
}

const days = new Map<Language, Intl.DateTimeFormat>();

/** `1 December`, from a day of any calendar in time: the zone was the business of whoever knew the day. */
function dayOfYear(language: Language, day: string): string {
  let format = days.get(language);
  if (!format) {
    format = new Intl.DateTimeFormat(LOCALES[language], { day: "numeric", month: "long", timeZone: "UTC" });
    days.set(language, format);
  }
  const text = format.format(Date.parse(`${day}T00:00:00Z`));
  return language === "fr" ? text.replace(/^1 /, "1er ") : text;
}
