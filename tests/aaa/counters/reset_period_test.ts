import { deepEqual, ok } from "node:assert/strict";
import { type Reset, resetPeriod } from "../../../src/aaa/counters/reset_period.ts";

const CASES:
  readonly (readonly [reset: Reset, today: string, joined: string, start: string, next: string | null])[] = [
    ["daily", "2026-12-31", "", "2026-12-31", "2027-01-01"],
    ["daily", "2028-02-28", "", "2028-02-28", "2028-02-29"],
    ["weekly", "2026-11-22", "", "2026-11-16", "2026-11-23"],
    ["weekly", "2026-11-23", "", "2026-11-23", "2026-11-30"],
    ["weekly", "2027-01-01", "", "2026-12-28", "2027-01-04"],
    ["monthly", "2026-12-31", "", "2026-12-01", "2027-01-01"],
    ["monthly", "2027-01-01", "", "2027-01-01", "2027-02-01"],
    ["monthly_subscription", "2026-11-22", "2024-03-22", "2026-11-22", "2026-12-22"],
    ["monthly_subscription", "2026-11-21", "2024-03-22", "2026-10-22", "2026-11-22"],
    ["monthly_subscription", "2026-01-10", "2024-03-22", "2025-12-22", "2026-01-22"],
    // The last day of a month that is too short for the day of joining.
    ["monthly_subscription", "2026-02-27", "2025-01-31", "2026-01-31", "2026-02-28"],
    ["monthly_subscription", "2026-02-28", "2025-01-31", "2026-02-28", "2026-03-31"],
    ["monthly_subscription", "2026-03-30", "2025-01-31", "2026-02-28", "2026-03-31"],
    ["monthly_subscription", "2026-03-31", "2025-01-31", "2026-03-31", "2026-04-30"],
    ["monthly_subscription", "2026-04-30", "2025-01-31", "2026-04-30", "2026-05-31"],
    ["monthly_subscription", "2028-02-29", "2025-01-29", "2028-02-29", "2028-03-29"],
    ["monthly_subscription", "2027-02-28", "2025-01-29", "2027-02-28", "2027-03-29"],
    ["monthly_subscription", "2026-11-30", "2026-11-30", "2026-11-30", "2026-12-30"],
    ["never", "2026-11-22", "", "0000-01-01", null],
  ];

Deno.test("a period begins and ends with the calendar's day, week and month, or with the day of joining", () => {
  for (const [reset, today, joined, start, nextStart] of CASES) {
    deepEqual(resetPeriod(reset, today, joined), { start, nextStart }, `${reset} ${today} ${joined}`);
  }
});

Deno.test("every day of three years is in exactly one period of each kind, whatever the day of joining", () => {
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  for (const reset of ["daily", "weekly", "monthly", "monthly_subscription"] as const) {
    for (
      const joined of ["2020-01-01", "2020-01-15", "2020-01-28", "2020-01-29", "2020-01-30", "2020-01-31"]
    ) {
      let current = resetPeriod(reset, "2026-01-01", joined);
      for (let at = Date.parse("2026-01-01"); at < Date.parse("2029-01-01"); at += 86_400_000) {
        const today = day(at);
        const period = resetPeriod(reset, today, joined);
        ok(period.start <= today && (period.nextStart ?? "9") > today, `${reset} ${today} ${joined}`);
        if (today === current.nextStart) deepEqual(period.start, today);
        else deepEqual(period, current, `${reset} ${today} ${joined}`);
        current = period;
      }
    }
  }
});
