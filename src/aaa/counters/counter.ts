import type { Settings } from "../settings.ts";
import type { Reset } from "./reset_period.ts";

/** What one quota measures, and the attribute that tells the NAS what is left of it. */
export interface Counter {
  readonly name: string;
  /** The group check that holds the limit. */
  readonly check: string;
  readonly reply: string;
  readonly reset: Reset;
  readonly unit: "seconds" | "octets";
}

/** The counters a configuration can name, by upstream's class names and ours. */
export const COUNTER_NAMES = [
  "DailyCounter",
  "DailyTrafficCounter",
  "MonthlyTrafficCounter",
  "MonthlySubscriptionTrafficCounter",
  "WeeklyCounter",
  "TotalCounter",
] as const;
export type CounterName = (typeof COUNTER_NAMES)[number];

const configured = new WeakMap<Settings, readonly Counter[]>();

/** The enabled counters, in the order they are evaluated. */
export function enabledCounters(settings: Settings): readonly Counter[] {
  let counters = configured.get(settings);
  if (!counters) {
    counters = settings.counters.flatMap((name) => counterNamed(name, settings));
    configured.set(settings, counters);
  }
  return counters;
}

function counterNamed(name: string, settings: Settings): Counter[] {
  const seconds = { name, reply: "Session-Timeout", unit: "seconds" } as const;
  const octets = { name, reply: settings.trafficCounterReplyName, unit: "octets" } as const;
  switch (name) {
    case "DailyCounter":
      return [{ ...seconds, check: "Max-Daily-Session", reset: "daily" }];
    case "WeeklyCounter":
      return [{ ...seconds, check: "Max-Weekly-Session", reset: "weekly" }];
    case "TotalCounter":
      return [{ ...seconds, check: "Max-All-Session", reset: "never" }];
    case "DailyTrafficCounter":
      return [{ ...octets, check: settings.trafficCounterCheckName, reset: "daily" }];
    case "MonthlyTrafficCounter":
      return [{ ...octets, check: "Max-Monthly-Session-Traffic", reset: "monthly" }];
    case "MonthlySubscriptionTrafficCounter":
      return [{ ...octets, check: "Max-Monthly-Session-Traffic", reset: "monthly_subscription" }];
    default:
      return [];
  }
}
