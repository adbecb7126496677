import { en } from "../languages/en.ts";
import * as v from "valibot";
import { inert, later, setting } from "./setting.ts";
import {
  CallingCode,
  containing,
  Count,
  countBetween,
  FieldRule,
  Flag,
  placeholders,
  RegistrationMethods,
  Text,
  Texts,
} from "./setting_values.ts";

/** How guests sign up, prove who they are, and recover a password. */
export const registration = {
  registrationApiEnabled: setting(
    Flag,
    true,
    "Guests may sign up, and join an organization with an account that they have elsewhere.",
  ),
  magicLinksEnabled: setting(
    Flag,
    true,
    "Links that log in without a password are made and taken, where an organization has a `login_url`.",
  ),
  sessionMailEnabled: setting(
    Flag,
    true,
    "Users are told by mail that a session began, with such a link; only at an address that was verified.",
  ),
  sesameTokenName: setting(
    v.pipe(Text, v.regex(/^[A-Za-z][A-Za-z0-9_-]*$/, "expected a word")),
    "sesame",
    "What the token of such a link is called: in its address, and as `Authorization` scheme.",
  ),
  sesameMaxAge: setting(Count, 1800, "Seconds that such a link is good for."),
  needsIdentityVerification: setting(Flag, false, "Only members whose identity was verified may log in."),
  registrationMethods: setting(
    RegistrationMethods,
    {},
    'Further registration methods, by name: `{"national_id": {"label": "Identity card", "strong": true}}`. `strong` ones ' +
      "tell who somebody is; members of those with `authorize_unverified` may use the network before they are verified.",
  ),
  authorizeUnverifiedMethods: setting(Texts, [], "Registration methods that may log in unverified."),
  authBackendAutoPrefixes: setting(
    v.array(CallingCode, "expected a list of calling codes"),
    [],
    "Put before a telephone number that was typed without its country, such as `+39`.",
  ),
  optionalRegistrationFields: setting(
    v.strictObject({
      first_name: v.optional(FieldRule, "disabled"),
      last_name: v.optional(FieldRule, "disabled"),
      location: v.optional(FieldRule, "disabled"),
      birth_date: v.optional(FieldRule, "disabled"),
    }, "expected an object with first_name, last_name, location or birth_date"),
    {},
    "Fields of the sign-up form: `disabled`, `allowed` or `mandatory` each.",
  ),
  userSettableRegistrationMethods: setting(
    Texts,
    ["", "email", "mobile_phone"],
    "Registration methods that a guest may name at sign-up.",
  ),
  emailRequired: setting(Flag, false, "Nobody signs up without an e-mail address."),
  emailVerification: setting(
    v.picklist(["none", "optional", "mandatory"], "expected none, optional or mandatory"),
    "optional",
    "Whether new users get a mail with a link to confirm their address. `mandatory`: they get no API key at sign-up and " +
      "have to log in for it.",
  ),
  emailConfirmationTimeout: setting(Count, 259_200, "Seconds that such a link is good for."),
  publicUrl: setting(
    v.pipe(
      Text,
      v.regex(/^$|^https?:\/\/[^\s?#]+$/i, "expected an address such as https://radius.example.org"),
      v.transform((url) => url.replace(/\/+$/, "")),
    ),
    "",
    "Where browsers reach Portico: what links to its own pages begin with. Empty: `https://` and `site_domain`; for " +
      "requests to `localhost` what they were sent to.",
  ),
  allowedMobilePrefixes: setting(
    v.array(CallingCode, "expected a list of calling codes"),
    [],
    "Countries whose telephone numbers may be verified; empty for all.",
  ),
  allowFixedLineOrMobile: setting(Flag, false, "Numbers that may be a fixed line are accepted too."),
  smsVerificationEnabled: setting(Flag, false, "Telephone numbers are verified by a code."),
  smsMessageTemplate: setting(
    v.pipe(Text, containing("{code}"), placeholders("{code}", "{organization}")),
    en.sms_code_message,
    "The message with the code. The default one is sent in the guest's language.",
  ),
  smsCooldown: setting(Count, 30, "Seconds until another code may be asked for."),
  smsTokenDefaultValidity: setting(Count, 30, "Minutes that a code is good for."),
  smsTokenLength: setting(countBetween(4, 8), 6, "Digits of a code."),
  smsTokenHashAlgorithm: inert(
    Text,
    "sha256",
    "Codes are kept as HMAC-SHA-256.",
  ),
  smsTokenMaxAttempts: setting(Count, 5, "Wrong attempts that a code survives."),
  smsTokenMaxUserDaily: setting(Count, 5, "Codes per user and day."),
  smsTokenMaxIpDaily: setting(Count, 999, "Codes per address and day."),
  socialRegistrationEnabled: later(Flag, false, "Guests may sign up through a social network."),
  samlRegistrationEnabled: later(Flag, false, "Guests may sign up through SAML."),
  samlRegistrationMethodLabel: later(Text, "Single Sign-On (SAML)", "What the SAML method is called."),
  samlIsVerified: later(Flag, false, "An identity that SAML vouches for counts as verified."),
  samlUpdatesPreExistingUsername: later(Flag, false, "SAML's user name replaces the one in the account."),
  passwordResetUrls: setting(
    v.record(
      v.string(),
      v.pipe(Text, containing("{organization}", "{uid}", "{token}")),
      "expected an object with organization ids or __all__ for keys",
    ),
    { __all__: "https://{site}/{organization}/password/reset/confirm/{uid}/{token}" },
    "Where the link in a password reset mail leads: organization id, or `__all__`, to a template. An organization's " +
      "`password_reset_url` goes before it.",
  ),
  passwordResetTimeout: setting(Count, 259_200, "Seconds that a link for resetting a password is good for."),
  siteDomain: setting(
    v.pipe(
      Text,
      v.regex(
        /^[a-z0-9.-]+(:\d{1,5})?$|^\[[0-9a-f:]+\](:\d{1,5})?$/i,
        "expected a domain such as wifi.example.org, with or without a port",
      ),
    ),
    "localhost",
    "What `{site}` stands for in links: the domain under which guests reach the login pages.",
  ),
};
