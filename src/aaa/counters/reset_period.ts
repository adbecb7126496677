import { addDays } from "../../values/local_day.ts";

export type Reset = "daily" | "weekly" | "monthly" | "monthly_subscription" | "never";

/** Days of the organization's calendar, `YYYY-MM-DD`; `nextStart` is null for a period without end. */
export interface ResetPeriod {
  readonly start: string;
  readonly nextStart: string | null;
}

const known = new Map<string, ResetPeriod>();
const MOST_KNOWN = 500;

/**
 * The period that a day falls in.
 *
 * @param today `YYYY-MM-DD`, in the organization's time zone.
 * @param joined the day the user joined: subscriptions begin anew on its day of the month, or on the last day of a
 *   month that is too short for it.
 */
export function resetPeriod(reset: Reset, today: string, joined: string): ResetPeriod {
  const key = `${reset} ${today} ${reset === "monthly_subscription" ? joined.slice(8, 10) : ""}`;
  let period = known.get(key);
  if (!period) {
    // Every log-in asks for the same few periods of today.
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(key, period = computePeriod(reset, today, joined));
  }
  return period;
}

function computePeriod(reset: Reset, today: string, joined: string): ResetPeriod {
  switch (reset) {
    case "daily":
      return { start: today, nextStart: addDays(today, 1) };
    case "weekly": {
      const monday = addDays(today, -((new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7));
      return { start: monday, nextStart: addDays(monday, 7) };
    }
    case "monthly":
      return monthlyFrom(today, 1);
    case "monthly_subscription":
      return monthlyFrom(today, Number(joined.slice(8, 10)));
    case "never":
      return { start: "0000-01-01", nextStart: null };
  }
}

function monthlyFrom(today: string, dayOfMonth: number): ResetPeriod {
  const thisMonth = dayInMonth(today, 0, dayOfMonth);
  if (thisMonth <= today) return { start: thisMonth, nextStart: dayInMonth(today, 1, dayOfMonth) };
  return { start: dayInMonth(today, -1, dayOfMonth), nextStart: thisMonth };
}

function dayInMonth(today: string, monthsLater: number, dayOfMonth: number): string {
  const year = Number(today.slice(0, 4));
  const month = Number(today.slice(5, 7)) - 1 + monthsLater;
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month, Math.min(dayOfMonth, lastDay))).toISOString().slice(0, 10);
}
