/** `deno task docs`: writes docs/settings.md from the schema. */
import * as v from "valibot";
import {
  ORGANIZATION_SETTING_NAMES,
  type OrganizationSettingName,
} from "../src/aaa/identity/organization_settings.ts";
import { ZONE_OPTIONS } from "../src/aaa/identity/zone_options.ts";
import { environmentName, type Knob, KNOBS } from "../src/config.ts";

type Follows = readonly [follows: Knob["name"] | "", about: string];

const ORGANIZATION: Record<OrganizationSettingName, Follows> = {
  sms_verification: ["smsVerificationEnabled", "Telephone numbers are verified; wants `sms_sender`."],
  needs_identity_verification: ["needsIdentityVerification", "Only verified members may log in."],
  sms_sender: ["", "Sender of text messages, at most 128 characters."],
  sms_message: ["smsMessageTemplate", "At most 160 characters with `{code}`, perhaps `{organization}`."],
  sms_cooldown: ["smsCooldown", "Seconds until another code may be asked for."],
  sms_meta_data: ["", "A JSON object for the gateway: [messages.md](messages.md)."],
  sms_gateway: [
    "sms",
    "`webhook:URL`, `twilio:ACCOUNT:TOKEN`, or an object: [messages.md](messages.md). A secret: `show` prints null, and " +
    "null leaves it as it is.",
  ],
  freeradius_allowed_hosts: ["freeradiusAllowedHosts", "Addresses and networks with commas, no spaces."],
  coa_enabled: ["coaEnabled", "NASes are told when a group changes."],
  allowed_mobile_prefixes: ["allowedMobilePrefixes", "Calling codes with commas, such as `+39,+44`."],
  first_name: ["optionalRegistrationFields", "`disabled`, `allowed` or `mandatory` at sign-up."],
  last_name: ["optionalRegistrationFields", "The same."],
  location: ["optionalRegistrationFields", "The same."],
  birth_date: ["optionalRegistrationFields", "The same."],
  registration_enabled: ["registrationApiEnabled", "Guests may sign up."],
  registration_methods: ["userSettableRegistrationMethods", "A list: what a guest may name at sign-up."],
  saml_registration_enabled: ["samlRegistrationEnabled", "Through SAML."],
  social_registration_enabled: ["socialRegistrationEnabled", "Through social networks."],
  mac_addr_roaming_enabled: [
    "macAddrRoamingEnabled",
    "A station that is online may log in elsewhere by its MAC address.",
  ],
  login_url: ["", "Where guests log in: `http:` or `https:`."],
  status_url: ["", "Where guests see their session."],
  password_reset_url: ["passwordResetUrls", "At most 200 characters with `{uid}` and `{token}`."],
  gigawords_replies: ["", "Quotas above 2^32-1 octets are answered in two attributes (`false`)."],
  magic_links_enabled: ["magicLinksEnabled", "Links that log in without a password; wants `login_url`."],
  session_mail_enabled: ["sessionMailEnabled", "Users are told by mail that a session began."],
  time_zone: ["timeZone", "IANA name: days and months of quotas."],
};

/** The page as it should be. */
export function settingsPage(): string {
  const of = (use: Knob["use"]) => KNOBS.filter((knob) => knob.use === use).map(row);
  return `<!-- Written by \`deno task docs\` from the schema: do not edit. -->
# Settings

Nothing has to be set. Each setting can be given in three ways, the first that is there wins:

1. an option of \`serve\`: \`--sms-cooldown 60\`
2. an environment variable: \`PORTICO_SMS_COOLDOWN=60\`
3. a key of a JSON file: \`{"sms_cooldown": 60}\`. The file is the one that \`--config\` or \`PORTICO_CONFIG\` names, else
   \`portico.json\` in the data folder.

In options and variables lists have commas (nothing at all is the empty list), structures are JSON, flags are \`true\`, \`1\`,
\`on\`, \`yes\` or \`false\`, \`0\`, \`off\`, \`no\`. What is unknown or wrong is refused at start with a sentence that names it. Names are
openwisp-radius's without \`OPENWISP_RADIUS_\`, \`OPENWISP_USERS_\` or \`OPENWISP_\`.

| Variable | Default | What it is |
|---|---|---|
${of("now").join("\n")}

## Of parts still to come

Checked already, so that a configuration can be taken over; nothing reads them yet.

| Variable | Default | What it is |
|---|---|---|
${of("later").join("\n")}

## Without effect

Accepted because existing configurations have them.

| Variable | Default | Why |
|---|---|---|
${of("never").join("\n")}

## An organization's own settings

\`portico org set SLUG KEY=VALUE…\`, or \`settings\` in a setup file. Nothing, or \`null\`, follows the installation's setting.
\`org set\` also takes \`token\` (at most 32 characters without white space, dots and slashes), \`is_active\`, \`name\`, \`slug\`,
\`description\`, \`email\` and \`url\`.

| Key | Follows | What it is |
|---|---|---|
${ORGANIZATION_SETTING_NAMES.map(organizationRow).join("\n")}

## A zone's options

\`portico zone create\` and \`portico zone set ZONE\` with \`--KEY VALUE\`, or an entry of \`zones\` in a setup file
([command-line.md](command-line.md)). Names are CoovaChilli's where it has one. Bandwidths are bits a second, times seconds; 0 is
none.

| Key | Default | What it is |
|---|---|---|
${Object.keys(ZONE_OPTIONS).map(zoneRow).join("\n")}
`;
}

function row({ name, fallback, about }: Knob): string {
  return `| \`${environmentName(name)}\` | ${show(fallback)} | ${about} |`;
}

function organizationRow(name: OrganizationSettingName): string {
  const [follows, about] = ORGANIZATION[name];
  return `| \`${name}\` | ${follows ? `\`${environmentName(follows)}\`` : ""} | ${about} |`;
}

function zoneRow(name: string): string {
  // Its own keys.
  const { wrapped, default: fallback } = ZONE_OPTIONS[name as keyof typeof ZONE_OPTIONS];
  return `| \`${name}\` | ${show(fallback)} | ${v.getDescription(wrapped)} |`;
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.length ? `\`${value.join(",")}\`` : "none";
  if (value === "") return "";
  return `\`${typeof value === "object" ? JSON.stringify(value) : String(value)}\``;
}

if (import.meta.main) Deno.writeTextFileSync("docs/settings.md", settingsPage());
