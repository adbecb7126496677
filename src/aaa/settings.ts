import * as v from "valibot";
import { registration } from "./registration_settings.ts";
import { inert, later, setting } from "./setting.ts";
import {
  Count,
  countBetween,
  CounterName,
  Flag,
  IpNetworkText,
  Text,
  Texts,
  ThrottleRate,
  ThrottleRates,
  TimeZoneName,
} from "./setting_values.ts";

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
