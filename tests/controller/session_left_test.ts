import { deepEqual } from "node:assert/strict";
import { NO_TRAFFIC } from "../../src/controller/gate/gate.ts";
import type { Grant } from "../../src/controller/sessions/grant.ts";
import { sessionLeft } from "../../src/controller/session_left.ts";
import { memoryController, testZone, UNLIMITED } from "../support/memory_controller.ts";

const NOON = new Date("2026-11-22T12:00:00Z");
const LATER = new Date("2026-11-22T12:01:40Z");

function left(grant: Partial<Grant>, options = {}) {
  const zone = testZone(options);
  const session = memoryController([zone], () => NOON).open("10.1.0.5");
  const traffic = { ...NO_TRAFFIC, upOctets: 100, downOctets: 1000 };
  const { seconds, octets } = sessionLeft(
    zone,
    { ...session, traffic, grant: { ...UNLIMITED, ...grant } },
    LATER,
  );
  return [seconds, octets];
}

Deno.test("what is left is what the nearest limit leaves, and null where there is none", () => {
  deepEqual(left({}), [null, null]);
  deepEqual(left({ sessionTimeout: 3600 }), [3500, null]);
  deepEqual(left({ terminateAt: new Date("2026-11-22T12:30:00Z") }), [1700, null]);
  deepEqual(left({ sessionTimeout: 3600, terminateAt: new Date("2026-11-22T12:30:00Z") }), [1700, null]);
  deepEqual(left({ maxTotalOctets: 5000n }), [null, 3900]);
  deepEqual(left({ maxInputOctets: 2000n, maxOutputOctets: 2000n, maxTotalOctets: 5000n }), [null, 1000]);
  deepEqual(left({ maxTotalOctets: 1n << 40n }), [null, 2 ** 40 - 1100]);
});

Deno.test("input is what the station receives, and with swapoctets what it sends", () => {
  deepEqual(left({ maxInputOctets: 2000n }), [null, 1000]);
  deepEqual(left({ maxInputOctets: 2000n }, { swapoctets: true }), [null, 1900]);
  deepEqual(left({ maxOutputOctets: 2000n }), [null, 1900]);
  deepEqual(left({ maxOutputOctets: 2000n }, { swapoctets: true }), [null, 1000]);
});

Deno.test("nothing less than nothing is left", () => {
  deepEqual(left({ sessionTimeout: 60, maxTotalOctets: 7n }), [0, 0]);
});
