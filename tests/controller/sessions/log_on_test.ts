import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import type { AuthorityAnswer } from "../../../src/controller/authority/authority.ts";
import type { LogOn } from "../../../src/controller/controller.ts";
import { accept, controllerVenue, reject } from "../../support/controller_venue.ts";

const MAC = "5c:7d:c1:72:a7:3b";
const IP = "10.1.0.7";
const PASSWORD = { kind: "password", password: "secret" } as const;

function line(challenge: string): LogOn {
  return { userName: "nemo", credential: PASSWORD, challenge };
}

Deno.test("a log-on opens the gate, and its Start is on record", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);

  const outcome = await venue.logOn(MAC);

  equal(outcome.kind, "accepted");
  equal(outcome.station.state, "open");
  match(outcome.station.sessionId, /^\d{10}00000001$/);
  deepEqual(venue.gate.passing.map(({ mac, addresses }) => ({ mac, addresses })), [
    { mac: MAC, addresses: [IP] },
  ]);
  const [record] = await venue.records();
  deepEqual(record, {
    username: "nemo",
    session: outcome.station.sessionId,
    seconds: 0,
    input: 0,
    output: 0,
    cause: null,
    started: "2026-11-22 12:00:00.000000",
    stopped: null,
    calling: "5C-7D-C1-72-A7-3B",
    called: "02-00-5E-00-00-FE",
    ip: IP,
    nas: "10.1.0.1",
  });
  await venue.close();
});

Deno.test("the authority is asked with the session id that the record will have, and the station's address", async () => {
  const venue = await controllerVenue();
  const { sessionId } = await venue.arrive(MAC, IP);

  await venue.logOn(MAC);

  const [request] = venue.authority.requests;
  deepEqual({ ...request, zone: undefined }, {
    zone: undefined,
    userName: "nemo",
    credential: PASSWORD,
    serviceType: "Login",
    calledStationId: "02-00-5E-00-00-FE",
    callingStationId: "5C-7D-C1-72-A7-3B",
    framedIpAddress: IP,
    sessionId,
  });
  await venue.close();
});

Deno.test("a refusal tells why, and leaves another challenge and another session id", async () => {
  const venue = await controllerVenue();
  venue.authority.answer = () => reject("No more today");
  const before = venue.controller.withChallenge(await venue.arrive(MAC, IP));

  const outcome = await venue.controller.logOn(before, line(before.challenge));

  equal(outcome.kind === "refused" && outcome.replyMessage, "No more today");
  match(outcome.station.challenge, /^[0-9a-f]{32}$/);
  notEqual(outcome.station.challenge, before.challenge);
  notEqual(outcome.station.sessionId, before.sessionId);
  equal(outcome.station.state, "stranger");
  deepEqual(await venue.records(), []);
  await venue.close();
});

Deno.test("an authority that is silent or fails leaves another challenge; the failure is reported", async () => {
  const venue = await controllerVenue();
  const { challenge } = venue.controller.withChallenge(await venue.arrive(MAC, IP));
  venue.authority.answer = () => ({ kind: "silent" });
  const silent = await venue.logOn(MAC);
  equal(silent.kind, "silent");
  notEqual(silent.station.challenge, challenge);

  venue.authority.answer = () => {
    throw new Error("no route");
  };
  const failed = await venue.logOn(MAC);

  equal(failed.kind, "silent");
  notEqual(failed.station.challenge, silent.station.challenge);
  equal(venue.faults.length, 1);
  await venue.close();
});

Deno.test("a terminate time that has passed refuses the log-on", async () => {
  const venue = await controllerVenue();
  venue.authority.answer = () =>
    accept({ "WISPr-Session-Terminate-Time": "2026-11-22T11:59:59Z", "Reply-Message": "Come back tomorrow" });
  await venue.arrive(MAC, IP);

  const outcome = await venue.logOn(MAC);

  equal(outcome.kind === "refused" && outcome.replyMessage, "Come back tomorrow");
  deepEqual(venue.gate.passing, []);
  await venue.close();
});

Deno.test("an open session answers already, and nobody is asked", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);

  equal((await venue.logOn(MAC)).kind, "already");
  equal(venue.authority.requests.length, 1);
  await venue.close();
});

Deno.test("a challenge is taken for challengetimeout2, and shown for challengetimeout", async () => {
  const venue = await controllerVenue();
  const { challenge } = venue.controller.withChallenge(await venue.arrive(MAC, IP));
  venue.venue.clock.pass(600_000);
  equal(venue.controller.withChallenge(venue.station(MAC)).challenge, challenge);
  venue.venue.clock.pass(600_001);

  const late = await venue.controller.logOn(venue.station(MAC), line(challenge));

  equal(late.kind, "expired");
  equal(venue.authority.requests.length, 0);
  notEqual(late.station.challenge, challenge);

  venue.venue.clock.pass(600_001);
  notEqual(venue.controller.withChallenge(venue.station(MAC)).challenge, late.station.challenge);
  await venue.close();
});

Deno.test("a log-on line cannot be replayed when its session has ended", async () => {
  const venue = await controllerVenue();
  const station = venue.controller.withChallenge(await venue.arrive(MAC, IP));
  await venue.controller.logOn(station, line(station.challenge));
  await venue.controller.logOff(venue.station(MAC), "Admin-Reset");

  const replayed = await venue.controller.logOn(venue.station(MAC), line(station.challenge));

  equal(replayed.kind, "expired");
  equal(venue.authority.requests.length, 1);
  await venue.close();
});

Deno.test("a challenge that was fetched during a session outlives an end that the station did not ask for", async () => {
  const venue = await controllerVenue();
  venue.authority.answer = () => accept({ "Session-Timeout": "2" });
  await venue.arrive(MAC, IP);
  await venue.logOn(MAC);
  const { challenge } = venue.controller.withChallenge(venue.station(MAC));

  await venue.pass(2);

  equal(venue.station(MAC).state, "stranger");
  equal(venue.station(MAC).challenge, challenge);
  equal((await venue.logOn(MAC)).kind, "accepted");
  await venue.controller.logOff(venue.station(MAC), "User-Request");
  notEqual(venue.station(MAC).challenge, challenge);
  match(venue.station(MAC).challenge, /^[0-9a-f]{32}$/);
  await venue.close();
});

Deno.test("abort throws the next log-on away, unless a challenge is fetched first", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);
  const aborted = venue.controller.abort(venue.controller.withChallenge(venue.station(MAC)));

  const thrown = await venue.controller.logOn(aborted, line(aborted.challenge));
  equal(thrown.kind, "expired");
  equal((await venue.controller.logOn(thrown.station, line(thrown.station.challenge))).kind, "accepted");

  await venue.controller.logOff(venue.station(MAC), "User-Request");
  venue.controller.abort(venue.station(MAC));
  equal((await venue.logOn(MAC)).kind, "accepted");
  await venue.close();
});

Deno.test("with nochallenge zeros are shown, and any log-on is tried", async () => {
  const venue = await controllerVenue({ zone: { nochallenge: true } });
  const station = venue.controller.withChallenge(await venue.arrive(MAC, IP));
  equal(station.challenge, "0".repeat(32));

  equal((await venue.controller.logOn(station, line(station.challenge))).kind, "accepted");
  await venue.close();
});

Deno.test("the same line sent twice at once gets one answer from one question", async () => {
  const venue = await controllerVenue();
  const { promise, resolve } = Promise.withResolvers<AuthorityAnswer>();
  venue.authority.answer = () => promise;
  const station = venue.controller.withChallenge(await venue.arrive(MAC, IP));

  const both = [1, 2].map(() => venue.controller.logOn(station, line(station.challenge)));
  resolve(accept());

  deepEqual((await Promise.all(both)).map(({ kind }) => kind), ["accepted", "accepted"]);
  equal(venue.authority.requests.length, 1);
  equal((await venue.records()).length, 1);
  await venue.close();
});

Deno.test("of different log-ons at once one is tried, the others find the session or another challenge", async () => {
  for (
    const [answer, kinds] of [
      [accept(), ["accepted", "already", "already"]],
      [reject(), ["refused", "expired", "expired"]],
    ] as const
  ) {
    const venue = await controllerVenue();
    venue.authority.answer = () => answer;
    const station = venue.controller.withChallenge(await venue.arrive(MAC, IP));

    const outcomes = await Promise.all(
      ["a", "b", "c"].map((userName) =>
        venue.controller.logOn(station, { ...line(station.challenge), userName })
      ),
    );

    deepEqual(outcomes.map(({ kind }) => kind), kinds);
    equal(venue.authority.requests.length, 1);
    await venue.close();
  }
});

Deno.test("a session whose gate does not open is ended, and the station may try again", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);
  venue.gate.before = (step) =>
    step === "open" ? Promise.reject(new Error("nft is not there")) : Promise.resolve();

  const outcome = await venue.logOn(MAC);

  equal(outcome.kind, "silent");
  equal(outcome.station.state, "stranger");
  const [record] = await venue.records();
  equal(record?.cause, "NAS-Error");
  ok(record?.stopped);
  equal(venue.faults.length, 1);

  venue.gate.before = () => Promise.resolve();
  equal((await venue.logOn(MAC)).kind, "accepted");
  deepEqual((await venue.records()).map(({ stopped }) => stopped === null), [false, true]);
  await venue.close();
});

Deno.test("session ids are never the same, however many a second needs", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, IP);
  const ids = new Set<string>();
  for (let round = 0; round < 20; round++) {
    venue.authority.answer = () => round % 2 ? reject() : accept();
    const { station } = await venue.logOn(MAC);
    ids.add(station.sessionId);
    if (station.session) ids.add((await venue.controller.logOff(station, "User-Request")).sessionId);
  }
  // The first one, and another after each refusal and each end.
  equal(ids.size, 21);
  const recorded = (await venue.records()).map(({ session }) => session);
  equal(new Set(recorded).size, 10);
  await venue.close();
});

Deno.test("the language, the name and the original address of a station are kept", async () => {
  const venue = await controllerVenue();
  const station = venue.controller.rememberOriginalUrl(await venue.arrive(MAC, IP), "http://example.test/");
  const { challenge } = venue.controller.withChallenge(station);
  await venue.controller.logOn(station, { ...line(challenge), lang: "de" });
  await venue.controller.logOff(venue.station(MAC), "User-Request");

  const { userName, originalUrl, lang, lastSession } = venue.station(MAC);
  deepEqual({ userName, originalUrl, lang }, {
    userName: "nemo",
    originalUrl: "http://example.test/",
    lang: "de",
  });
  equal(lastSession?.userName, "nemo");
  await venue.close();
});

Deno.test("where sessions are announced, a log-on at the box sends the mail that any NAS's Start does", async () => {
  const venue = await controllerVenue();
  const user = await venue.venue.addUser({
    username: "nemo",
    email: "nemo@example.org",
    organizations: [venue.organization],
  });
  await venue.venue.rows(
    `insert into email_address (id, user_id, email, email_key, "primary", verified)
      values ('1', ?, 'nemo@example.org', 'nemo@example.org', 1, 1)`,
    [user.id],
  );
  await venue.venue.rows("update organization_radius_settings set login_url = 'https://wifi.example.org/'");
  venue.venue.db.cache.clear();
  await venue.arrive(MAC, IP);

  await venue.logOn(MAC);
  await venue.venue.deliver();

  deepEqual(venue.venue.sent.mails.map(({ to }) => to), ["nemo@example.org"]);
  equal(venue.venue.sent.wakes, 1);
  await venue.close();
});
