import { deepEqual, equal } from "node:assert/strict";
import { type MemoryVenue, memoryVenue, type TestOrganization } from "../../support/memory_venue.ts";

async function limitedTo(limit: number) {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization();
  const group = await venue.addGroup(organization.id, {
    checks: [["Simultaneous-Use", ":=", String(limit)]],
  });
  const { username } = await venue.addUser({
    organizations: [organization],
    groups: [group],
    password: "secret",
  });
  return { venue, organization, username };
}

async function logIn(venue: MemoryVenue, organization: TestOrganization, username: string, station?: string) {
  const stations = station ? { called_station_id: "AP", calling_station_id: station } : {};
  return (await venue.post("authorize", organization, { username, password: "secret", ...stations })).status;
}

Deno.test("a place that expired does not come back to life before those who came later", async () => {
  const { venue, organization, username } = await limitedTo(1);
  equal(await logIn(venue, organization, username, "A"), 200);
  venue.clock.pass(11_000);
  equal(await logIn(venue, organization, username, "B"), 200);
  venue.clock.pass(1_000);
  equal(await logIn(venue, organization, username, "A"), 401);
  await venue.close();
});

Deno.test("a Start takes over a place that is still held, not one that expired", async () => {
  const { venue, organization, username } = await limitedTo(2);
  equal(await logIn(venue, organization, username, "C1"), 200);
  venue.clock.pass(12_000);
  equal(await logIn(venue, organization, username), 200);
  const start = {
    status_type: "Start",
    unique_id: "a",
    session_id: "a",
    nas_ip_address: "10.0.0.1",
    username,
    called_station_id: "AP",
    calling_station_id: "C2",
  };
  equal((await venue.post("accounting", organization, start)).status, 201);
  equal(await logIn(venue, organization, username, "C3"), 200);
  equal(await logIn(venue, organization, username, "C4"), 401);
  await venue.close();
});

Deno.test("a Start of another pair takes over the oldest place alone", async () => {
  const { venue, organization, username } = await limitedTo(9);
  for (const station of ["C1", "C2", "C3"]) {
    equal(await logIn(venue, organization, username, station), 200);
    venue.clock.pass(1_000);
  }
  const start = {
    status_type: "Start",
    unique_id: "a",
    session_id: "a",
    nas_ip_address: "10.0.0.1",
    username,
    called_station_id: "AP",
    calling_station_id: "C4",
  };
  const places = async () =>
    (await venue.rows("select pair from login_place order by id")).map(({ pair }) => pair);
  equal((await venue.post("accounting", organization, start)).status, 201);
  deepEqual(await places(), ["AP|C2", "AP|C3"]);
  await venue.post("accounting", organization, { ...start, unique_id: "b", calling_station_id: "C3" });
  deepEqual(await places(), ["AP|C2"]);
  await venue.close();
});
