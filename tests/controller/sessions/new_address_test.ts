import { equal } from "node:assert/strict";
import { accept, controllerVenue, ZONE_ID } from "../../support/controller_venue.ts";

const MAC = "5c:7d:c1:72:a7:3b";
const OTHER = "5c:7d:c1:72:a7:3c";
const IP = "10.1.0.7";
const PRIVATE = "fd00::7";

async function withGuest(addresses: readonly string[] = [IP]) {
  const venue = await controllerVenue();
  for (const address of addresses) await venue.arrive(MAC, address);
  await venue.logOn(MAC);
  const since = async (address: string, mac = MAC) =>
    (await venue.controller.passesSince(venue.station(mac), address))?.getTime() ?? null;
  return { venue, since };
}

Deno.test("an address that a guest takes later passes when it is said since when", async () => {
  const { venue, since } = await withGuest();
  const opened = Promise.withResolvers<void>();
  venue.gate.before = (step) => step === "open" ? opened.promise : Promise.resolve();
  venue.whereabouts.neighbours.push({ zoneId: ZONE_ID, mac: MAC, address: PRIVATE });
  const station = await venue.controller.stationAt(venue.zone, PRIVATE);
  equal(station?.mac, MAC);
  let isTold = false;
  const told = since(PRIVATE).finally(() => isTold = true);
  await venue.settle();
  equal(isTold, false);
  equal(venue.gate.passing[0]?.addresses.includes(PRIVATE), false);

  venue.venue.clock.pass(5_000);
  opened.resolve();

  equal(await told, venue.venue.clock.at.getTime());
  equal(venue.gate.passing[0]?.addresses.includes(PRIVATE), true);
  venue.venue.clock.pass(5_000);
  equal(await since(PRIVATE), venue.venue.clock.at.getTime() - 5_000);
  await venue.close();
});

Deno.test("what passes since the log-on, is gone again or is another's was not taken later", async () => {
  const { venue, since } = await withGuest([IP, PRIVATE]);
  for (const address of [IP, PRIVATE, "fd00::8"]) equal(await since(address), null, address);
  await venue.arrive(MAC, "fd00::9");
  await venue.arrive(MAC, "fd00::8");
  equal(await since(PRIVATE), null, "still not");
  venue.whereabouts.gone({ zoneId: ZONE_ID, mac: MAC, address: "fd00::8" });
  equal(await since("fd00::8"), null);
  await venue.arrive(OTHER, "fd00::9");
  equal(await since("fd00::9"), null);
  equal(await since("fd00::9", OTHER), null, "a stranger");
  await venue.close();
});

Deno.test("a session that another process began knows what was taken since", async () => {
  const { venue, since } = await withGuest();
  await venue.arrive(MAC, PRIVATE);
  await venue.restart();
  equal(await since(PRIVATE), null);
  await venue.arrive(MAC, "fd00::8");
  equal(await since("fd00::8"), venue.venue.clock.at.getTime());
  await venue.close();
});

Deno.test("an address that the gate refused does not pass, until it takes it", async () => {
  const { venue, since } = await withGuest();
  venue.gate.before = (step) =>
    step === "open" ? Promise.reject(new Error("no more room")) : Promise.resolve();
  await venue.arrive(MAC, PRIVATE);
  equal(await since(PRIVATE), null);
  venue.gate.before = () => Promise.resolve();
  equal(await since(PRIVATE), venue.venue.clock.at.getTime());
  await venue.close();
});

Deno.test("whoever is held at the splash page passes under no address", async () => {
  const venue = await controllerVenue({ zone: { macauth: true } });
  venue.authority.answer = () => accept({ "CoovaChilli-Config": "splash" });
  await venue.arrive(MAC, IP);
  await venue.arrive(MAC, PRIVATE);
  equal(venue.station(MAC).state, "splash");
  equal(await venue.controller.passesSince(venue.station(MAC), PRIVATE), null);
  await venue.controller.leaveSplash(venue.station(MAC));
  equal(await venue.controller.passesSince(venue.station(MAC), PRIVATE), null, "with its session");
  await venue.close();
});
