import { deepEqual, equal, match, notEqual, rejects } from "node:assert/strict";
import { openFile } from "../../../src/runtime/file_client.ts";
import { migrate } from "../../../src/storage/migrate.ts";
import { accept, controllerVenue, ZONE_ID, zoneNamed } from "../../support/controller_venue.ts";
import { Fuse, mortalClient } from "../../support/mortal_client.ts";

const MAC = "5c:7d:c1:72:a7:3b";
const OTHER = "5c:7d:c1:72:a7:3c";
const IP = "10.1.0.7";
const KEY = { zoneId: ZONE_ID, mac: MAC };

Deno.test("a log-off closes the gate, and its Stop tells all that passed", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);
  const { station: { sessionId } } = await venue.logOn(MAC);
  venue.gate.send(KEY, IP, 120, 3400);
  venue.venue.clock.pass(61_500);

  const station = await venue.controller.logOff(venue.station(MAC), "User-Request");

  deepEqual(venue.gate.passing, []);
  equal(station.state, "stranger");
  equal(station.userName, "nemo");
  notEqual(station.sessionId, sessionId);
  deepEqual(station.lastSession?.sessionId, sessionId);
  deepEqual(station.lastSession?.traffic, { upOctets: 120, downOctets: 3400, upPackets: 1, downPackets: 1 });
  const [{ session, seconds, input, output, cause, stopped } = {}] = await venue.records();
  deepEqual({ session, seconds, input, output, cause, stopped }, {
    session: sessionId,
    seconds: 61,
    input: 120,
    output: 3400,
    cause: "User-Request",
    stopped: "2026-11-22 12:01:01.500000",
  });
  deepEqual(await venue.venue.rows("select * from controller_session"), []);
  await venue.close();
});

Deno.test("a log-off without a session makes a new challenge all the same", async () => {
  const venue = await controllerVenue();
  const { challenge } = venue.controller.withChallenge(await venue.arrive(MAC, IP));

  const station = await venue.controller.logOff(venue.station(MAC), "User-Request");

  match(station.challenge, /^[0-9a-f]{32}$/);
  notEqual(station.challenge, challenge);
  deepEqual(await venue.records(), []);
  await venue.close();
});

Deno.test("the end of the lease ends the session with Lost-Carrier", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);

  venue.whereabouts.gone({ zoneId: ZONE_ID, mac: MAC, address: IP });
  await venue.settle();

  equal(venue.station(MAC).state, "stranger");
  equal(venue.station(MAC).ip, "");
  equal((await venue.records())[0]?.cause, "Lost-Carrier");
  await venue.close();
});

Deno.test("while the database fails nothing is lost: the gate closes, and the Stop comes when it can", async () => {
  let isFailing = false;
  const inner = openFile(":memory:");
  await migrate(inner);
  const fuse = new Fuse();
  fuse.step = () => isFailing ? Promise.reject(new Error("The disk is full")) : Promise.resolve();
  const venue = await controllerVenue({ client: mortalClient(inner, fuse) });
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  venue.gate.send(KEY, IP, 100, 200);
  await venue.pass(3);

  isFailing = true;
  const station = await venue.controller.logOff(venue.station(MAC), "User-Request");
  equal(station.state, "stranger");
  deepEqual(venue.gate.passing, []);
  await venue.pass(12);
  equal((await venue.logOn(MAC)).kind, "silent");
  isFailing = false;
  equal((await venue.logOn(MAC)).kind, "accepted");
  await venue.pass(6);

  const [{ seconds, input, output, cause, stopped } = {}, ...more] = await venue.records();
  deepEqual({ seconds, input, output, cause, stopped }, {
    seconds: 3,
    input: 100,
    output: 200,
    cause: "User-Request",
    stopped: "2026-11-22 12:00:03.000000",
  });
  deepEqual(more.map(({ stopped }) => stopped), [null]);
  deepEqual(venue.gate.passing.map(({ mac }) => mac), [MAC]);
  inner.close();
});

Deno.test("stopping ends every session with NAS-Reboot before anything is taken away", async () => {
  const venue = await controllerVenue();
  for (const [mac, ip] of [[MAC, IP], [OTHER, "10.1.0.8"]] as const) {
    await venue.arrive(mac, ip);
    await venue.logOn(mac, mac);
  }
  venue.gate.send(KEY, IP, 5, 6);

  await venue.controller.stop();

  deepEqual((await venue.records()).map(({ cause, input, output }) => [cause, input, output]), [
    ["NAS-Reboot", 5, 6],
    ["NAS-Reboot", 0, 0],
  ]);
  equal(venue.gate.isRemoved, true);
  equal(venue.whereabouts.isStopped, true);
  equal(venue.gate.calls.at(-1), "remove");
  equal((await venue.logOn(MAC)).kind, "silent");
  await venue.close();
});

Deno.test("a zone that is changed leaves its sessions alone; one that is gone ends them with Admin-Reset", async () => {
  const venue = await controllerVenue({ zone: { defsessiontimeout: 0 } });
  await venue.arrive(MAC, IP);
  const { station: { sessionId } } = await venue.logOn(MAC);
  venue.gate.send(KEY, IP, 1, 2);

  venue.zones = [zoneNamed(venue.organization, "guests", { defsessiontimeout: 60, bypass: [OTHER] })];
  await venue.controller.reload();
  await venue.arrive(OTHER, "10.1.0.8");

  equal(venue.station(MAC).sessionId, sessionId);
  equal(venue.station(MAC).session?.grant.sessionTimeout, 0);
  equal(venue.station(OTHER).state, "bypass");
  deepEqual(venue.gate.zones, venue.zones);
  equal(venue.gate.passing.length, 1);

  venue.zones = [zoneNamed(venue.organization, "guests", { gate: "none" })];
  await venue.controller.reload();
  equal((await venue.records())[0]?.cause, "Admin-Reset");
  deepEqual((await venue.records())[0]?.output, 2);
  equal(venue.station(MAC).state, "stranger");
  equal((await venue.logOn(MAC)).kind, "accepted");
  deepEqual([venue.gate.passing.length, venue.noGate.passing.length], [0, 1]);

  const before = venue.station(MAC);
  venue.zones = [];
  await venue.controller.reload();
  deepEqual(venue.controller.stations(), []);
  deepEqual((await venue.records()).map(({ cause }) => cause), ["Admin-Reset", "Admin-Reset"]);
  await rejects(venue.controller.logOff(before, "User-Request"), /no longer served/);
  await venue.close();
});

Deno.test("a Stop that is recorded late does not close the gate for the station's next session", async () => {
  const inner = openFile(":memory:");
  await migrate(inner);
  let isFailing = false;
  const client = mortalClient(inner, new Fuse());
  const venue = await controllerVenue({
    client: {
      ...client,
      batch: (statements, mode) =>
        isFailing &&
          JSON.stringify(statements, (_, value) => typeof value === "bigint" ? 0 : value).includes("radacct")
          ? Promise.reject(new Error("The ledger is full"))
          : client.batch(statements, mode),
    },
  });
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  venue.gate.send(KEY, IP, 1, 2);
  isFailing = true;
  await venue.controller.logOff(venue.station(MAC), "User-Request");
  isFailing = false;
  equal((await venue.logOn(MAC)).kind, "accepted");

  await venue.pass(6);

  deepEqual((await venue.records()).map(({ input, cause }) => [input, cause]), [[1, "User-Request"], [
    0,
    null,
  ]]);
  equal(venue.gate.passing.length, 1);
  inner.close();
});

Deno.test("a station whose end cannot be stored does not pass again when the zones change", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  venue.gate.send(KEY, IP, 1, 2);
  venue.gate.before = (step) => step === "close: count" ? Promise.reject(new Error("no")) : Promise.resolve();
  await venue.controller.logOff(venue.station(MAC), "User-Request");
  venue.gate.before = () => Promise.resolve();

  await venue.controller.reload();

  deepEqual(venue.gate.passing, []);
  await venue.pass(6);
  deepEqual((await venue.records()).map(({ input, cause }) => [input, cause]), [[1, "User-Request"]]);
  await venue.close();
});

Deno.test("what was counted of one session is never the next one's, however late it is told", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  venue.gate.send(KEY, IP, 1000, 1000);
  const { promise, resolve } = Promise.withResolvers<void>();
  venue.gate.before = (step) => step === "traffic: told" ? promise : Promise.resolve();
  const sweep = venue.timers.tick();
  await venue.settle();
  await venue.controller.logOff(venue.station(MAC), "User-Request");
  await venue.logOn(MAC);

  resolve();
  await sweep;

  equal(venue.station(MAC).session?.traffic.upOctets, 0);
  await venue.close();
});

Deno.test("zones that the machine refuses are left as they were", async () => {
  const venue = await controllerVenue();
  const before = venue.zones;
  venue.gate.before = (step) => step === "apply" ? Promise.reject(new Error("no")) : Promise.resolve();
  for (const zones of [[zoneNamed(venue.organization, "guests", { nat: false })], []]) {
    venue.zones = zones;
    await rejects(venue.controller.reload(), /no/);
    deepEqual(venue.controller.zones, before);
  }
  await venue.close();
});

Deno.test("an operator lets a station in for a time", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);

  const station = await venue.controller.admit(venue.station(MAC), { sessionTimeout: 3 });

  equal(station.state, "open");
  equal(station.userName, "5C-7D-C1-72-A7-3B");
  equal(venue.authority.requests.length, 0);
  await venue.pass(3);
  equal(venue.station(MAC).state, "stranger");
  const named = await venue.controller.admit(venue.station(MAC), { userName: "vip" });
  equal(named.session?.userName, "vip");
  await venue.close();
});

Deno.test("a second session of a station begins its counters anew", async () => {
  const venue = await controllerVenue();
  venue.authority.answer = () => accept();
  await venue.arrive(MAC, IP);
  for (const octets of [10, 20]) {
    await venue.logOn(MAC);
    venue.gate.send(KEY, IP, octets, octets);
    await venue.pass(1);
    await venue.controller.logOff(venue.station(MAC), "User-Request");
  }
  deepEqual((await venue.records()).map(({ input }) => input), [10, 20]);
  await venue.close();
});

Deno.test("who is deactivated is out with the next interim update, nobody else is", async () => {
  const venue = await controllerVenue();
  venue.authority.answer = () => accept({ "Acct-Interim-Interval": "60" });
  for (const username of ["blocked", "ada"]) {
    await venue.venue.addUser({ username, organizations: [venue.organization] });
  }
  const names = ["blocked", "ada", "nobody-here"];
  for (const [at, name] of names.entries()) {
    await venue.arrive(`5c:7d:c1:72:a7:0${at}`, `10.1.0.2${at}`);
    await venue.logOn(`5c:7d:c1:72:a7:0${at}`, name);
  }
  await venue.arrive(MAC, IP);
  await venue.controller.admit(venue.station(MAC), { userName: "blocked" });
  await venue.venue.rows("update user set is_active = 0 where username = 'blocked'");
  venue.venue.db.cache.clear();

  await venue.pass(61);
  await venue.settle();

  deepEqual(
    (await venue.records()).filter(({ cause }) => cause).map(({ calling, username, cause }) => [
      calling,
      username,
      cause,
    ]),
    [["5C-7D-C1-72-A7-00", "blocked", "Admin-Reset"]],
  );
  await venue.close();
});
