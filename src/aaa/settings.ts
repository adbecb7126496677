import * as v from "valibot";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const texts = v.array(v.string());

/**
 * The installation's own settings (upstream's names without `OPENWISP_RADIUS_` and `OPENWISP_USERS_`, in camel case);
 * those an organization may override are read through `organizationSettings()`.
 */
export const Settings = v.object({
  /** Refusals are 401 with a body instead of an empty 200. */
  apiAuthorizeReject: v.optional(v.boolean(), false),
  apiAccountingAutoGroup: v.optional(v.boolean(), true),
  disposableRadiusUserToken: v.optional(v.boolean(), true),
  /** Addresses and networks; an organization's own list takes its place. */
  freeradiusAllowedHosts: v.optional(texts, ["127.0.0.1", "::1"]),
  macAddrRoamingEnabled: v.optional(v.boolean(), false),
  simultaneousUseEnabled: v.optional(v.boolean(), true),
  needsIdentityVerification: v.optional(v.boolean(), false),
  /** Registration methods that may log in unverified. */
  authorizeUnverifiedMethods: v.optional(texts, []),
  /** Put before a telephone number that was typed without its country: `+39`. */
  authBackendAutoPrefixes: v.optional(texts, []),
  counters: v.optional(texts, ["DailyCounter", "DailyTrafficCounter", "MonthlyTrafficCounter"]),
  trafficCounterCheckName: v.optional(v.string(), "Max-Daily-Session-Traffic"),
  trafficCounterReplyName: v.optional(v.string(), "CoovaChilli-Max-Total-Octets"),
  /** Days; 0 never. */
  userPasswordExpiration: v.optional(count, 0),
  staffUserPasswordExpiration: v.optional(count, 0),
  /** Organization id to station ids whose sessions keep their converted id (radius-api 3.7). */
  calledStationIds: v.optional(
    v.record(v.string(), v.looseObject({ unconverted_ids: v.optional(texts, []) })),
    {},
  ),
  postauthClearPasswords: v.optional(v.boolean(), false),
  /** IANA name: days and months of organizations without a zone of their own; also of dates in answers. */
  timeZone: v.optional(v.string(), "UTC"),
  apiDefaultPageSize: v.optional(count, 10),
  apiMaxPageSize: v.optional(count, 100),
  /** Requests per window: scope to `400/hour`; a scope without an entry is not limited. */
  throttleRates: v.optional(v.record(v.string(), v.string()), { others: "400/hour" }),
});
export type Settings = v.InferOutput<typeof Settings>;
