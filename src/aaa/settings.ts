import * as v from "valibot";
import {
  CallingCode,
  containing,
  Count,
  countBetween,
  CounterName,
  FieldRule,
  Flag,
  IpNetworkText,
  RegistrationMethods,
  Text,
  Texts,
  ThrottleRate,
  ThrottleRates,
  TimeZoneName,
} from "./setting_values.ts";

/** A setting, what it is for, and what it is where nobody sets it. */
function setting<S extends v.GenericSchema, const D extends v.InferInput<S>>(
  schema: S,
  fallback: D,
  about: string,
) {
  return v.optional(v.pipe(schema, v.description(about)), fallback);
}

/** A setting of a part that is still to come: checked already, so that a configuration can be taken over. */
function later<S extends v.GenericSchema, const D extends v.InferInput<S>>(
  schema: S,
  fallback: D,
  about: string,
) {
  return v.optional(v.pipe(schema, v.description(about), v.metadata({ use: "later" })), fallback);
}

/** A setting that means nothing here, and stands in existing configurations. */
function inert<S extends v.GenericSchema, const D extends v.InferInput<S>>(
  schema: S,
  fallback: D,
  about: string,
) {
  return v.optional(v.pipe(schema, v.description(about), v.metadata({ use: "never" })), fallback);
}

const radius = {
  apiAuthorizeReject: setting(Flag, false, "Refusals are 401 with a body instead of an empty 200."),
  apiAccountingAutoGroup: setting(Flag, true, "New sessions are noted with the group of their user."),
  disposableRadiusUserToken: setting(Flag, true, "A RADIUS user token is good for one log-in."),
  freeradiusAllowedHosts: setting(
    v.array(IpNetworkText, "expected a list of addresses and networks"),
    ["127.0.0.1", "::1"],
    "Addresses and networks that may call the FreeRADIUS endpoints; an organization's own list takes its place.",
  ),
  trustedProxies: setting(
    v.array(IpNetworkText, "expected a list of addresses and networks"),
    [],
    "Proxies whose forwarding header is believed: addresses and networks.",
  ),
  macAddrRoamingEnabled: setting(
    Flag,
    false,
    "A station that is online may log in elsewhere by its MAC address.",
  ),
  simultaneousUseEnabled: setting(Flag, true, "The group check `Simultaneous-Use` is enforced."),
  coaEnabled: later(Flag, false, "NASes are told when a user's group changes (RFC 5176)."),
  radclientAttributeDictionaries: later(Texts, [], "Dictionary files of attributes for RFC 5176."),
  counters: setting(
    v.array(CounterName, "expected a list of counters"),
    ["DailyCounter", "DailyTrafficCounter", "MonthlyTrafficCounter"],
    "Quotas that are enforced, in this order.",
  ),
  trafficCounterCheckName: setting(
    Text,
    "Max-Daily-Session-Traffic",
    "The group check that DailyTrafficCounter reads.",
  ),
  trafficCounterReplyName: setting(
    Text,
    "CoovaChilli-Max-Total-Octets",
    "The attribute that tells the NAS the octets left; `pfSense-Max-Total-Octets` for pfSense.",
  ),
  radiusAttributesTypeMap: setting(
    v.record(v.string(), v.picklist(["bytes", "seconds"], "expected bytes or seconds"), "expected an object"),
    {},
    "The unit of further attributes, for showing usage: attribute to `bytes` or `seconds`.",
  ),
  calledStationIds: setting(
    v.record(
      v.string(),
      v.looseObject({ unconverted_ids: v.optional(Texts, []) }, "expected an object"),
      "expected an object with organization ids for keys",
    ),
    {},
    "Organization id to the station ids (`unconverted_ids`) whose sessions keep their converted id.",
  ),
  convertCalledStationOnCreate: later(
    Flag,
    false,
    "Station ids are converted as soon as a session begins.",
  ),
  openvpnDatetimeFormat: later(
    Text,
    "%a %b %d %H:%M:%S %Y",
    "How OpenVPN's management socket writes time.",
  ),
  postauthClearPasswords: setting(
    Flag,
    false,
    "Passwords of refused attempts are kept as they were typed instead of `********`.",
  ),
  timeZone: setting(
    TimeZoneName,
    "UTC",
    "Days and months of organizations without a zone of their own; also of dates in answers. Default `TZ`, else UTC.",
  ),
  extraNasTypes: setting(
    v.array(v.tuple([Text, Text], 'expected pairs such as ["x", "Vendor X"]'), "expected a list of pairs"),
    [],
    "Further NAS types: pairs of value and label.",
  ),
};

const registration = {
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
  allowedMobilePrefixes: setting(
    v.array(CallingCode, "expected a list of calling codes"),
    [],
    "Countries whose telephone numbers may be verified; empty for all.",
  ),
  allowFixedLineOrMobile: setting(Flag, false, "Numbers that may be a fixed line are accepted too."),
  smsVerificationEnabled: setting(Flag, false, "Telephone numbers are verified by a code."),
  smsMessageTemplate: setting(
    v.pipe(Text, containing("{code}")),
    "{organization} verification code: {code}",
    "The message with the code.",
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

const accounts = {
  userPasswordExpiration: setting(Count, 0, "Days that a password is good for; 0 for ever."),
  staffUserPasswordExpiration: setting(Count, 0, "The same for staff; 0 for the setting of all."),
  expirationWarningDays: later(Count, 7, "Days before an account ends that its user is told."),
  unverifyInactiveUsers: later(
    Count,
    0,
    "Days without a log-in after which a user must be verified again; 0 never.",
  ),
  deleteInactiveUsers: later(Count, 0, "Days without a log-in after which a user is deleted; 0 never."),
  passwordResetForm: inert(Text, "", "There is one form."),
  batchAsyncThreshold: later(Count, 15, "A batch of this many users is made in the background."),
  batchDefaultPasswordLength: setting(
    countBetween(1, 128),
    8,
    "Characters of a password that a batch makes.",
  ),
  batchDeleteExpired: later(Count, 540, "Days after which the users of an expired batch are deleted."),
  batchPdfTemplate: inert(Text, "", "The sheet has one layout."),
  batchMailSubject: setting(
    Text,
    "",
    "Subject of the mail with a password that a batch made; empty for ours.",
  ),
  batchMailMessage: setting(
    Text,
    "",
    "Its text, `{}` for user name and password, in this order; empty for ours.",
  ),
  batchMailSender: setting(Text, "", "Its sender; empty for `mail_from`."),
  maxFileSize: setting(Count, 5_242_880, "Octets of an uploaded file. Also as `MAX_CSV_FILE_SIZE`."),
  privateStorageInstance: inert(Text, "", "Uploads lie in the data folder."),
};

const api = {
  api: later(Flag, true, "The endpoints for guests and operators are served."),
  apiBaseurl: inert(Text, "/", "Paths begin at the root."),
  apiUrlconf: inert(Text, "", "The paths are fixed."),
  apiDocs: setting(Flag, true, "`/api/v1/docs/` is served."),
  captivePortalMock: setting(
    Flag,
    false,
    "A captive portal that lets everybody in is served below `/captive-portal-mock/`. For development only.",
  ),
  metricsAllowedHosts: setting(
    v.array(IpNetworkText, "expected a list of addresses and networks"),
    ["127.0.0.1", "::1"],
    "Addresses and networks that may read `/metrics`.",
  ),
  apiDefaultPageSize: setting(
    countBetween(1, 10_000),
    10,
    "Rows of a page where the request names no number.",
  ),
  apiMaxPageSize: setting(countBetween(1, 10_000), 100, "The most rows of a page."),
  authApi: later(Flag, true, "The users module's own log-in and password endpoints are served."),
  authThrottleRate: later(ThrottleRate, "20/day", "Their limit per user or address; empty for none."),
  throttleRates: setting(
    ThrottleRates,
    {},
    'Limits by scope. A scope that is not named keeps its default (`{"others": "400/hour"}`), `null` lifts it.',
  ),
  legacyApiToken: setting(
    Text,
    "",
    "The one token of a django-freeradius installation; empty: no legacy routes.",
  ),
  legacyOrganization: setting(Text, "default", "Slug of the organization that the legacy routes serve."),
};

const operators = {
  editableAccounting: later(Flag, false, "Operators may change sessions."),
  editablePostauth: later(Flag, false, "Operators may change post-auth records."),
  groupcheckAdmin: later(Flag, false, "Group checks have a page of their own."),
  groupreplyAdmin: later(Flag, false, "Group replies have a page of their own."),
  usergroupAdmin: later(Flag, false, "Groups of users have a page of their own."),
  userAdminRadiustokenInline: later(Flag, false, "A user's RADIUS tokens are shown with the user."),
  defaultSecretFormat: inert(Text, "NT-Password", "It had no effect upstream either."),
  disabledSecretFormats: inert(Texts, [], "It had no effect upstream either."),
};

/**
 * The installation's own settings: openwisp-radius's names without `OPENWISP_RADIUS_`, `OPENWISP_USERS_` and
 * `OPENWISP_`, in camel case. Those that an organization may override are read through its record.
 */
export const Settings = v.object({ ...radius, ...registration, ...accounts, ...api, ...operators });
export type Settings = v.InferOutput<typeof Settings>;
