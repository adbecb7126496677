import { deepEqual, equal, ok } from "node:assert/strict";
import { accept, type ControllerVenue, controllerVenue, ZONE_ID } from "../../support/controller_venue.ts";

const MAC = "5c:7d:c1:72:a7:3b";
const IP = "10.1.0.7";
const KEY = { zoneId: ZONE_ID, mac: MAC };
const HOUR = 3_600_000;

/** A venue where time passes on two clocks, and `set()` sets one of them. */
async function clocks(now?: Date) {
  let uptime = 5_000;
  const venue = await controllerVenue({ ...now && { now }, parts: { uptime: () => uptime } });
  return {
    venue,
    async pass(seconds: number) {
      for (let second = 0; second < seconds; second++) {
        uptime += 1000;
        await venue.pass(1);
      }
    },
    set: (milliseconds: number) => venue.venue.clock.pass(milliseconds),
  };
}

async function logOn(venue: ControllerVenue, attributes: Record<string, string>): Promise<void> {
  venue.authority.answer = () => accept(attributes);
  await venue.arrive(MAC, IP);
  equal((await venue.logOn(MAC)).kind, "accepted");
}

for (
  const [what, from, step] of [
    ["starts in 1970 and is set", new Date(60_000), Date.UTC(2026, 10, 22)],
    ["is set back an hour", undefined, -HOUR],
    ["is set forward a day", undefined, 24 * HOUR],
  ] as const
) {
  Deno.test(`a clock that ${what} ends nobody's session sooner or later`, async () => {
    const { venue, pass, set } = await clocks(from);
    await logOn(venue, { "Session-Timeout": "100", "Idle-Timeout": "60", "Acct-Interim-Interval": "60" });
    venue.gate.send(KEY, IP, 1, 1);
    await pass(50);
    set(step);

    await pass(10);
    venue.gate.send(KEY, IP, 1, 1);
    await pass(39);
    equal(venue.station(MAC).state, "open");
    const [{ seconds } = {}] = await venue.records();
    ok(Number(seconds) >= 30 && Number(seconds) < 100, String(seconds));
    await pass(1);

    equal(venue.station(MAC).state, "stranger");
    deepEqual((await venue.records()).map((record) => [record.seconds, record.input, record.cause]), [
      [100, 2, "Session-Timeout"],
    ]);
    await venue.close();
  });

  Deno.test(`when the clock ${what} who is idle is so after as long as ever`, async () => {
    const { venue, pass, set } = await clocks(from);
    await logOn(venue, { "Idle-Timeout": "60" });
    await pass(30);
    set(step);
    await pass(29);
    equal(venue.station(MAC).state, "open");
    await pass(1);
    deepEqual((await venue.records()).map(({ seconds, cause }) => [seconds, cause]), [[60, "Idle-Timeout"]]);
    await venue.close();
  });
}

Deno.test("a session that ends before anybody looked at the clock lasted as long as it did", async () => {
  const { venue, pass, set } = await clocks(new Date(60_000));
  await logOn(venue, {});
  await pass(5);
  set(Date.UTC(2026, 10, 22));
  await venue.controller.logOff(venue.station(MAC), "User-Request");

  deepEqual((await venue.records()).map(({ seconds }) => seconds), [5]);
  await venue.close();
});

Deno.test("a session that began when the clock was set is not taken for an older one", async () => {
  const { venue, pass, set } = await clocks();
  await venue.arrive(MAC, IP);
  await pass(3);
  set(-HOUR);
  await logOn(venue, { "Session-Timeout": "10" });
  await pass(9);
  equal(venue.station(MAC).state, "open");
  await pass(1);
  deepEqual((await venue.records()).map(({ seconds }) => seconds), [10]);
  await venue.close();
});

Deno.test("a terminate time is a time of day, whatever the clock said before", async () => {
  const { venue, pass, set } = await clocks();
  await logOn(venue, { "WISPr-Session-Terminate-Time": "2026-11-22T12:30:00Z" });
  await pass(10);
  set(-HOUR);
  await pass(1);
  equal(venue.station(MAC).state, "open");
  set(2 * HOUR);
  await pass(1);
  deepEqual((await venue.records()).map(({ cause }) => cause), ["Session-Timeout"]);
  await venue.close();
});

Deno.test("a new process that finds the clock behind goes on from where the sessions were", async () => {
  const { venue, pass, set } = await clocks();
  await logOn(venue, { "Session-Timeout": "100", "Acct-Interim-Interval": "60" });
  await pass(60);
  set(60_000 - Date.UTC(2026, 10, 22, 12));
  await venue.restart();
  await venue.arrive(MAC, IP);
  await pass(5);
  set(Date.UTC(2026, 10, 22, 13));
  await pass(5);
  equal(venue.station(MAC).state, "open");

  // What was stored last may be as old as an interim update.
  await pass(60);
  const [{ seconds, cause } = {}] = await venue.records();
  deepEqual([seconds, cause], [100, "Session-Timeout"]);
  await venue.close();
});

Deno.test("sessions are stored as they are after the clock was set", async () => {
  const { venue, pass, set } = await clocks(new Date(60_000));
  await logOn(venue, { "Session-Timeout": "100" });
  await pass(50);
  set(Date.UTC(2026, 10, 22));
  await pass(10);

  await venue.restart();
  await venue.arrive(MAC, IP);
  await pass(39);
  equal(venue.station(MAC).state, "open");
  await pass(1);
  deepEqual((await venue.records()).map(({ seconds }) => seconds), [100]);
  await venue.close();
});

Deno.test("a challenge is as old as it is, whatever the clock says", async () => {
  const { venue, pass, set } = await clocks();
  await venue.arrive(MAC, IP);
  const { challenge } = venue.controller.withChallenge(venue.station(MAC));
  set(24 * HOUR);
  await pass(1);
  equal(venue.controller.withChallenge(venue.station(MAC)).challenge, challenge);
  await venue.close();
});
