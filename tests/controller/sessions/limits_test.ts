import { deepEqual, equal } from "node:assert/strict";
import { accept, type ControllerVenue, controllerVenue, ZONE_ID } from "../../support/controller_venue.ts";

const MAC = "5c:7d:c1:72:a7:3b";
const IP = "10.1.0.7";
const KEY = { zoneId: ZONE_ID, mac: MAC };

async function loggedOn(
  attributes: Record<string, string>,
  zone: Record<string, unknown> = {},
): Promise<ControllerVenue> {
  const venue = await controllerVenue({ zone });
  venue.authority.answer = () => accept(attributes);
  await venue.arrive(MAC, IP);
  equal((await venue.logOn(MAC)).kind, "accepted");
  return venue;
}

async function theRecord(venue: ControllerVenue) {
  const [record] = await venue.records();
  const { seconds, input, output, cause, stopped } = record ?? {};
  return { seconds, input, output, cause, stopped };
}

Deno.test("a session timeout ends the session to the moment, between two sweeps too", async () => {
  const venue = await loggedOn({ "Session-Timeout": "8" });
  venue.venue.clock.pass(7_400);
  await venue.timers.tick();
  equal(venue.station(MAC).state, "open");
  deepEqual(venue.timers.waiting, [600]);

  venue.venue.clock.pass(600);
  await venue.timers.fire();

  equal(venue.station(MAC).state, "stranger");
  deepEqual(venue.gate.passing, []);
  deepEqual(await theRecord(venue), {
    seconds: 8,
    input: 0,
    output: 0,
    cause: "Session-Timeout",
    stopped: "2026-11-22 12:00:08.000000",
  });
  await venue.close();
});

Deno.test("a terminate time ends the session when it comes", async () => {
  const venue = await loggedOn({ "WISPr-Session-Terminate-Time": "2026-11-22T13:00:05+01:00" });
  await venue.pass(4);
  equal(venue.station(MAC).state, "open");

  await venue.pass(1);

  deepEqual(await theRecord(venue), {
    seconds: 5,
    input: 0,
    output: 0,
    cause: "Session-Timeout",
    stopped: "2026-11-22 12:00:05.000000",
  });
  await venue.close();
});

Deno.test("idle counts from the last packet that left the station; what comes in does not count", async () => {
  const venue = await loggedOn({ "Idle-Timeout": "5" });
  await venue.pass(3);
  venue.gate.send(KEY, IP, 100, 0);
  await venue.pass(1);
  for (let second = 0; second < 4; second++) {
    venue.gate.send(KEY, IP, 0, 1000);
    await venue.pass(1);
  }
  equal(venue.station(MAC).state, "open");
  equal(venue.station(MAC).session?.activeAt.toISOString(), "2026-11-22T12:00:04.000Z");

  await venue.pass(1);

  deepEqual(await theRecord(venue), {
    seconds: 9,
    input: 100,
    output: 4000,
    cause: "Idle-Timeout",
    stopped: "2026-11-22 12:00:09.000000",
  });
  await venue.close();
});

Deno.test("octet quotas end the session with the sweep that finds them used up, in the view that swapoctets chooses", async () => {
  const cases = [
    ["CoovaChilli-Max-Input-Octets", false, { up: 5_000, down: 999 }, { up: 0, down: 1 }],
    ["CoovaChilli-Max-Output-Octets", false, { up: 999, down: 5_000 }, { up: 1, down: 0 }],
    ["ChilliSpot-Max-Input-Octets", true, { up: 999, down: 5_000 }, { up: 1, down: 0 }],
    ["ChilliSpot-Max-Output-Octets", true, { up: 5_000, down: 999 }, { up: 0, down: 1 }],
    ["CoovaChilli-Max-Total-Octets", false, { up: 500, down: 499 }, { up: 1, down: 0 }],
  ] as const;
  for (const [attribute, swapoctets, first, second] of cases) {
    const venue = await loggedOn({ [attribute]: "1000" }, { swapoctets });
    venue.gate.send(KEY, IP, first.up, first.down);
    await venue.pass(1);
    equal(venue.station(MAC).state, "open", attribute);

    venue.gate.send(KEY, IP, second.up, second.down);
    await venue.pass(1);

    deepEqual(await theRecord(venue), {
      seconds: 2,
      input: first.up + second.up,
      output: first.down + second.down,
      cause: "Session-Timeout",
      stopped: "2026-11-22 12:00:02.000000",
    });
    await venue.close();
  }
});

Deno.test("the zone's defaults limit a session whose accept says nothing", async () => {
  const venue = await loggedOn({}, { defsessiontimeout: 3, definteriminterval: 0 });
  await venue.pass(3);
  equal((await theRecord(venue)).seconds, 3);
  await venue.close();
});

Deno.test("interim updates come once an interval, and tell what passed in RFC 2866's direction", async () => {
  const venue = await loggedOn({ "Acct-Interim-Interval": "60" });
  venue.gate.send(KEY, IP, 100, 2000);
  await venue.pass(60);
  const [first] = await venue.venue.rows(
    "select acctinputoctets as input, acctoutputoctets as output, acctinterval as interval, acctupdatetime as at from radacct",
  );
  deepEqual({ ...first, at: null }, { input: 100, output: 2000, interval: 60, at: null });

  venue.gate.send(KEY, IP, 1, 1);
  await venue.pass(60);

  const [second] = await venue.venue.rows(
    "select acctinputoctets as input, acctoutputoctets as output, acctupdatetime as at, acctsessiontime as s from radacct",
  );
  deepEqual([second?.input, second?.output], [101, 2001]);
  equal(Date.parse(`${second?.at}Z`) - Date.parse(`${first?.at}Z`), 60_000);
  const [stored] = await venue.venue.rows("select traffic from controller_session");
  equal(JSON.parse(String(stored?.traffic)).gate.downOctets, 2001);
  await venue.close();
});

Deno.test("sessions that began together do not report together", async () => {
  const venue = await controllerVenue();
  venue.authority.answer = () => accept({ "Acct-Interim-Interval": "60" });
  for (let host = 2; host < 122; host++) {
    const mac = `5c:7d:c1:00:00:${host.toString(16).padStart(2, "0")}`;
    await venue.arrive(mac, `10.1.0.${host}`);
    await venue.logOn(mac, mac);
  }
  const reported: number[] = [];
  let before = 0;
  for (let second = 0; second < 60; second++) {
    await venue.pass(1);
    const [row] = await venue.venue.rows(
      "select count(*) as reported from radacct where acctupdatetime is not null",
    );
    reported.push(Number(row?.reported) - before);
    before = Number(row?.reported);
  }
  equal(before, 120);
  equal(Math.max(...reported) <= 15, true, `${reported}`);
  await venue.close();
});
