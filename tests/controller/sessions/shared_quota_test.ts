import { deepEqual, equal, ok } from "node:assert/strict";
import { localAuthority } from "../../../src/controller/authority/local_authority.ts";
import { type ControllerVenue, controllerVenue, ZONE_ID } from "../../support/controller_venue.ts";

const A = "5c:7d:c1:00:00:0a";
const B = "5c:7d:c1:00:00:0b";
const MEGABYTE = 1_000_000;

/** A user with a quota, at a venue whose own authority decides. */
async function sharing(check: readonly [string, string], interim = "60"): Promise<ControllerVenue> {
  const venue = await controllerVenue();
  const local = localAuthority(venue.venue.deps);
  venue.authority.answer = (request) => local.decide(request, venue.venue.deps.now());
  const group = await venue.venue.addGroup(venue.organization.id, {
    checks: [[check[0], ":=", check[1]]],
    replies: [["Acct-Interim-Interval", "=", interim]],
  });
  await venue.venue.addUser({
    username: "nemo",
    password: "secret",
    organizations: [venue.organization],
    groups: [group],
    verified: true,
  });
  for (const [mac, address] of [[A, "10.1.0.10"], [B, "10.1.0.11"]] as const) {
    await venue.arrive(mac, address);
  }
  return venue;
}

function send(venue: ControllerVenue, mac: string, octets: number): boolean {
  return venue.gate.send({ zoneId: ZONE_ID, mac }, mac === A ? "10.1.0.10" : "10.1.0.11", 0, octets);
}

function limit(venue: ControllerVenue, mac: string): number | null {
  const total = venue.station(mac).session?.grant.maxTotalOctets;
  return total === undefined || total === null ? null : Number(total);
}

Deno.test("what is left of a volume is divided when the second station logs on, and at each interim", async () => {
  const venue = await sharing(["Max-Daily-Session-Traffic", String(10 * MEGABYTE)]);
  equal((await venue.logOn(A)).kind, "accepted");
  equal(limit(venue, A), 10 * MEGABYTE);
  send(venue, A, 2 * MEGABYTE);
  await venue.pass(1);

  equal((await venue.logOn(B)).kind, "accepted");

  deepEqual([limit(venue, A), limit(venue, B)], [6 * MEGABYTE, 4 * MEGABYTE]);
  send(venue, A, MEGABYTE);
  send(venue, B, 3 * MEGABYTE);
  await venue.pass(60);
  deepEqual([limit(venue, A), limit(venue, B)], [5 * MEGABYTE, 5 * MEGABYTE]);

  await venue.controller.logOff(venue.station(B), "User-Request");
  equal(limit(venue, A), 7 * MEGABYTE);
  await venue.close();
});

Deno.test("who uses more gets what the others leave, and together they use no more than the quota and a second", async () => {
  const venue = await sharing(["Max-Daily-Session-Traffic", String(10 * MEGABYTE)]);
  await venue.logOn(A);
  await venue.logOn(B);
  const perSecond = 300_000;
  let used = 0;
  for (let second = 0; second < 100 && venue.gate.passing.length; second++) {
    if (send(venue, A, perSecond)) used += perSecond;
    if (send(venue, B, 50_000)) used += 50_000;
    await venue.pass(1);
  }

  equal(venue.gate.passing.length, 0);
  ok(used >= 10 * MEGABYTE && used <= 10 * MEGABYTE + perSecond + 50_000, String(used));
  const rows = await venue.records();
  deepEqual(rows.map(({ cause }) => cause), ["Session-Timeout", "Session-Timeout"]);
  equal(rows.reduce((sum, { output }) => sum + Number(output), 0), used);
  equal((await venue.logOn(A)).kind, "refused");
  await venue.close();
});

Deno.test("time is shared too: two stations use it up in half of it", async () => {
  const venue = await sharing(["Max-Daily-Session", "600"]);
  await venue.logOn(A);
  equal(venue.station(A).session?.grant.sessionTimeout, 600);
  await venue.pass(100);
  await venue.logOn(B);
  deepEqual([A, B].map((mac) => venue.station(mac).session?.grant.sessionTimeout), [350, 250]);

  await venue.pass(250);

  equal(venue.gate.passing.length, 0);
  deepEqual((await venue.records()).map(({ seconds, cause }) => [seconds, cause]), [
    [350, "Session-Timeout"],
    [250, "Session-Timeout"],
  ]);
  await venue.close();
});

Deno.test("one station alone may use all of its quota, to the second", async () => {
  const venue = await sharing(["Max-Daily-Session", "200"]);
  await venue.logOn(A);
  await venue.pass(199);
  equal(venue.station(A).state, "open");
  await venue.pass(1);
  equal((await venue.records())[0]?.seconds, 200);
  await venue.close();
});

Deno.test("a session that an operator opened is not held to the user's quota", async () => {
  const venue = await sharing(["Max-Daily-Session", "100"]);
  await venue.controller.admit(venue.station(A), { userName: "nemo", sessionTimeout: 300 });
  await venue.pass(150);
  equal(venue.station(A).state, "open");
  await venue.close();
});

Deno.test("sessions found again share what is left as before", async () => {
  const venue = await sharing(["Max-Daily-Session-Traffic", String(10 * MEGABYTE)]);
  await venue.logOn(A);
  await venue.logOn(B);
  send(venue, A, 4 * MEGABYTE);
  await venue.pass(2);

  await venue.restart();
  await venue.arrive(A, "10.1.0.10");
  await venue.arrive(B, "10.1.0.11");
  await venue.pass(1);

  deepEqual([limit(venue, A), limit(venue, B)], [7 * MEGABYTE, 3 * MEGABYTE]);
  await venue.close();
});

Deno.test("a limit of time that an operator adds does not end a session that has none", async () => {
  const venue = await sharing(["Max-Daily-Session-Traffic", String(10 * MEGABYTE)]);
  await venue.logOn(A);
  equal(venue.station(A).session?.grant.sessionTimeout, 0);
  await venue.venue.rows(
    `insert into radgroupcheck (id, groupname, attribute, op, value, group_id, created, modified)
      select 'added', groupname, 'Max-Daily-Session', ':=', '36000', group_id, created, modified from radgroupcheck limit 1`,
  );
  venue.venue.db.cache.clear();
  await venue.pass(65);

  equal(venue.station(A).state, "open");
  await venue.close();
});
