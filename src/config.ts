import * as v from "valibot";
import { methodComplaint } from "./aaa/account/registration_methods.ts";
import { messageComplaint, messageSettings } from "./aaa/messages/message_settings.ts";
import { Flag, Text } from "./aaa/setting_values.ts";
import { Settings } from "./aaa/settings.ts";
import { DomainError } from "./errors.ts";
import { isTimeZone } from "./values/local_day.ts";
import {
  ListenAddress,
  OptionalListener,
  UnbuiltListener,
  UndecidedListener,
} from "./values/listen_address.ts";
import { type TextKind, textKindOf, valueFromText } from "./values/value_from_text.ts";

function knob<S extends v.GenericSchema, const D extends v.InferInput<S>>(
  schema: S,
  fallback: D,
  about: string,
) {
  return v.optional(v.pipe(schema, v.description(about)), fallback);
}

function text(expected: string, matches: RegExp) {
  return v.pipe(v.string(expected), v.regex(matches, expected));
}

/** Where the program listens, what it keeps where, and with whom it talks. */
const host = {
  http: knob(
    ListenAddress,
    "0.0.0.0:8000",
    "Where HTTP is served; `[::]:8000` for IPv6, port 0 for any free one.",
  ),
  https: knob(
    OptionalListener,
    "off",
    "Where guests reach the sign-in page and the captive portal API over TLS: nothing else is served there. `public_url` " +
      "is its address.",
  ),
  tlsCert: knob(
    Text,
    "",
    "The PEM file of its certificate, the chain behind it. Read again when it changes.",
  ),
  tlsKey: knob(Text, "", "The PEM file of the certificate's private key."),
  data: knob(
    v.pipe(Text, v.nonEmpty("expected the path of a folder")),
    "./data",
    "The folder of the database file, the secret key and `portico.json`.",
  ),
  secretKey: knob(
    text("expected a secret of at least 32 characters", /^$|^.{32}/s),
    "",
    "What keys are hashed and encrypted with; empty: the file `secret.key` of the data folder, made at first start.",
  ),
  databaseUrl: knob(
    text("expected an http:, https: or libsql: address", /^$|^(https?|libsql):\/\/./),
    "",
    "A libSQL server instead of the database file.",
  ),
  databaseToken: knob(Text, "", "What that server wants as bearer token."),
  throttle: knob(Flag, true, "`off` lifts the request limits. For tests only."),
  logLevel: knob(
    v.picklist(
      ["debug", "info", "warning", "error", "fatal"],
      "expected debug, info, warning, error or fatal",
    ),
    "info",
    "The least important messages that are logged.",
  ),
  radius: knob(UnbuiltListener, "off", "RADIUS access over UDP. Only `off`: not part of this version."),
  radiusAcct: knob(
    UnbuiltListener,
    "off",
    "RADIUS accounting over UDP. Only `off`: not part of this version.",
  ),
  radsec: knob(UnbuiltListener, "off", "RADIUS over TLS. Only `off`: not part of this version."),
  uam: knob(
    UndecidedListener,
    "",
    "Where zones without a network (gate `none`) have the captive portal's listener. Zones with one have it on their own " +
      "addresses; `off` closes all.",
  ),
};

/** Everything that can be configured. */
export const Config = v.object({ ...host, ...messageSettings, ...Settings.entries });
export type Config = v.InferOutput<typeof Config>;

/** What is said about a knob in one place; the three ways to set it have names made of its own. */
export interface Knob {
  readonly name: keyof typeof Config.entries;
  readonly about: string;
  readonly fallback: unknown;
  /** How a text becomes its value. */
  readonly kind: TextKind;
  /** `later`: of a part still to come; `never`: accepted because existing configurations have it. */
  readonly use: "now" | "later" | "never";
}

export const KNOBS: readonly Knob[] = Object.entries(Config.entries).map(([name, entry]) => ({
  // The entries' own keys.
  name: name as Knob["name"],
  about: v.getDescription(entry.wrapped) ?? "",
  fallback: entry.default,
  kind: textKindOf(entry.wrapped),
  use: useOf(entry.wrapped),
}));

function useOf(schema: v.GenericSchema): Knob["use"] {
  const { use } = v.getMetadata(schema);
  return use === "later" || use === "never" ? use : "now";
}

/** Other names that openwisp-radius has for a setting, as in the file. */
const ALIASES: Readonly<Record<string, Knob["name"]>> = { max_csv_file_size: "maxFileSize" };
const SECRET: ReadonlySet<string> = new Set([
  "secretKey",
  "databaseUrl",
  "databaseToken",
  "legacyApiToken",
  "sms",
  "smsWebhookHeaders",
  "smsWebhookBody",
  "mail",
]);
const PREFIX = "PORTICO_";

/** Where a configuration comes from; an option goes before the environment, and that before the file. */
export interface ConfigSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `name` is for messages; the keys of `content` are `sms_cooldown` and so on. */
  readonly file?: { readonly name: string; readonly content: Readonly<Record<string, unknown>> } | undefined;
  /** `sms-cooldown` and so on to text. */
  readonly options?: Readonly<Record<string, string | undefined>>;
  /** Commands besides `serve` leave what they do not know to it. */
  readonly ignoreUnknown?: boolean;
}

interface Given {
  readonly value: unknown;
  /** As the operator wrote it: `PORTICO_SMS_COOLDOWN`, `--sms-cooldown`, `data/portico.json: sms_cooldown`. */
  readonly label: string;
}

/** @throws {DomainError} invalid_input, with the key in it as the operator wrote it. */
export function readConfig(sources: ConfigSources): Config {
  const given = new Map<string, Given>([
    ...once(fromFile(sources)),
    ...once(fromEnvironment(sources)),
    ...once(fromOptions(sources)),
  ]);
  const values = Object.fromEntries([...given].map(([name, { value }]) => [name, value]));
  values.timeZone ??= zoneOf(sources.environment);
  const parsed = v.safeParse(Config, values);
  if (!parsed.success) throw refusal(parsed.issues[0], given);
  const wrong = methodComplaint(parsed.output) ?? messageComplaint(parsed.output) ??
    certificateComplaint(parsed.output);
  if (wrong) {
    throw new DomainError("invalid_input", `${given.get(wrong.name)?.label ?? wrong.name}: ${wrong.text}`);
  }
  return parsed.output.throttle
    ? parsed.output
    : { ...parsed.output, throttleRates: {}, authThrottleRate: "" };
}

function certificateComplaint({ https, tlsCert, tlsKey }: Config) {
  if (https === "off" || (tlsCert && tlsKey)) return null;
  return {
    name: "https",
    text: "this wants tls_cert and tls_key, the PEM files of a certificate and its key",
  } as const;
}

/** What must not be left as it is by mistake, to be said loudly at every start. */
export function warningsOf({ throttle, captivePortalMock, mail, siteDomain }: Config): string[] {
  return [
    ...(throttle ? [] : ["WARNING: request limits are lifted (throttle off). This is for tests only."]),
    ...(captivePortalMock
      ? [
        "WARNING: the captive portal mock is on: anybody can open and close sessions. This is for development only.",
      ]
      : []),
    ...(/^smtps?:/.test(mail) && siteDomain === "localhost"
      ? [
        "WARNING: links in mails lead to localhost: set site_domain, and public_url if Portico is elsewhere.",
      ]
      : []),
  ];
}

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function environmentName(name: string): string {
  return PREFIX + snakeCase(name).toUpperCase();
}

export function optionName(name: string): string {
  return snakeCase(name).replaceAll("_", "-");
}

function* fromEnvironment({ environment, ignoreUnknown }: ConfigSources): Iterable<[string, Given]> {
  for (const [label, value] of Object.entries(environment)) {
    if (value === undefined || !label.startsWith(PREFIX) || label === `${PREFIX}CONFIG`) continue;
    const knob = find(label.slice(PREFIX.length).toLowerCase());
    if (knob && label === label.toUpperCase()) {
      yield [knob.name, { value: valueFromText(knob.kind, value), label }];
    } else if (!ignoreUnknown) throw new DomainError("invalid_input", `${label}: there is no such setting`);
  }
}

function* fromFile({ file, ignoreUnknown }: ConfigSources): Iterable<[string, Given]> {
  for (const [key, value] of Object.entries(file?.content ?? {})) {
    const label = `${file?.name}: ${key}`;
    const knob = find(key);
    if (knob) {
      yield [knob.name, {
        value: typeof value === "string" ? valueFromText(knob.kind, value) : value,
        label,
      }];
    } else if (!ignoreUnknown) throw new DomainError("invalid_input", `${label}: there is no such setting`);
  }
}

function* fromOptions({ options = {} }: ConfigSources): Iterable<[string, Given]> {
  for (const [option, value] of Object.entries(options)) {
    const knob = find(option.replaceAll("-", "_"));
    if (knob && value !== undefined) {
      yield [knob.name, { value: valueFromText(knob.kind, value), label: `--${option}` }];
    }
  }
}

/** A setting that has two names is set by one of them. */
function once(settings: Iterable<[string, Given]>): Map<string, Given> {
  const known = new Map<string, Given>();
  for (const [name, given] of settings) {
    const before = known.get(name);
    if (before) {
      throw new DomainError("invalid_input", `${given.label}: this is set by ${before.label} already`);
    }
    known.set(name, given);
  }
  return known;
}

function find(key: string): Knob | undefined {
  return BY_KEY.get(key);
}

const BY_KEY: ReadonlyMap<string, Knob> = new Map([
  ...KNOBS.map((knob) => [snakeCase(knob.name), knob] as const),
  ...KNOBS.flatMap((knob) =>
    Object.entries(ALIASES).filter(([, name]) => name === knob.name).map(([alias]) => [alias, knob] as const)
  ),
]);

function zoneOf({ TZ }: ConfigSources["environment"]): string {
  return TZ && isTimeZone(TZ) ? TZ : "UTC";
}

function refusal(issue: v.BaseIssue<unknown>, given: ReadonlyMap<string, Given>): DomainError {
  const [first, ...deeper] = (issue.path ?? []).map(({ key }) => String(key));
  const place = [given.get(first ?? "")?.label ?? first, ...deeper].join(".");
  const shown = SECRET.has(first ?? "") ? "" : `, not ${shorten(JSON.stringify(issue.input) ?? "nothing")}`;
  return new DomainError("invalid_input", `${place}: ${issue.message}${shown}`);
}

function shorten(json: string): string {
  return json.length > 80 ? `${json.slice(0, 79)}…` : json;
}
