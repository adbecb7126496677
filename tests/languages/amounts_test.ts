import { deepEqual, equal } from "node:assert/strict";
import { sayDuration, saySize } from "../../src/languages/amounts.ts";

Deno.test("sayDuration() tells the two largest units, never too much", () => {
  const told = [-1, 0, 45.9, 60, 3599, 3605, 3905, 86_400, 90_061].map((seconds) =>
    sayDuration("en", seconds)
  );
  deepEqual(told, [
    "0 secs",
    "0 secs",
    "45 secs",
    "1 min",
    "59 mins 59 secs",
    "1 hr",
    "1 hr 5 mins",
    "1 day",
    "1 day 1 hr",
  ]);
  equal(sayDuration("de", 3905), "1 Std. 5 Min.");
});

Deno.test("saySize() tells sizes as data plans are sold, rounded down", () => {
  const told = [0, 999, 1000, 640_999, 999_999, 12_399_999, 123_900_000, 3_299_000_000, 7e12].map((octets) =>
    saySize("en", octets)
  );
  deepEqual(told, [
    "0 kB",
    "0 kB",
    "1 kB",
    "640 kB",
    "999 kB",
    "12.3 MB",
    "123 MB",
    "3.2 GB",
    "7 TB",
  ]);
  equal(saySize("fr", 12_300_000).replace(/\s/u, " "), "12,3 Mo");
});

Deno.test("digits are Latin in Arabic too, as everywhere on the page", () => {
  deepEqual([/[0-9]/.test(sayDuration("ar", 3905)), /[٠-٩]/.test(sayDuration("ar", 3905))], [true, false]);
});
