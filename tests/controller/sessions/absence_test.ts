import { deepEqual, equal, ok } from "node:assert/strict";
import { accept, controllerVenue, ZONE_ID } from "../../support/controller_venue.ts";

const MAC = "5c:7d:c1:72:a7:3b";
const OTHER = "5c:7d:c1:72:a7:3c";
const THIRD = "5c:7d:c1:72:a7:3d";
const IP = "10.1.0.7";
const KEY = { zoneId: ZONE_ID, mac: MAC };
const LEASE = 120;

Deno.test("a station that is not there any more when its session is found again has left when it was last heard of", async () => {
  const venue = await controllerVenue({ zone: { lease: LEASE } });
  venue.authority.answer = () => accept({ "Acct-Interim-Interval": "60" });
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  venue.gate.send(KEY, IP, 1000, 2000);
  await venue.pass(60);
  venue.venue.clock.pass(3_600_000);
  venue.gate.restartMachine();

  await venue.restart();
  await venue.pass(LEASE);
  equal(venue.station(MAC).state, "open");
  await venue.pass(1);

  equal(venue.station(MAC).state, "stranger");
  const [{ seconds, input, cause, started, stopped } = {}] = await venue.records();
  deepEqual([input, cause], [1000, "Lost-Carrier"]);
  // As of the last interim update.
  ok(Number(seconds) >= 30 && Number(seconds) <= 60, String(seconds));
  equal(Date.parse(`${stopped}Z`) - Date.parse(`${started}Z`), Number(seconds) * 1000);
  await venue.close();
});

Deno.test("a station that is there when its session is found again stays", async () => {
  const venue = await controllerVenue({ zone: { lease: LEASE } });
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  await venue.arrive(OTHER, "10.1.0.8");
  await venue.logOn(OTHER, "other");
  await venue.arrive(THIRD, "10.1.0.9");
  await venue.logOn(THIRD, "third");

  await venue.restart();
  await venue.arrive(MAC, IP);
  // Nobody has told, but here it is.
  await venue.controller.stationAt(venue.zone, "10.1.0.8");
  await venue.pass(2);
  // It sends, so it is there.
  venue.gate.send({ zoneId: ZONE_ID, mac: THIRD }, "10.1.0.9", 1, 1);
  await venue.pass(LEASE);

  for (const mac of [MAC, OTHER, THIRD]) equal(venue.station(mac).state, "open");
  await venue.close();
});

Deno.test("a station whose address another one has, and that gets no new one, has left", async () => {
  const venue = await controllerVenue({ zone: { lease: LEASE } });
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  await venue.pass(10);
  await venue.arrive(OTHER, IP);
  await venue.pass(LEASE);
  equal(venue.station(MAC).state, "open");

  await venue.pass(1);

  equal(venue.station(MAC).state, "stranger");
  deepEqual((await venue.records()).map(({ seconds, cause }) => [seconds, cause]), [[10, "Lost-Carrier"]]);
  await venue.close();
});

Deno.test("a station that moves to a new address in time keeps its session", async () => {
  const venue = await controllerVenue({ zone: { lease: LEASE } });
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  await venue.arrive(OTHER, IP);
  await venue.pass(LEASE);
  await venue.arrive(MAC, "10.1.0.9");
  await venue.pass(LEASE);

  equal(venue.station(MAC).state, "open");
  equal(venue.gate.send(KEY, "10.1.0.9", 1, 1), true);
  await venue.close();
});

Deno.test("without a network nobody can be missed", async () => {
  const venue = await controllerVenue({ zone: { gate: "none", lease: LEASE } });
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);

  await venue.restart();
  await venue.pass(LEASE + 1);

  equal(venue.station(MAC).state, "open");
  await venue.close();
});

Deno.test("a station that leaves while its session begins has none", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);
  const { promise, resolve } = Promise.withResolvers<void>();
  venue.gate.before = (step) => step === "open" ? promise : Promise.resolve();
  const answer = venue.logOn(MAC);
  await venue.settle();
  venue.whereabouts.gone({ zoneId: ZONE_ID, mac: MAC, address: IP });
  resolve();
  await answer;
  await venue.settle();

  equal(venue.station(MAC).state, "stranger");
  deepEqual((await venue.records()).map(({ cause }) => cause), ["Lost-Carrier"]);

  venue.authority.answer = async () => {
    await venue.settle();
    venue.whereabouts.gone({ zoneId: ZONE_ID, mac: MAC, address: IP });
    return accept();
  };
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  await venue.settle();
  equal(venue.station(MAC).state, "stranger");
  await venue.close();
});
