import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { type MemoryVenue, memoryVenue } from "../support/memory_venue.ts";

const mocked = () => memoryVenue({ settings: { captivePortalMock: true } });

async function submit(venue: MemoryVenue, action: "login" | "logout", fields: Record<string, string>) {
  const response = await venue.fetch(`/captive-portal-mock/${action}/`, {
    method: "POST",
    headers: { origin: "https://login.example.org" },
    body: new URLSearchParams(fields),
  });
  equal(response.status, 200);
  match(response.headers.get("content-type") ?? "", /^text\/plain/);
  equal(response.headers.get("x-frame-options"), null);
  equal(response.headers.get("content-security-policy"), null);
  return await response.text();
}

const sessions = (venue: MemoryVenue) => venue.rows("select * from radacct order by acctstarttime");

async function guest(venue: MemoryVenue) {
  const spot = await venue.addOrganization();
  const user = await venue.addUser({ organizations: [spot] });
  return { spot, user };
}

Deno.test("the mock's log-in opens a session of the token's owner before it answers", async () => {
  const venue = await mocked();
  const { spot, user } = await guest(venue);
  const text = await submit(venue, "login", {
    auth_user: user.username,
    auth_pass: await venue.token(user, spot),
  });
  equal(text, "logged in");
  const [session] = await sessions(venue);
  deepEqual(
    [session?.user_id, session?.organization_id, session?.username, session?.acctstoptime],
    [user.id, spot.id, user.username, null],
  );
  deepEqual(
    [session?.callingstationid, session?.calledstationid, session?.nasipaddress],
    ["00:00:00:00:00:00", "11:00:00:00:00:11", "127.0.0.1"],
  );
  match(String(session?.acctsessionid), /^[0-9a-f]{32}$/);
  await venue.close();
});

Deno.test("the mock opens no second session, neither for a repetition nor for two log-ins at once", async () => {
  const venue = await mocked();
  const { spot, user } = await guest(venue);
  const other = await venue.addUser({ organizations: [spot] });
  const key = await venue.token(user, spot);
  await Promise.all([1, 2, 3, 4].map(() => submit(venue, "login", { password: key })));
  venue.clock.pass(120_000);
  await submit(venue, "login", { auth_pass: await venue.token(user, spot) });
  equal((await sessions(venue)).length, 1);
  await submit(venue, "login", { auth_pass: await venue.token(other, spot) });
  const open = await venue.rows("select user_id from radacct where acctstoptime is null order by rowid");
  deepEqual(open.map(({ user_id }) => user_id), [user.id, other.id]);
  await venue.close();
});

Deno.test("the mock's log-out closes the session as the guest's wish, with time and some traffic", async () => {
  const venue = await mocked();
  const { spot, user } = await guest(venue);
  await submit(venue, "login", { auth_pass: await venue.token(user, spot) });
  const [open] = await sessions(venue);
  venue.clock.pass(90_000);
  equal(await submit(venue, "logout", { logout_id: String(open?.acctsessionid) }), "logged out");
  const [closed] = await sessions(venue);
  deepEqual(
    [closed?.acctterminatecause, closed?.acctsessiontime, closed?.closed_by],
    ["User-Request", 90, "nas"],
  );
  notEqual(closed?.acctstoptime, null);
  notEqual(Number(closed?.acctinputoctets) + Number(closed?.acctoutputoctets), 0);
  const before = JSON.stringify(closed);
  await submit(venue, "logout", { logout_id: String(open?.acctsessionid) });
  equal(JSON.stringify((await sessions(venue))[0]), before);

  await submit(venue, "login", { auth_pass: await venue.token(user, spot) });
  equal((await sessions(venue)).length, 2);
  await venue.close();
});

Deno.test("the mock answers 200 to everybody, and does nothing for nobody's token, strangers and the deactivated", async () => {
  const venue = await mocked();
  const spot = await venue.addOrganization();
  const stranger = await venue.addUser();
  const inactive = await venue.addUser({ organizations: [spot], isActive: false });
  for (
    const fields of [
      {},
      { auth_pass: "" },
      { auth_pass: "x".repeat(40) },
      { auth_pass: await venue.token(stranger, spot) },
      { auth_pass: await venue.token(inactive, spot) },
    ]
  ) {
    await submit(venue, "login", fields);
  }
  await submit(venue, "logout", {});
  await submit(venue, "logout", { logout_id: "nothing" });
  equal((await sessions(venue)).length, 0);
  deepEqual(venue.faults, []);
  await venue.close();
});

Deno.test("the mock is not there unless a setting says so", async () => {
  const venue = await memoryVenue();
  for (const action of ["login", "logout"]) {
    equal((await venue.fetch(`/captive-portal-mock/${action}/`, { method: "POST" })).status, 404);
  }
  await venue.close();
});

Deno.test("the mock is told forms alone", async () => {
  const venue = await mocked();
  for (const action of ["login", "logout"]) {
    for (const [method, status] of [["GET", 405], ["OPTIONS", 200]] as const) {
      const response = await venue.fetch(`/captive-portal-mock/${action}/`, { method });
      deepEqual([response.status, response.headers.get("allow")], [status, "POST, OPTIONS"]);
      await response.body?.cancel();
    }
  }
  await venue.close();
});
