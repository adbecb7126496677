import { deepEqual, equal } from "node:assert/strict";
import type { AuthorityAnswer } from "../../../src/controller/authority/authority.ts";
import { accept, controllerVenue, ZONE_ID } from "../../support/controller_venue.ts";

const MAC = "5c:7d:c1:72:a7:3b";
const OTHER = "5c:7d:c1:72:a7:3c";
const IP = "10.1.0.7";
const KEY = { zoneId: ZONE_ID, mac: MAC };

function addressesThatPass(venue: Awaited<ReturnType<typeof controllerVenue>>) {
  return venue.gate.passing.map(({ mac, addresses }) => [mac, ...addresses]);
}

Deno.test("whose an address is says the kernel, known already or not", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);
  equal((await venue.controller.stationAt(venue.zone, "::ffff:10.1.0.7"))?.mac, MAC);
  equal(await venue.controller.stationAt(venue.zone, "10.1.0.8"), null);
  equal(await venue.controller.stationAt(venue.zone, "not an address"), null);

  venue.whereabouts.neighbours.push({ zoneId: ZONE_ID, mac: OTHER, address: "fe80::1" });

  const found = await venue.controller.stationAt(venue.zone, "fe80::1%lan0");
  deepEqual(found && [found.mac, found.ip, found.ip6, found.slot], [OTHER, "", ["fe80::1"], 2]);
  venue.whereabouts.neighbours.push({ zoneId: ZONE_ID, mac: OTHER, address: IP });
  equal((await venue.controller.stationAt(venue.zone, IP))?.mac, OTHER);
  await venue.close();
});

Deno.test("an open session follows its station to a new lease, with all that passed", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  venue.gate.send(KEY, IP, 100, 200);

  await venue.arrive(MAC, "10.1.0.9");

  deepEqual(addressesThatPass(venue), [[MAC, "10.1.0.9"]]);
  equal(venue.gate.send(KEY, IP, 1, 1), false);
  venue.gate.send(KEY, "10.1.0.9", 10, 20);
  await venue.pass(1);
  equal(venue.station(MAC).session?.traffic.upOctets, 110);
  const [stored] = await venue.venue.rows("select addresses from controller_session");
  equal(stored?.addresses, '["10.1.0.9"]');
  await venue.close();
});

Deno.test("an address that another station takes over leaves the first, whose session goes on without it", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);
  await venue.arrive(MAC, "fd00::7");
  await venue.logOn(MAC);

  await venue.arrive(OTHER, IP);

  deepEqual(addressesThatPass(venue), [[MAC, "fd00::7"]]);
  equal(venue.station(MAC).state, "open");
  deepEqual([venue.station(MAC).ip, venue.station(OTHER).ip], ["", IP]);
  // A late word about the first one's lease does not take it from the second.
  venue.whereabouts.gone({ zoneId: ZONE_ID, mac: MAC, address: IP });
  equal(venue.station(OTHER).ip, IP);
  await venue.close();
});

Deno.test("a station's IPv6 addresses are collected, the newest 32; one that goes ends nothing", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  for (let host = 1; host <= 32; host++) await venue.arrive(MAC, `fd00::${host}`);
  await venue.arrive(MAC, "fd00::1");
  await venue.arrive(MAC, "fd00::99");

  const { ip6 } = venue.station(MAC);
  equal(ip6.length, 32);
  deepEqual(ip6.slice(-2), ["fd00::1", "fd00::99"]);
  equal(ip6.includes("fd00::2"), false);

  venue.whereabouts.gone({ zoneId: ZONE_ID, mac: MAC, address: "fd00::99" });
  await venue.settle();
  equal(venue.station(MAC).state, "open");
  equal(venue.gate.passing[0]?.addresses.includes("fd00::99"), false);
  await venue.close();
});

Deno.test("strangers are forgotten after an hour's silence; who has a session is not", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);
  await venue.arrive(OTHER, "10.1.0.8");
  await venue.logOn(MAC);
  venue.venue.clock.pass(3_599_000);
  await venue.timers.tick();
  equal(venue.controller.stations().length, 2);

  await venue.pass(2);

  deepEqual(venue.controller.stations().map(({ mac }) => mac), [MAC]);
  await venue.close();
});

Deno.test("a station that was forgotten is met anew at its old address", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);
  await venue.pass(1);
  venue.venue.clock.pass(3_600_000);
  await venue.timers.tick();
  deepEqual(venue.controller.stations(), []);

  equal((await venue.controller.stationAt(venue.zone, IP))?.mac, MAC);
  deepEqual(venue.controller.stations().map(({ mac, ip }) => [mac, ip]), [[MAC, IP]]);
  await venue.close();
});

Deno.test("a station that is being asked for is not forgotten, whoever comes", async () => {
  const venue = await controllerVenue({ parts: { mostStrangers: 2 } });
  const { promise, resolve } = Promise.withResolvers<AuthorityAnswer>();
  venue.authority.answer = () => promise;
  await venue.arrive(MAC, IP);
  const outcome = venue.logOn(MAC);
  for (let host = 10; host < 30; host++) await venue.arrive(`5c:7d:c1:00:00:${host}`, `10.1.0.${host}`);
  venue.venue.clock.pass(3_600_001);
  await venue.timers.tick();

  resolve(accept());

  equal((await outcome).kind, "accepted");
  equal(venue.station(MAC).state, "open");
  equal((await venue.controller.stationAt(venue.zone, IP))?.state, "open");
  await venue.close();
});

Deno.test("a flood of addresses forgets the oldest strangers, never a session, and takes their slots again", async () => {
  const venue = await controllerVenue({ parts: { mostStrangers: 50 } });
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  for (let host = 0; host < 500; host++) {
    const octet = (host & 255).toString(16).padStart(2, "0");
    venue.whereabouts.seen({
      zoneId: ZONE_ID,
      mac: `02:00:00:00:0${host >> 8}:${octet}`,
      address: `10.1.${1 + (host >> 8)}.${host & 255}`,
    });
    if (host % 20 === 0) await venue.controller.stationAt(venue.zone, IP);
  }

  const stations = venue.controller.stations();
  equal(stations.length, 51);
  equal(venue.station(MAC).state, "open");
  equal(new Set(stations.map(({ slot }) => slot)).size, 51);
  equal(Math.max(...stations.map(({ slot }) => slot)) <= 52, true);
  equal(new Set(stations.map(({ sessionId }) => sessionId)).size, 51);
  await venue.close();
});
