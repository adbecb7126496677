import * as v from "valibot";
import { parseIpNetwork } from "../values/ip_address.ts";
import { isTimeZone } from "../values/local_day.ts";

/** Every message of a schema here ends a sentence that begins with the setting's name: `smsCooldown: expected …`. */
const WHOLE = "expected a whole number, 0 or more";

export const Count = v.pipe(v.number(WHOLE), v.safeInteger(WHOLE), v.minValue(0, WHOLE));

/** A whole number within limits, both of them allowed. */
export function countBetween(least: number, most: number) {
  const message = `expected a whole number from ${least} to ${most}`;
  return v.pipe(
    v.number(message),
    v.safeInteger(message),
    v.minValue(least, message),
    v.maxValue(most, message),
  );
}

/** An object of JSON: no list, which JavaScript takes for one. */
export function jsonObject(expected: v.ErrorMessage<v.CustomIssue>) {
  return v.custom<Record<string, unknown>>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    expected,
  );
}

export const Flag = v.boolean("expected true or false");
export const Text = v.string("expected a text");
export const Texts = v.array(Text, "expected a list");

export const IpNetworkText = v.pipe(
  v.string("expected a list of addresses and networks"),
  v.check((text) => parseIpNetwork(text) !== null, "expected an address or a network, such as 10.0.0.0/8"),
);

export const TimeZoneName = v.pipe(
  v.string("expected the name of a time zone"),
  v.check(isTimeZone, "expected the name of a time zone, such as Europe/Rome"),
);

/** A country's calling code with its plus sign, such as `+39`. */
export const CallingCode = v.pipe(
  v.string("expected a list of calling codes"),
  v.regex(/^\+[1-9]\d{0,6}$/, "expected a calling code such as +39"),
);

export const COUNTER_NAMES = [
  "DailyCounter",
  "DailyTrafficCounter",
  "MonthlyTrafficCounter",
  "MonthlySubscriptionTrafficCounter",
  "WeeklyCounter",
  "TotalCounter",
] as const;

/** Also as openwisp-radius writes it, a class's path: `…counters.sqlite.daily_counter.DailyCounter`. */
export const CounterName = v.pipe(
  v.string("expected a list of counters"),
  v.transform((path) => path.slice(path.lastIndexOf(".") + 1)),
  v.picklist(COUNTER_NAMES, `expected counters out of ${COUNTER_NAMES.join(", ")}`),
);

const RATE = /^\d{1,9}\/(s|m|h|d|second|minute|hour|day)$/;
const RATE_EXPECTED =
  "expected a rate such as 400/hour (second, minute, hour or day, or their first letters)";

/** `400/hour`; empty for no limit. */
export const ThrottleRate = v.pipe(
  v.string(RATE_EXPECTED),
  v.check((text) => text === "" || RATE.test(text), RATE_EXPECTED),
);

export const THROTTLE_SCOPES = [
  "others",
  "accounting",
  "authorize",
  "postauth",
  "obtain_auth_token",
  "validate_auth_token",
  "create_phone_token",
  "phone_token_status",
  "validate_phone_token",
] as const;
export type ThrottleScope = typeof THROTTLE_SCOPES[number];

const DEFAULT_RATES: Readonly<Record<string, string>> = { others: "400/hour" };

/** Scope to rate. A scope that is not named keeps its default, `null` lifts its limit; what comes out names limits only. */
export const ThrottleRates = v.pipe(
  v.record(
    v.picklist(THROTTLE_SCOPES, `expected scopes out of ${THROTTLE_SCOPES.join(", ")}`),
    v.nullable(v.pipe(v.string(RATE_EXPECTED), v.regex(RATE, RATE_EXPECTED))),
    'expected rates by scope, such as {"others": "400/hour"}',
  ),
  v.transform((rates): Record<string, string> => {
    const limits: Record<string, string> = {};
    for (const [scope, rate] of Object.entries({ ...DEFAULT_RATES, ...rates })) {
      if (rate) limits[scope] = rate;
    }
    return limits;
  }),
);

const FIELD_EXPECTED = "expected disabled, allowed or mandatory";

/** Whether a field of the sign-up form is asked for. */
export const FieldRule = v.picklist(["disabled", "allowed", "mandatory"], FIELD_EXPECTED);
export type FieldRule = v.InferOutput<typeof FieldRule>;

const METHODS_EXPECTED = "expected methods by name, each with label, strong or authorize_unverified";

/** Registration methods by name: lower-case letters, digits, `_` and `-`, or nothing for the unspecified one. */
export const RegistrationMethods = v.record(
  v.pipe(v.string(), v.regex(/^[a-z0-9_-]{0,64}$/, "expected names of letters, digits, _ and -")),
  v.strictObject({
    label: v.optional(Text),
    strong: v.optional(Flag, false),
    authorize_unverified: v.optional(Flag, false),
  }, METHODS_EXPECTED),
  METHODS_EXPECTED,
);

/** Requires each of `parts`, such as `{code}`, to be in the text. */
export function containing(...parts: readonly string[]) {
  return v.check<string, string>(
    (text) => parts.every((part) => text.includes(part)),
    `expected a text that contains ${parts.join(" and ")}`,
  );
}

/** Requires every placeholder in the text, `{…}`, to be one of `known`: what cannot be filled in would be sent as it is. */
export function placeholders(...known: readonly string[]) {
  const strangers = (text: string) =>
    text.match(/\{[^{}]*\}/g)?.filter((found) => !known.includes(found)) ?? [];
  return v.check<string, (issue: v.CheckIssue<string>) => string>(
    (text) => strangers(text).length === 0,
    ({ input }) => `there is no placeholder ${strangers(input)[0]}; there are ${known.join(" and ")}`,
  );
}
