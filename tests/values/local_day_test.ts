import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { addDays, isTimeZone, localDay, startOf } from "../../src/values/local_day.ts";

const ZONES = Intl.supportedValuesOf("timeZone");
const HOUR = 3_600_000;

function dayIn(zone: string, at: number): string {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).formatToParts(at);
  const { year, month, day } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${year}-${month}-${day}`;
}

Deno.test("a day contains its instants and no others, in every zone", () => {
  const from = Date.parse("2024-01-01");
  const to = Date.parse("2034-01-01");
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), fc.integer({ min: from, max: to }), (zone, at) => {
      const { day, startsAt, endsAt } = localDay(zone, at);
      ok(startsAt <= at && at < endsAt);
      equal(day, dayIn(zone, at));
      equal(dayIn(zone, startsAt), day);
      equal(dayIn(zone, endsAt - 1), day);
      ok(dayIn(zone, startsAt - 1) < day && dayIn(zone, endsAt) > day);
      ok(endsAt - startsAt >= 22 * HOUR && endsAt - startsAt <= 26 * HOUR);
      // Days follow each other without a gap.
      equal(localDay(zone, endsAt).startsAt, endsAt);
    }),
    { seed: 1, numRuns: 500 },
  );
});

Deno.test("a day that a zone left out is over as soon as it begins", () => {
  // Samoa went from 29 to 31 December 2011.
  const { day, endsAt } = localDay("Pacific/Apia", Date.parse("2011-12-30T09:59:59Z"));
  deepEqual([day, endsAt], ["2011-12-29", Date.parse("2011-12-30T10:00:00Z")]);
  equal(localDay("Pacific/Apia", endsAt).day, "2011-12-31");
  equal(startOf("Pacific/Apia", "2011-12-30"), startOf("Pacific/Apia", "2011-12-31"));
});

Deno.test("addDays() knows leap years", () => {
  equal(addDays("2028-02-28", 1), "2028-02-29");
  equal(addDays("2027-02-28", 1), "2027-03-01");
  equal(addDays("2027-01-01", -1), "2026-12-31");
});

Deno.test("isTimeZone() takes what Intl takes", () => {
  ok(isTimeZone("Europe/Rome") && isTimeZone("UTC"));
  ok(!isTimeZone("Mars/Olympus") && !isTimeZone(""));
});
