import { deepEqual, equal } from "node:assert/strict";
import { accept, controllerVenue, ZONE_ID } from "../../support/controller_venue.ts";

const MAC = "5c:7d:c1:72:a7:3b";
const IP = "10.1.0.7";
const KEY = { zoneId: ZONE_ID, mac: MAC };

Deno.test("a new process finds the sessions again, and no octet is missing", async () => {
  const venue = await controllerVenue();
  venue.authority.answer = () =>
    accept({ "Session-Timeout": "600", "CoovaChilli-Max-Total-Octets": "5000000000" });
  await venue.arrive(MAC, IP);
  await venue.arrive(MAC, "fd00::7");
  const before = (await venue.logOn(MAC)).station;
  venue.gate.send(KEY, IP, 100, 200);
  await venue.pass(2);
  venue.gate.send(KEY, IP, 1, 2);

  await venue.restart();
  venue.gate.send(KEY, "fd00::7", 10, 20);
  await venue.pass(1);

  const station = venue.station(MAC);
  deepEqual([station.state, station.slot, station.sessionId, station.ip, station.ip6, station.userName], [
    "open",
    before.slot,
    before.sessionId,
    IP,
    ["fd00::7"],
    "nemo",
  ]);
  deepEqual(station.session?.grant, before.session?.grant);
  deepEqual(station.session?.startedAt, before.session?.startedAt);
  equal(station.session?.uniqueId, before.session?.uniqueId);
  await venue.controller.logOff(station, "User-Request");
  deepEqual((await venue.records()).map(({ input, output, cause }) => [input, output, cause]), [
    [111, 222, "User-Request"],
  ]);
  await venue.close();
});

Deno.test("a session whose time was over while nobody looked ends at its limit, with all that passed", async () => {
  const venue = await controllerVenue();
  venue.authority.answer = () => accept({ "Session-Timeout": "10" });
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  await venue.pass(5);
  venue.venue.clock.pass(60_000);
  venue.gate.send(KEY, IP, 7, 8);

  await venue.restart();

  equal(venue.station(MAC).state, "stranger");
  const [{ seconds, input, output, cause, stopped } = {}] = await venue.records();
  deepEqual({ seconds, input, output, cause, stopped }, {
    seconds: 10,
    input: 7,
    output: 8,
    cause: "Session-Timeout",
    stopped: "2026-11-22 12:00:10.000000",
  });
  await venue.close();
});

Deno.test("a session of a zone that is no more has ended", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  venue.gate.send(KEY, IP, 7, 8);
  venue.zones = [];

  await venue.restart();

  deepEqual((await venue.records()).map(({ input, cause }) => [input, cause]), [[7, "Admin-Reset"]]);
  deepEqual(await venue.venue.rows("select * from controller_session"), []);
  deepEqual(venue.gate.passing, []);
  await venue.close();
});

Deno.test("a machine that started anew goes on counting where its sessions were stored last", async () => {
  const venue = await controllerVenue();
  venue.authority.answer = () => accept({ "Acct-Interim-Interval": "60" });
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  venue.gate.send(KEY, IP, 1000, 2000);
  await venue.pass(60);

  venue.gate.restartMachine();
  await venue.restart();
  venue.gate.send(KEY, IP, 10, 20);
  await venue.pass(1);

  equal(venue.station(MAC).session?.traffic.upOctets, 1010);
  equal(venue.station(MAC).session?.traffic.downOctets, 2020);
  await venue.close();
});

Deno.test("counters that were lost while it ran are not missing after a kill", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  venue.gate.send(KEY, IP, 1000, 1000);
  await venue.pass(1);
  venue.gate.restartMachine();
  await venue.controller.reload();
  venue.gate.send(KEY, IP, 10, 10);
  await venue.pass(1);

  await venue.restart();
  await venue.pass(1);

  equal(venue.station(MAC).session?.traffic.upOctets, 1010);
  await venue.close();
});

Deno.test("a session that was stored and not recorded when the process died is on record afterwards", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  await venue.venue.rows("delete from radacct");
  venue.venue.clock.pass(30_000);

  await venue.restart();

  deepEqual((await venue.records()).map(({ username, started, stopped }) => [username, started, stopped]), [
    ["nemo", "2026-11-22 12:00:00.000000", null],
  ]);
  await venue.close();
});

Deno.test("records of this NAS that no session stands for are closed at the start, others are not", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  const lost = (unique_id: string, called_station_id: string) =>
    venue.venue.post("accounting", venue.organization, {
      status_type: "Start",
      unique_id,
      session_id: unique_id,
      nas_ip_address: "10.1.0.1",
      username: "lost",
      called_station_id,
      calling_station_id: "5C-7D-C1-72-A7-99",
    });
  // Another start a minute before makes no difference.
  await venue.restart();
  venue.venue.clock.pass(1000);
  await lost("ours", "02-00-5E-00-00-FE");
  await lost("theirs", "02-00-5E-00-00-FF");
  venue.venue.clock.pass(1000);

  await venue.restart();

  deepEqual(
    await venue.venue.rows(
      "select username, calledstationid as called, acctterminatecause as cause from radacct order by 1, 2",
    ),
    [
      { username: "lost", called: "02-00-5E-00-00-FE", cause: "NAS-Reboot" },
      { username: "lost", called: "02-00-5E-00-00-FF", cause: null },
      { username: "nemo", called: "02-00-5E-00-00-FE", cause: null },
    ],
  );
  await venue.close();
});

Deno.test("session ids go on after those of sessions found again", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);
  const { station } = await venue.logOn(MAC);
  await venue.restart();

  const next = (await venue.controller.logOff(venue.station(MAC), "User-Request")).sessionId;

  equal(Number(next.slice(0, 10)), Number(station.sessionId.slice(0, 10)) + 1);
  equal((await venue.arrive("5c:7d:c1:72:a7:3c", "10.1.0.8")).slot, 2);
  await venue.close();
});

Deno.test("a box that does not know the time yet closes what it forgot all the same", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  await venue.venue.rows("delete from controller_session");
  venue.venue.clock.at = new Date(60_000);

  await venue.restart();

  const [{ cause, started, stopped } = {}] = await venue.records();
  deepEqual([cause, stopped], ["NAS-Reboot", started]);
  await venue.close();
});
