import { getCountries, getCountryCallingCode } from "libphonenumber-js/max";
import * as v from "valibot";
import { parseIpNetwork } from "../../values/ip_address.ts";
import { textKindOf, valueFromText } from "../../values/value_from_text.ts";
import { SmsGatewayEntry } from "../messages/sms_gateway.ts";
import {
  containing,
  Count,
  FieldRule,
  Flag,
  jsonObject,
  placeholders,
  TimeZoneName,
} from "../setting_values.ts";

const CALLING_CODES: ReadonlySet<string> = new Set(
  getCountries().map((country) => `+${getCountryCallingCode(country)}`),
);

function shortText(most: number) {
  return v.pipe(v.string("expected a text"), v.maxLength(most, `expected at most ${most} characters`));
}

function commaSeparated(expected: string, isItem: (item: string) => boolean) {
  return v.pipe(v.string(expected), v.check((text) => text.split(",").every(isItem), expected));
}

const Url = v.pipe(
  v.string("expected an http: or https: address"),
  v.check(isWebAddress, "expected an http: or https: address"),
);

const FIELDS = {
  sms_verification: Flag,
  needs_identity_verification: Flag,
  sms_sender: shortText(128),
  sms_message: v.pipe(shortText(160), containing("{code}"), placeholders("{code}", "{organization}")),
  sms_cooldown: Count,
  sms_meta_data: jsonObject('expected a JSON object, such as {"campaign": 7}'),
  sms_gateway: SmsGatewayEntry,
  freeradius_allowed_hosts: commaSeparated(
    "expected addresses and networks with commas and without spaces, such as 127.0.0.1,10.0.0.0/8",
    (item) => parseIpNetwork(item) !== null,
  ),
  coa_enabled: Flag,
  allowed_mobile_prefixes: commaSeparated(
    "expected calling codes of countries with commas and without spaces, such as +39,+44",
    (item) => CALLING_CODES.has(item),
  ),
  first_name: FieldRule,
  last_name: FieldRule,
  location: FieldRule,
  birth_date: FieldRule,
  registration_enabled: Flag,
  registration_methods: v.array(v.string("expected a list of methods"), "expected a list of methods"),
  saml_registration_enabled: Flag,
  social_registration_enabled: Flag,
  mac_addr_roaming_enabled: Flag,
  login_url: Url,
  status_url: Url,
  password_reset_url: v.pipe(
    shortText(200),
    containing("{uid}", "{token}"),
    v.check((text) => isWebAddress(text.replace(/\{\w+\}/g, "x")), "expected an http: or https: address"),
  ),
  gigawords_replies: Flag,
  magic_links_enabled: Flag,
  session_mail_enabled: Flag,
  time_zone: TimeZoneName,
};

/** Nothing, like null, follows the installation's setting. */
function orNull<S extends v.GenericSchema>(schema: S) {
  return v.optional(
    v.pipe(v.unknown(), v.transform((value) => value === "" ? null : value), v.nullable(schema)),
  );
}

type OrNull<T extends Record<string, v.GenericSchema>> = {
  readonly [K in keyof T]: K extends "sms_gateway" ? ReturnType<typeof v.optional<T[K]>>
    : ReturnType<typeof orNull<T[K]>>;
};

/**
 * An organization's own settings; null follows the installation's setting of the same meaning, absent is unchanged. Of
 * the one secret among them, null is unchanged too.
 */
export const OrganizationSettings = v.strictObject(
  // Same keys, each value wrapped.
  Object.fromEntries(
    Object.entries(FIELDS).map(([name, schema]) => [
      name,
      name === "sms_gateway" ? v.optional(schema) : orNull(schema),
    ]),
  ) as OrNull<
    typeof FIELDS
  >,
  (issue) => issue.expected === "never" ? "there is no such setting" : "expected an object",
);
export type OrganizationSettings = v.InferOutput<typeof OrganizationSettings>;

export type OrganizationSettingName = keyof typeof FIELDS;
// The keys are known.
export const ORGANIZATION_SETTING_NAMES = Object.keys(FIELDS) as readonly OrganizationSettingName[];

export function isOrganizationSetting(name: string): name is OrganizationSettingName {
  return Object.hasOwn(FIELDS, name);
}

/** What `org set NAME=text` means; nothing and `null` follow the installation's setting. */
export function organizationSettingFromText(name: OrganizationSettingName, text: string): unknown {
  if (text === "null" || text === "") return name === "sms_gateway" ? "" : null;
  return valueFromText(textKindOf(FIELDS[name]), text);
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
