import { deepEqual, equal } from "node:assert/strict";
import { openFile } from "../../../src/runtime/file_client.ts";
import { migrate } from "../../../src/storage/migrate.ts";
import {
  accept,
  type ControllerVenue,
  controllerVenue,
  type ControllerVenueOptions,
  ZONE_ID,
} from "../../support/controller_venue.ts";
import { Fuse, mortalClient } from "../../support/mortal_client.ts";

const MAC = "5c:7d:c1:72:a7:3b";
const IP = "10.1.0.7";
const KEY = { zoneId: ZONE_ID, mac: MAC };
const NEVER = new Promise<void>(() => {});

/** A venue whose database does with each statement what `disk.step` says. */
async function onDisk(options: ControllerVenueOptions = {}) {
  const inner = openFile(":memory:");
  await migrate(inner);
  const disk = new Fuse();
  const venue = await controllerVenue({ ...options, client: mortalClient(inner, disk) });
  return {
    venue,
    disk,
    async close() {
      await venue.close();
      inner.close();
    },
  };
}

function fails(): Promise<void> {
  return Promise.reject(new Error("The disk is full"));
}

function fine(): Promise<void> {
  return Promise.resolve();
}

Deno.test("a session's time ends when it is over, also while nobody can count", async () => {
  const venue = await controllerVenue();
  venue.authority.answer = () => accept({ "Session-Timeout": "8", "Idle-Timeout": "5" });
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  venue.gate.before = (step) => step === "traffic" ? fails() : fine();

  await venue.pass(7);
  // Whether it was idle nobody knows.
  equal(venue.station(MAC).state, "open");
  await venue.pass(1);

  equal(venue.station(MAC).state, "stranger");
  deepEqual(venue.gate.passing, []);
  deepEqual((await venue.records()).map(({ seconds, cause }) => [seconds, cause]), [[8, "Session-Timeout"]]);
  await venue.close();
});

Deno.test("sessions without interim updates get none when they are found again", async () => {
  const { venue, disk, close } = await onDisk();
  venue.authority.answer = () => accept({ "Session-Timeout": "600" });
  venue.zones = [{ ...venue.zone, options: { ...venue.zone.options, definteriminterval: 0 } }];
  await venue.controller.reload();
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  await venue.restart();
  await venue.pass(1);

  let steps = 0;
  disk.step = () => {
    steps++;
    return fine();
  };
  await venue.pass(5);

  equal(steps, 0);
  await close();
});

Deno.test("an address that could not be stored is stored as soon as it can be", async () => {
  const { venue, disk, close } = await onDisk();
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  disk.step = fails;
  await venue.arrive(MAC, "10.1.0.9");
  disk.step = fine;
  await venue.pass(1);

  await venue.restart();

  deepEqual(venue.gate.passing.map(({ addresses }) => addresses), [["10.1.0.9"]]);
  await close();
});

Deno.test("an address that the gate refused is tried again", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  venue.gate.before = (step) => step === "open" ? fails() : fine();
  await venue.arrive(MAC, "10.1.0.9");
  equal(venue.gate.send(KEY, "10.1.0.9", 1, 1), false);
  venue.gate.before = fine;

  await venue.pass(5);

  equal(venue.gate.send(KEY, "10.1.0.9", 1, 1), true);
  await venue.close();
});

Deno.test("a database that answers nobody does not keep a stopping process for ever", async () => {
  const { venue, disk } = await onDisk();
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  disk.step = () => NEVER;

  const stopped = venue.controller.stop();
  await venue.settle();
  deepEqual(venue.gate.passing, []);
  equal(venue.gate.isRemoved, false);
  await venue.timers.fire();
  await stopped;

  equal(venue.gate.isRemoved, true);
});

Deno.test("ends that cannot be stored are tried side by side, and never twice at a time", async () => {
  const { venue, disk, close } = await onDisk();
  const macs = Array.from({ length: 40 }, (_, at) => `5c:7d:c1:00:00:${String(at + 10)}`);
  for (const [at, mac] of macs.entries()) {
    await venue.arrive(mac, `10.1.0.${at + 10}`);
    await venue.logOn(mac, mac);
  }
  disk.step = fails;
  await Promise.all(macs.map((mac) => venue.controller.logOff(venue.station(mac), "User-Request")));
  let asked = 0;
  disk.step = () => {
    asked++;
    return NEVER;
  };

  for (let second = 0; second < 20; second++) {
    venue.venue.clock.pass(1000);
    void venue.timers.tick();
    await venue.settle();
  }

  equal(asked, 32);
  disk.step = fine;
  await close();
});

Deno.test("what cannot be taken away keeps nothing else from being", async () => {
  const venue = await controllerVenue();
  venue.whereabouts.stop = () => fails();

  await venue.controller.stop();

  equal(venue.gate.isRemoved, true);
  equal(venue.faults.length, 1);
  await venue.close();
});

Deno.test("zones that are being changed when it stops are not served again", async () => {
  const venue = await controllerVenue();
  const { promise, resolve } = Promise.withResolvers<void>();
  venue.gate.before = (step) => step === "apply" ? promise : fine();
  const reloaded = venue.controller.reload();
  await venue.settle();
  const stopped = venue.controller.stop();
  let isServedAfterwards = false;
  const { stop } = venue.whereabouts;
  venue.whereabouts.stop = () => {
    venue.whereabouts.serve = () => Promise.resolve(void (isServedAfterwards = true));
    return stop.call(venue.whereabouts);
  };
  resolve();
  await Promise.all([reloaded, stopped]);
  await venue.controller.reload();

  equal(isServedAfterwards, false);
  equal(venue.gate.calls.at(-1), "remove");
  await venue.close();
});

Deno.test("a sweep that was under way when it stopped sets no timer", async () => {
  const venue: ControllerVenue = await controllerVenue();
  venue.authority.answer = () => accept({ "Session-Timeout": "1" });
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  const { promise, resolve } = Promise.withResolvers<void>();
  venue.gate.before = (step) => step === "traffic: told" ? promise : fine();
  venue.venue.clock.pass(500);
  const sweep = venue.timers.tick();
  await venue.settle();
  await venue.controller.stop();
  resolve();
  await sweep;

  deepEqual(venue.timers.waiting, []);
  await venue.close();
});
