import { deepEqual, equal } from "node:assert/strict";
import { accept, controllerVenue, reject, ZONE_ID, zoneNamed } from "../../support/controller_venue.ts";

const MAC = "00:1b:c1:72:a7:3b";
const DASHED = "00-1B-C1-72-A7-3B";
const IP = "10.1.0.7";

Deno.test("a station is tried by its address when it comes, once", async () => {
  const venue = await controllerVenue({ zone: { macauth: true, macsuffix: "@mac", macpasswd: "macpw" } });
  venue.authority.answer = () => accept({ "Session-Timeout": "120" });

  const station = await venue.arrive(MAC, IP);
  await venue.arrive(MAC, IP);

  equal(station.state, "open");
  equal(station.userName, `${DASHED}@mac`);
  const [{ userName, credential, serviceType, framedIpAddress } = {}, ...more] = venue.authority.requests;
  deepEqual({ userName, credential, serviceType, framedIpAddress, more }, {
    userName: `${DASHED}@mac`,
    credential: { kind: "password", password: "macpw" },
    serviceType: "Framed",
    framedIpAddress: "",
    more: [],
  });
  const [record] = await venue.venue.rows("select username, servicetype from radacct");
  deepEqual(record, { username: `${DASHED}@mac`, servicetype: "Framed-User" });
  await venue.close();
});

Deno.test("whom an operator has sent away stays away when zones are read again, unless who is tried has changed", async () => {
  const venue = await controllerVenue({ zone: { macauth: true } });
  await venue.controller.logOff(await venue.arrive(MAC, IP), "Admin-Reset");

  venue.zones = [zoneNamed(venue.organization, "guests", { macauth: true, lease: 900 })];
  await venue.controller.reload();
  equal((await venue.arrive(MAC, IP)).state, "stranger");

  venue.zones = [zoneNamed(venue.organization, "guests", { macauth: true, macsuffix: "@mac" })];
  await venue.controller.reload();
  equal((await venue.arrive(MAC, IP)).state, "open");
  await venue.close();
});

Deno.test("without a password of its own the name is the password", async () => {
  const venue = await controllerVenue({ zone: { macauth: true } });
  await venue.arrive(MAC, IP);
  deepEqual(venue.authority.requests[0]?.credential, { kind: "password", password: DASHED });
  await venue.close();
});

Deno.test("who is refused gets the portal, and is not asked for again until it has gone", async () => {
  const venue = await controllerVenue({ zone: { macauth: true } });
  venue.authority.answer = () => reject();
  await venue.arrive(MAC, IP);
  const station = await venue.arrive(MAC, "fd00::7");
  deepEqual([station.state, station.isDenied, venue.authority.requests.length], ["stranger", false, 1]);

  venue.whereabouts.gone({ zoneId: ZONE_ID, mac: MAC, address: IP });
  await venue.arrive(MAC, IP);

  equal(venue.authority.requests.length, 2);
  await venue.close();
});

Deno.test("macreauth: a station is tried again when it is caught, and a log-on waits for the answer", async () => {
  const venue = await controllerVenue({ zone: { macauth: true } });
  venue.authority.answer = () => reject();
  await venue.arrive(MAC, IP);
  const { challenge } = venue.controller.withChallenge(venue.station(MAC));
  venue.authority.answer = () => accept();

  venue.controller.tryMac(venue.station(MAC));
  const outcome = await venue.controller.logOn(venue.station(MAC), {
    userName: "nemo",
    credential: { kind: "password", password: "secret" },
    challenge,
  });

  equal(outcome.kind, "already");
  equal(outcome.station.userName, DASHED);
  equal(venue.authority.requests[1]?.framedIpAddress, IP);
  await venue.close();
});

Deno.test("a refused try leaves the challenge that the station was shown", async () => {
  const venue = await controllerVenue({ zone: { macauth: true } });
  venue.authority.answer = () => reject();
  await venue.arrive(MAC, IP);
  const { challenge } = venue.controller.withChallenge(venue.station(MAC));
  venue.controller.tryMac(venue.station(MAC));
  await venue.settle();

  equal(venue.station(MAC).challenge, challenge);
  await venue.close();
});

Deno.test("without macauth nobody is asked; macallowed lets in without asking", async () => {
  const venue = await controllerVenue({ zone: { macallowed: [MAC] } });
  equal((await venue.arrive(MAC, IP)).state, "open");
  equal((await venue.arrive("00:1b:c1:72:a7:3c", "10.1.0.8")).state, "stranger");
  venue.controller.tryMac(venue.station("00:1b:c1:72:a7:3c"));
  await venue.settle();
  equal(venue.authority.requests.length, 0);
  await venue.close();
});

Deno.test("macauthdeny: who is refused gets nothing at all, until it is let in", async () => {
  const venue = await controllerVenue({ zone: { macauth: true, macauthdeny: true } });
  venue.authority.answer = () => reject();
  equal((await venue.arrive(MAC, IP)).isDenied, true);
  equal((await venue.logOn(MAC)).kind, "refused");
  equal(venue.authority.requests.length, 1);

  venue.zones = [
    zoneNamed(venue.organization, "guests", { macauth: true, macauthdeny: true, macallowed: [MAC] }),
  ];
  await venue.controller.reload();
  const station = await venue.arrive(MAC, IP);

  deepEqual([station.state, station.isDenied], ["open", false]);
  await venue.close();
});

Deno.test("a silent authority denies nobody, and is asked again when the station shows itself", async () => {
  const venue = await controllerVenue({ zone: { macauth: true, macauthdeny: true } });
  venue.authority.answer = () => ({ kind: "silent" });
  equal((await venue.arrive(MAC, IP)).isDenied, false);

  venue.authority.answer = () => accept();
  equal((await venue.arrive(MAC, IP)).state, "open");
  await venue.close();
});

Deno.test("who may bypass the portal is not tried", async () => {
  const venue = await controllerVenue({ zone: { macauth: true, bypass: [MAC, "10.1.0.8/30"] } });
  equal((await venue.arrive(MAC, IP)).state, "bypass");
  equal((await venue.arrive("00:1b:c1:72:a7:3c", "10.1.0.9")).state, "bypass");
  equal(venue.authority.requests.length, 0);
  await venue.close();
});

Deno.test("splash: the session counts, nobody passes until the splash is left", async () => {
  const venue = await controllerVenue({ zone: { macauth: true } });
  venue.authority.answer = () => accept({ "CoovaChilli-Config": "splash" });
  const station = await venue.arrive(MAC, IP);
  equal(station.state, "splash");
  deepEqual(venue.gate.passing, []);
  equal((await venue.records()).length, 1);

  const open = await venue.controller.leaveSplash(station);

  equal(open.state, "open");
  equal(open.sessionId, station.sessionId);
  equal(venue.gate.passing.length, 1);
  await venue.restart();
  equal(venue.station(MAC).state, "open");
  await venue.close();
});

Deno.test("splash: a log-on takes the session's place, and its page stays known", async () => {
  const venue = await controllerVenue({ zone: { macauth: true } });
  venue.authority.answer = ({ serviceType }) =>
    serviceType === "Framed"
      ? accept({ "CoovaChilli-Config": "splash", "WISPr-Redirection-URL": "http://192.0.2.10/splash" })
      : accept();
  const { sessionId } = await venue.arrive(MAC, IP);
  venue.venue.clock.pass(1000);

  const { kind, station } = await venue.logOn(MAC);

  deepEqual([kind, station.state, station.userName], ["accepted", "open", "nemo"]);
  equal(station.session?.grant.redirectionUrl, "http://192.0.2.10/splash");
  deepEqual((await venue.records()).map(({ username, cause }) => [username, cause]), [
    [DASHED, "User-Request"],
    ["nemo", null],
  ]);
  equal(station.sessionId === sessionId, false);
  await venue.close();
});

Deno.test("splash: a refused log-on leaves the session as it is", async () => {
  const venue = await controllerVenue({ zone: { macauth: true } });
  venue.authority.answer = ({ serviceType }) =>
    serviceType === "Framed" ? accept({ "CoovaChilli-Config": "splash" }) : reject();
  const { sessionId } = await venue.arrive(MAC, IP);

  const { kind, station } = await venue.logOn(MAC);

  deepEqual([kind, station.state, station.sessionId], ["refused", "splash", sessionId]);
  await venue.close();
});
