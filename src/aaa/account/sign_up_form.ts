import { type Message, message } from "../../languages/say.ts";
import { foldCase } from "../../values/fold_case.ts";
import { localDay } from "../../values/local_day.ts";
import { knownNumber } from "../../values/phone_number.ts";
import { passwordFlaws } from "../credentials/password_rules.ts";
import {
  type OrganizationRecord,
  PROFILE_FIELDS,
  type ProfileField,
} from "../identity/organization_record.ts";
import type { Settings } from "../settings.ts";
import { obstacleTo } from "./registration_methods.ts";
import { judgeNumber, type NumberFault, numberRules } from "./phone_rules.ts";
import type { Holder, IdentifierField, Identifiers } from "./similar_accounts.ts";

/** What was typed, white space around it cut off; what is undefined was not sent. */
export interface SignUpFields {
  readonly username: string;
  readonly email?: string | undefined;
  readonly password1: string;
  readonly password2: string;
  /** With its country, in any spelling; empty for none. */
  readonly phone_number: string;
  readonly first_name?: string | undefined;
  readonly last_name?: string | undefined;
  readonly location?: string | undefined;
  /** `YYYY-MM-DD` */
  readonly birth_date?: string | undefined;
  readonly method: string;
}

/** Fields to what is wrong with them. */
export type FieldFlaws = Readonly<Record<string, readonly Message[]>>;

/** A form as far as it could be read: a field is among the flaws, or it has a value. */
export interface SignUpForm {
  readonly fields: Partial<SignUpFields>;
  readonly flaws: FieldFlaws;
}

const USERNAME = /^[\p{L}\p{N}@.+_-]+$/u;
const ADDRESS =
  /^[^\s@"(),:;<>[\\\]\p{Cc}]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u;

const NUMBER_FLAWS = {
  invalid: message("phone_number_invalid"),
  prefix_not_allowed: message("phone_prefix_not_allowed"),
  not_mobile: message("phone_number_not_mobile"),
} as const satisfies Record<NumberFault, Message>;

/** What is wrong with the fields, each by itself, whoever else there is. */
export function flawsOfForm(
  { fields, flaws }: SignUpForm,
  organization: OrganizationRecord,
  settings: Settings,
  now: Date,
): FieldFlaws {
  const { username, email, password1, phone_number: number, birth_date: birthDate, method } = fields;
  const found: Record<string, readonly Message[]> = { ...flaws };
  const note = (field: keyof SignUpFields, ...messages: readonly Message[]) => {
    if (messages.length && !found[field]) found[field] = messages;
  };
  if (username !== undefined && !USERNAME.test(username)) note("username", message("invalid_username"));
  if (email !== undefined && !ADDRESS.test(email)) note("email", message("invalid_email"));
  if (email === undefined && isEmailRequired(settings)) note("email", message("field_required"));
  if (password1 !== undefined) note("password1", ...passwordFlaws(password1, knownAbout(fields)));
  if (number !== undefined) note("phone_number", ...numberFlaws(number, organization, settings));
  if (birthDate !== undefined && birthDate > localDay(organization.timeZone, now.getTime()).day) {
    note("birth_date", message("date_in_future"));
  }
  if (method !== undefined && !organization.registrationMethods.includes(method)) {
    note("method", message("invalid_choice", { choice: method }));
  }
  const obstacle = obstacleTo(method ?? "", organization, email);
  if (obstacle === "no_address") note("email", message("method_needs_email"));
  if (obstacle === "no_sms") {
    note("method", message("sms_verification_disabled", { organization: organization.name }));
  }
  return found;
}

/** The same with what others have already. */
export function flawsAmongOthers(
  form: SignUpForm,
  flaws: FieldFlaws,
  holders: readonly Holder[],
): FieldFlaws {
  const isHeld = (field: IdentifierField) => holders.some(({ holds }) => holds.has(field));
  const { username, email } = form.fields;
  const usernameIsTaken = isHeld("username");
  // By one name nobody must mean two people. Whoever's address or number was typed as such too is told of it there.
  const meansAnother = holders.some(({ isMeantByName, holds }) => isMeantByName && holds.size === 0);
  // Login pages copy the address into the user name and have no place for what is wrong with that.
  const isCopy = username !== undefined && email !== undefined && foldCase(username) === foldCase(email);
  return {
    ...((usernameIsTaken || meansAnother) && { username: [message("username_taken")] }),
    ...((isHeld("email") || (usernameIsTaken && isCopy)) && { email: [message("email_taken")] }),
    ...(isHeld("phone_number") && { phone_number: [message("phone_number_taken")] }),
    ...flaws,
  };
}

/** The first field that this organization asks for and that was not sent; told last, once all others are right. */
export function missingField(
  { fields }: SignUpForm,
  { profileFields, needsIdentityVerification }: OrganizationRecord,
): ProfileField | "method" | null {
  const missing = PROFILE_FIELDS.find((field) =>
    profileFields[field] === "mandatory" && fields[field] === undefined
  );
  return missing ?? (needsIdentityVerification && !fields.method ? "method" : null);
}

/** What the account would have for itself alone. */
export function identifiersOf({ fields }: SignUpForm, organization: OrganizationRecord): Identifiers {
  const { username, email, phone_number: number = "" } = fields;
  return {
    usernameKey: username === undefined ? null : foldCase(username),
    emailKey: email === undefined ? null : foldCase(email),
    phoneNumber: organization.smsVerification ? knownNumber(number)?.e164 ?? null : null,
  };
}

export function isEmailRequired({ emailRequired, emailVerification }: Settings): boolean {
  return emailRequired || emailVerification === "mandatory";
}

function numberFlaws(number: string, organization: OrganizationRecord, settings: Settings): Message[] {
  if (!organization.smsVerification) {
    return number && !knownNumber(number) ? [NUMBER_FLAWS.invalid] : [];
  }
  if (!number) return [message("field_required")];
  const verdict = judgeNumber(number, numberRules(organization, settings));
  return verdict.kind === "refused" ? [NUMBER_FLAWS[verdict.fault]] : [];
}

function knownAbout(fields: Partial<SignUpFields>) {
  const { username = "", email = "", first_name = "", last_name = "", phone_number = "" } = fields;
  return { username, email, first_name, last_name, phone_number };
}
