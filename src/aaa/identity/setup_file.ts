import * as v from "valibot";
import { DomainError } from "../../errors.ts";
import { parseIpNetwork } from "../../values/ip_address.ts";
import { toE164 } from "../../values/phone_number.ts";
import { jsonObject } from "../setting_values.ts";
import { OrganizationSettings } from "./organization_settings.ts";
import { CHECK_OPERATORS, REPLY_OPERATORS } from "./radius_operators.ts";
import { ZONE_OPTION_CHANGES } from "./zone_options.ts";

const CONTROL = /\p{Cc}/u;
const NOT_A_KEY = "there is no such key";

/** Text of `least` to `most` characters that UTF-8 can carry and that fits on a line. */
function line(least: number, most: number) {
  const expected = least ? `expected ${least} to ${most} characters` : `expected at most ${most} characters`;
  return v.pipe(
    v.string(expected),
    v.check((text) => text.length >= least && text.length <= most, expected),
    v.check((text) => !CONTROL.test(text), "expected a text without control characters"),
    v.check((text) => text.isWellFormed(), "expected a text without half characters (lone surrogates)"),
  );
}

/** Several lines are allowed. */
function prose(most: number) {
  return v.pipe(
    v.string("expected a text"),
    v.maxLength(most, `expected at most ${most} characters`),
    v.check(
      (text) => text.isWellFormed() && !text.includes("\0"),
      "expected a text without broken characters",
    ),
  );
}

/** A text without white space around it: the API takes that away from what people type. */
function name(most: number) {
  return v.pipe(
    line(1, most),
    v.check((text) => text === text.trim(), "expected a text without white space around it"),
  );
}

const Flag = v.boolean("expected true or false");

/** Null, in a file that `show` wrote: unchanged. */
const Secret = v.optional(v.nullable(v.pipe(
  v.string("expected a text"),
  v.nonEmpty("expected at least one character"),
  v.maxLength(1024, "expected at most 1024 characters"),
  v.check((text) => text.isWellFormed() && !text.includes("\0"), "expected a text without broken characters"),
)));

const attribute = <const O extends readonly string[]>(operators: O) =>
  v.tuple([
    name(64),
    v.picklist(operators, `expected an operator out of ${operators.join(" ")}`),
    v.nullable(v.pipe(
      v.union([v.string(), v.number()], "expected a text or a number"),
      v.transform(String),
      line(1, 253),
    )),
  ], "expected [attribute, operator, value]");

function attributes<const O extends readonly string[]>(operators: O) {
  return v.optional(v.pipe(
    v.array(attribute(operators), "expected a list of [attribute, operator, value]"),
    v.check(
      (list) => new Set(list.map(([attribute]) => attribute)).size === list.length,
      "expected each attribute once",
    ),
  ));
}

const Checks = attributes(CHECK_OPERATORS);
const Replies = attributes(REPLY_OPERATORS);

export const Slug = v.pipe(
  v.string("expected a slug"),
  v.regex(/^[-a-zA-Z0-9_]{1,50}$/, "expected a slug: 1 to 50 letters, digits, - or _"),
);

const GroupEntry = strict({
  name: name(255),
  default: v.optional(Flag),
  description: v.optional(v.nullable(line(0, 64))),
  checks: Checks,
  replies: Replies,
});

const NasEntry = strict({
  address: v.pipe(
    line(1, 128),
    v.check((text) => parseIpNetwork(text) !== null, "expected an address or a network, such as 10.0.0.0/24"),
  ),
  shortname: v.optional(name(32)),
  secret: Secret,
  type: v.optional(name(30)),
  ports: v.optional(v.nullable(v.pipe(
    v.number("expected a whole number"),
    v.safeInteger("expected a whole number"),
    v.minValue(0, "expected a whole number, 0 or more"),
  ))),
  server: v.optional(v.nullable(line(0, 64))),
  community: v.optional(v.nullable(line(0, 50))),
  description: v.optional(v.nullable(line(0, 200))),
});

const ZONE_NAME = "expected a name: 1 to 50 letters, digits, - or _";

const ZoneEntry = strict({
  // It becomes part of addresses and of files' names.
  name: v.pipe(v.string(ZONE_NAME), v.regex(/^[A-Za-z0-9_][-A-Za-z0-9_]{0,49}$/, ZONE_NAME)),
  is_active: v.optional(Flag),
  ...ZONE_OPTION_CHANGES,
});

const OrganizationEntry = strict({
  slug: Slug,
  name: v.optional(name(60)),
  token: v.optional(v.nullable(v.pipe(
    v.string("expected a text"),
    v.regex(/^[^\s./]{1,32}$/, "expected 1 to 32 characters without white space, dots and slashes"),
    line(1, 32),
  ))),
  is_active: v.optional(Flag),
  description: v.optional(prose(4096)),
  email: v.optional(line(0, 254)),
  url: v.optional(line(0, 200)),
  settings: v.optional(v.pipe(jsonObject("expected an object"), OrganizationSettings)),
  groups: v.optional(v.array(GroupEntry, "expected a list")),
  nas: v.optional(v.array(NasEntry, "expected a list")),
  zones: v.optional(v.array(ZoneEntry, "expected a list")),
});

const Day = v.pipe(
  v.string("expected a day, YYYY-MM-DD"),
  v.isoDate("expected a day, YYYY-MM-DD"),
  v.check(
    (text) => new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true,
    "expected a day that exists",
  ),
);

const UserEntry = strict({
  username: name(150),
  email: v.optional(v.nullable(v.pipe(
    name(254),
    v.regex(/^[^\s@]+@[^\s@]+$/, "expected an e-mail address"),
  ))),
  email_verified: v.optional(Flag),
  phone: v.optional(v.nullable(v.pipe(
    v.string("expected a telephone number"),
    v.transform(toE164),
    v.string("expected a telephone number with its country, such as +39 06 1234567"),
  ))),
  password: Secret,
  password_hash: Secret,
  organizations: v.optional(v.array(Slug, "expected a list of slugs"), []),
  group: v.optional(name(255)),
  method: v.optional(line(0, 64)),
  verified: v.optional(Flag),
  active: v.optional(Flag),
  staff: v.optional(Flag),
  superuser: v.optional(Flag),
  manager: v.optional(Flag),
  checks: Checks,
  replies: Replies,
  first_name: v.optional(line(0, 150)),
  last_name: v.optional(line(0, 150)),
  birth_date: v.optional(v.nullable(Day)),
  location: v.optional(line(0, 256)),
  company: v.optional(line(0, 30)),
  url: v.optional(line(0, 200)),
  bio: v.optional(prose(10_000)),
  notes: v.optional(prose(10_000)),
  expiration_date: v.optional(v.nullable(Day)),
});

/** What a setup file says; a key that is absent leaves things as they are. */
const Setup = strict({
  organizations: v.optional(v.array(OrganizationEntry, "expected a list"), []),
  users: v.optional(v.array(UserEntry, "expected a list"), []),
});

export type Setup = v.InferOutput<typeof Setup>;
export type OrganizationEntry = v.InferOutput<typeof OrganizationEntry>;
export type GroupEntry = v.InferOutput<typeof GroupEntry>;
export type NasEntry = v.InferOutput<typeof NasEntry>;
export type ZoneEntry = v.InferOutput<typeof ZoneEntry>;
export type UserEntry = v.InferOutput<typeof UserEntry>;
/** Attribute, operator, value; a null value, in a file that `show` wrote, is unchanged. */
export type AttributeEntry = readonly [attribute: string, op: string, value: string | null];

/** @throws {DomainError} invalid_input; its message begins with the place: `users[3].email: expected …`. */
export function parseSetup(file: unknown): Setup {
  return parse(Setup, file);
}

/** One organization, as a form or a command line gives it: the place in a message is the key alone. */
export function parseOrganizationEntry(value: unknown): OrganizationEntry {
  return parse(OrganizationEntry, value);
}

export function parseUserEntry(value: unknown): UserEntry {
  return parse(UserEntry, value);
}

export function parseNasEntry(value: unknown): NasEntry {
  return parse(NasEntry, value);
}

export function parseZoneEntry(value: unknown): ZoneEntry {
  return parse(ZoneEntry, value);
}

function parse<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> {
  const parsed = v.safeParse(schema, value, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const place = showPath((issue.path ?? []).map(({ key }) => key));
  throw new DomainError("invalid_input", place ? `${place}: ${issue.message}` : issue.message);
}

function showPath(keys: readonly unknown[]): string {
  return keys.map((key) => typeof key === "number" ? `[${key}]` : `.${key}`).join("").replace(/^\./, "");
}

function strict<const T extends v.ObjectEntries>(entries: T) {
  return v.pipe(
    jsonObject(({ received }) => received === "undefined" ? "is missing" : "expected an object"),
    v.strictObject(
      entries,
      ({ expected, received }) =>
        expected === "never" ? NOT_A_KEY : received === "undefined" ? "is missing" : "expected an object",
    ),
  );
}
