import { deepEqual, equal } from "node:assert/strict";
import {
  type MemoryVenue,
  memoryVenue,
  type TestOrganization,
  type TestUser,
} from "../../support/memory_venue.ts";
import { toSqlDateTime } from "../../../src/values/sql_date_time.ts";

interface Answer {
  readonly [attribute: string]: unknown;
}

async function login(venue: MemoryVenue, organization: TestOrganization, user: TestUser): Promise<Answer> {
  const password = await venue.token(user, organization);
  const { status, text } = await venue.post("authorize", organization, { username: user.username, password });
  equal(status, 200);
  return JSON.parse(text);
}

async function use(
  venue: MemoryVenue,
  organization: TestOrganization,
  user: TestUser,
  used: { readonly at: string; readonly seconds?: number; readonly octets?: number },
): Promise<void> {
  venue.clock.at = new Date(used.at);
  const id = `${user.username} ${used.at}`;
  await venue.post("accounting", organization, {
    status_type: "Stop",
    unique_id: id,
    session_id: id,
    nas_ip_address: "10.0.0.1",
    username: user.username,
    session_time: used.seconds ?? 0,
    input_octets: used.octets ?? 0,
  });
}

async function guest(
  venue: MemoryVenue,
  check: readonly [string, string],
  timeZone: string,
  dateJoined = "2026-01-01T00:00:00Z",
) {
  const organization = await venue.addOrganization({ settings: { timeZone } });
  const group = await venue.addGroup(organization.id, { checks: [[check[0], ":=", check[1]]] });
  const user = await venue.addUser({
    organizations: [organization],
    groups: [group],
    dateJoined: toSqlDateTime(new Date(dateJoined)),
  });
  return { organization, user };
}

/** Zones, the first instant of a day there, and what is special about it. */
const MIDNIGHTS: readonly (readonly [zone: string, midnight: string])[] = [
  ["UTC", "2026-11-22T00:00:00Z"],
  ["Europe/Rome", "2026-11-21T23:00:00Z"],
  // The day of 23 hours, the day of 25, and the days after them.
  ["Europe/Rome", "2027-03-27T23:00:00Z"],
  ["Europe/Rome", "2027-03-28T22:00:00Z"],
  ["Europe/Rome", "2026-10-24T22:00:00Z"],
  ["Europe/Rome", "2026-10-25T23:00:00Z"],
  ["America/Los_Angeles", "2026-11-02T08:00:00Z"],
  ["Asia/Kolkata", "2026-11-21T18:30:00Z"],
  // A day that begins at one o'clock.
  ["Africa/Cairo", "2026-04-23T22:00:00Z"],
  ["America/Santiago", "2026-09-06T04:00:00Z"],
  ["Pacific/Kiritimati", "2026-12-31T10:00:00Z"],
  ["Pacific/Apia", "2026-12-31T11:00:00Z"],
];

Deno.test("a day's quota starts again at the organization's midnight, also where the clocks change", async () => {
  const venue = await memoryVenue();
  for (const [zone, text] of MIDNIGHTS) {
    const midnight = Date.parse(text);
    const { organization, user } = await guest(venue, ["Max-Daily-Session", "3600"], zone);
    const before = new Date(midnight - 1);
    await use(venue, organization, user, { at: before.toISOString(), seconds: 3600 });
    const refused = await login(venue, organization, user);
    equal(refused["control:Auth-Type"], "Reject", `${zone} before ${text}`);
    equal(refused["Reply-Message"], "Your maximum daily usage time has been reached");
    venue.clock.at = new Date(midnight);
    deepEqual(
      await login(venue, organization, user),
      { "control:Auth-Type": "Accept", "Session-Timeout": 3600 },
      `${zone} at ${text}`,
    );
  }
  await venue.close();
});

Deno.test("a session that runs over midnight leaves to the new day what it did not use of it", async () => {
  const venue = await memoryVenue();
  for (const [zone, text] of MIDNIGHTS) {
    const { organization, user } = await guest(venue, ["Max-Daily-Session", "3600"], zone);
    const tenPast = new Date(Date.parse(text) + 600_000).toISOString();
    await use(venue, organization, user, { at: tenPast, seconds: 3000 });
    equal((await login(venue, organization, user))["Session-Timeout"], 3000, `${zone} ${text}`);
  }
  await venue.close();
});

Deno.test("months begin at the organization's midnight, subscriptions on the day of joining there", async () => {
  const counters = ["MonthlySubscriptionTrafficCounter"] as const;
  const venue = await memoryVenue({
    settings: { counters: [...counters], disposableRadiusUserToken: false },
  });
  const check = ["Max-Monthly-Session-Traffic", "1000"] as const;
  // In Auckland it was the 31st already.
  const { organization, user } = await guest(venue, check, "Pacific/Auckland", "2026-01-30T12:00:00Z");
  await use(venue, organization, user, { at: "2026-02-27T10:59:59.999Z", octets: 900 });
  equal((await login(venue, organization, user))["CoovaChilli-Max-Total-Octets"], 100);
  // 28 February, 00:00 in Auckland: February has no 31st.
  venue.clock.at = new Date("2026-02-27T11:00:00Z");
  equal((await login(venue, organization, user))["CoovaChilli-Max-Total-Octets"], 1000);
  await use(venue, organization, user, { at: "2026-03-30T10:59:59.999Z", octets: 1000 });
  const refused = await login(venue, organization, user);
  equal(refused["Reply-Message"], "Your monthly data is used up, it starts again on 31 March");
  venue.clock.at = new Date("2026-03-30T11:00:00Z");
  equal((await login(venue, organization, user))["CoovaChilli-Max-Total-Octets"], 1000);
  await venue.close();
});

Deno.test("weeks begin on Monday, and a total never starts again", async () => {
  const venue = await memoryVenue({ settings: { counters: ["WeeklyCounter", "TotalCounter"] } });
  const week = await guest(venue, ["Max-Weekly-Session", "100"], "Europe/Rome");
  await use(venue, week.organization, week.user, { at: "2026-11-22T22:59:59Z", seconds: 100 });
  equal((await login(venue, week.organization, week.user))["control:Auth-Type"], "Reject");
  venue.clock.at = new Date("2026-11-22T23:00:00Z");
  equal((await login(venue, week.organization, week.user))["Session-Timeout"], 100);

  const total = await guest(venue, ["Max-All-Session", "100"], "UTC");
  await use(venue, total.organization, total.user, { at: "2026-11-22T22:59:59Z", seconds: 99 });
  venue.clock.at = new Date("2036-11-22T22:59:59Z");
  equal((await login(venue, total.organization, total.user))["Session-Timeout"], 1);
  await venue.close();
});

Deno.test("usage beyond 2^63 octets is a used-up quota, not a failure", async () => {
  const venue = await memoryVenue();
  const { organization, user } = await guest(venue, ["Max-Daily-Session-Traffic", "1000"], "UTC");
  for (const id of ["one", "two", "three"]) {
    await venue.post("accounting", organization, {
      status_type: "Stop",
      unique_id: id,
      session_id: id,
      nas_ip_address: "10.0.0.1",
      username: user.username,
      input_octets: "9223372036854775807",
      output_octets: "9223372036854775807",
    });
  }
  equal((await login(venue, organization, user))["control:Auth-Type"], "Reject");
  deepEqual(venue.faults, []);
  await venue.close();
});
