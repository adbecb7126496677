import { deepEqual, equal } from "node:assert/strict";
import { type MemoryVenue, memoryVenue, type TestOrganization } from "../../support/memory_venue.ts";

const STATION = {
  nas_ip_address: "10.0.0.1",
  called_station_id: "AP-1",
  calling_station_id: "aa:bb:cc:dd:ee:ff",
};

async function report(
  venue: MemoryVenue,
  organization: TestOrganization,
  uniqueId: string,
  body: Readonly<Record<string, unknown>>,
): Promise<number> {
  const ids = { unique_id: uniqueId, session_id: uniqueId };
  const answer = await venue.post("accounting", organization, { ...STATION, ...ids, ...body });
  equal(answer.text, "");
  venue.clock.pass(1_000);
  return answer.status;
}

async function endings(venue: MemoryVenue): Promise<Record<string, unknown>> {
  const rows = await venue.rows("select acctuniqueid, acctstoptime, acctterminatecause from radacct");
  return Object.fromEntries(
    rows.map((row) => [row.acctuniqueid, row.acctstoptime === null ? "open" : row.acctterminatecause]),
  );
}

Deno.test("a new open session ends those of the same user and station that began before it, and no others", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization();
  await venue.addUser({ username: "ada", email: "ada@example.org", organizations: [alpha] });
  await venue.addUser({ username: "bob", organizations: [alpha] });
  const start = { status_type: "Start", username: "ada" };
  await report(venue, alpha, "other user", { ...start, username: "bob" });
  await report(venue, alpha, "other station", { ...start, calling_station_id: "aa:bb:cc:dd:ee:00" });
  await report(venue, alpha, "no station", { ...start, calling_station_id: "" });
  await report(venue, alpha, "stranger", { ...start, username: "nobody" });
  await report(venue, alpha, "other name, spelling and NAS", {
    ...start,
    username: "ADA@example.org",
    calling_station_id: "AA-BB-CC-DD-EE-FF",
    nas_ip_address: "10.0.0.2",
  });
  // Over already: it closes nothing.
  await report(venue, alpha, "stopped", { ...start, status_type: "Stop", terminate_cause: "User-Request" });
  equal((await endings(venue))["other name, spelling and NAS"], "open");
  // Without Called-Station-Id, without Calling-Station-Id: nothing either.
  await report(venue, alpha, "no called", { ...start, called_station_id: "" });
  await report(venue, alpha, "no calling", { ...start, calling_station_id: "" });
  equal((await endings(venue))["other name, spelling and NAS"], "open");

  await report(venue, alpha, "new", { ...start, status_type: "Interim-Update" });
  deepEqual(await endings(venue), {
    "other user": "open",
    "other station": "open",
    "no station": "open",
    "stranger": "open",
    "other name, spelling and NAS": "Session-Timeout",
    "stopped": "User-Request",
    "no called": "Session-Timeout",
    "no calling": "open",
    "new": "open",
  });
  await venue.close();
});

Deno.test("a station that is no MAC address ends its own older sessions, by its exact text", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization();
  await venue.addUser({ username: "ada", organizations: [alpha] });
  const start = { status_type: "Start", username: "ada" };
  await report(venue, alpha, "one", { ...start, calling_station_id: "port 7" });
  await report(venue, alpha, "two", { ...start, calling_station_id: "Port 7" });
  await report(venue, alpha, "three", { ...start, calling_station_id: "port 7" });
  deepEqual(await endings(venue), { one: "Session-Timeout", two: "open", three: "open" });
  await venue.close();
});

Deno.test("a stranger's sessions end each other by the name that was sent", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization();
  await report(venue, alpha, "one", { status_type: "Start", username: "nobody" });
  await report(venue, alpha, "two", { status_type: "Start", username: "somebody" });
  await report(venue, alpha, "three", { status_type: "Start", username: "nobody" });
  deepEqual(await endings(venue), { one: "Session-Timeout", two: "open", three: "open" });
  await venue.close();
});

Deno.test("a session that began before an open one of the same station does not end it, however late it is told", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization();
  await venue.addUser({ username: "ada", organizations: [alpha] });
  await report(venue, alpha, "new", { status_type: "Start", username: "ada" });
  venue.clock.pass(60_000);
  await report(venue, alpha, "old", { status_type: "Interim-Update", username: "ada", session_time: 600 });
  deepEqual(await endings(venue), { old: "open", new: "open" });
  await venue.close();
});

Deno.test("a session whose user becomes known later is charged whole, once", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization();
  const usage = () => venue.rows("select user_id, session_seconds, input_octets from usage_by_day");
  await report(venue, alpha, "one", { status_type: "Start", username: "ada" });
  await report(venue, alpha, "one", {
    status_type: "Interim-Update",
    username: "ada",
    session_time: 60,
    input_octets: 7,
  });
  deepEqual(await usage(), []);
  const ada = await venue.addUser({ username: "ada", organizations: [alpha] });
  const last = { username: "ada", session_time: 90, input_octets: 9 };
  await report(venue, alpha, "one", { status_type: "Stop", ...last });
  await report(venue, alpha, "one", { status_type: "Stop", ...last });
  deepEqual(await usage(), [{ user_id: ada.id, session_seconds: 90, input_octets: 9 }]);
  await venue.close();
});

Deno.test("only the Stop that ends a session ends keys, and none that was issued after the session", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization();
  const ada = await venue.addUser({ username: "ada", organizations: [alpha] });
  const usable = async () =>
    (await venue.rows("select count(*) as keys from radiustoken where can_auth"))[0]?.keys;

  await venue.token(ada, alpha);
  await report(venue, alpha, "one", { status_type: "Start", username: "ada" });
  venue.clock.pass(60_000);
  await report(venue, alpha, "one", { status_type: "Interim-Update", username: "ada", session_time: 61 });
  equal(await usable(), 1);
  await report(venue, alpha, "one", { status_type: "Stop", username: "ada", session_time: 62 });
  equal(await usable(), 0);

  await venue.token(ada, alpha);
  await report(venue, alpha, "one", { status_type: "Stop", username: "ada", session_time: 62 });
  equal(await usable(), 1, "a repeated Stop");
  await report(venue, alpha, "lost", { status_type: "Stop", username: "ada", session_time: 600 });
  equal(await usable(), 0, "a Stop without a Start, of a session that ran until now");
  await venue.token(ada, alpha);
  venue.clock.pass(1_000);
  const began = new Date(venue.clock.at.getTime() - 3_600_000).toISOString();
  await report(venue, alpha, "late", {
    status_type: "Stop",
    username: "ada",
    session_time: 60,
    start_time: began,
  });
  equal(await usable(), 1, "a late Stop of a session that ended an hour ago");
  await venue.close();
});

Deno.test("200 packets of one session at one moment are all answered and all counted", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization();
  const ada = await venue.addUser({ username: "ada", organizations: [alpha] });
  const packets = Array.from({ length: 200 }, (_, index) => ({
    ...STATION,
    unique_id: "one",
    session_id: "one",
    username: "ada",
    status_type: index % 3 ? "Interim-Update" : "Stop",
    session_time: (index * 37) % 200,
    input_octets: (index * 53) % 200,
  }));
  const answers = await Promise.all(packets.map((packet) => venue.post("accounting", alpha, packet)));
  deepEqual(answers.map(({ status }) => status).sort(), [...Array(199).fill(200), 201]);
  deepEqual(
    await venue.rows("select user_id, sum(session_seconds) as s, sum(input_octets) as i from usage_by_day"),
    [{ user_id: ada.id, s: 199, i: 199 }],
  );
  await venue.close();
});

Deno.test("a session that another process changed since its last packet here goes on from what is stored", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization();
  await venue.addUser({ username: "ada", organizations: [alpha] });
  const packet = { username: "ada", status_type: "Interim-Update" };
  const elsewhere = (set: string) =>
    venue.rows(`update radacct set ${set}, node_id = 'another', change_seq = 1 returning acctuniqueid`);
  const stored = async () => {
    const [row] = await venue.rows("select acctsessiontime as s, acctstoptime is null as open from radacct");
    const [usage] = await venue.rows("select sum(session_seconds) as s from usage_by_day");
    return { ...row, usage: usage?.s };
  };
  await report(venue, alpha, "one", { ...packet, status_type: "Start" });
  await report(venue, alpha, "one", { ...packet, session_time: 10 });
  await elsewhere("acctsessiontime = 60");
  await report(venue, alpha, "one", { ...packet, session_time: 70 });
  deepEqual(await stored(), { s: 70, open: 1, usage: 20 });
  await elsewhere("acctstoptime = '2026-01-01 00:00:00.000000', closed_by = 'nas'");
  await report(venue, alpha, "one", { ...packet, session_time: 75 });
  deepEqual(await stored(), { s: 75, open: 0, usage: 25 });
  await venue.rows("delete from radacct returning acctuniqueid");
  await report(venue, alpha, "one", { ...packet, session_time: 80 });
  deepEqual(await stored(), { s: 80, open: 1, usage: 105 });
  await venue.close();
});

Deno.test("a packet comes again after another process deleted its session: the session is stored again", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization();
  await venue.addUser({ username: "ada", organizations: [alpha] });
  const start = { status_type: "Start", username: "ada" };
  equal(await report(venue, alpha, "one", start), 201);
  equal(await report(venue, alpha, "one", start), 200);
  await venue.rows("delete from radacct returning acctuniqueid");
  equal(await report(venue, alpha, "one", start), 201);
  deepEqual(await endings(venue), { one: "open" });
  await venue.close();
});
