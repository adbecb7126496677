import { deepEqual, equal, match } from "node:assert/strict";
import {
  type MemoryVenue,
  memoryVenue,
  type MemoryVenueOptions,
  type TestOrganization,
  type TestUser,
} from "../../support/memory_venue.ts";
import { askAccount } from "./guest_client.ts";

const LOGIN_URL = "https://wifi.example.org/login";

Deno.test("a user is told of a session that began, in her language, with a link that logs her in", async () => {
  const { venue, alpha, ada } = await guest();
  await venue.rows("insert into user_state (user_id, language) values (?, 'it')", [ada.id]);
  equal((await start(venue, alpha)).status, 201);
  const [mail, ...more] = await mails(venue);
  equal(more.length, 0);
  equal(mail?.to, "ada@example.org");
  match(mail?.text ?? "", /ada/);
  match(mail?.html ?? "", /lang="it"/);
  const [, token] = /sesame=([A-Za-z0-9]{40})/.exec(mail?.text ?? "") ?? [];
  const answer = await askAccount(venue, alpha, "token/", new URLSearchParams(), {
    authorization: `sesame ${token}`,
  });
  deepEqual([answer.status, answer.json.username], [200, "ada"]);
  equal(venue.sent.wakes, 1);
  await venue.close();
});

Deno.test("31: a Start that is repeated, and what follows it, sends no second mail", async () => {
  const { venue, alpha } = await guest();
  for (const status of ["Start", "Start", "Interim-Update", "Stop"]) {
    await start(venue, alpha, { status_type: status });
  }
  equal((await mails(venue)).length, 1);
  await start(venue, alpha, { unique_id: "2", session_id: "2", status_type: "Interim-Update" });
  await start(venue, alpha, { unique_id: "2", session_id: "2" });
  equal((await mails(venue)).length, 1);
  await venue.close();
});

Deno.test("nobody is told where that is not wanted, not possible, or not proven to be her address", async () => {
  const { venue, alpha } = await guest();
  const packets = [
    { framed_protocol: "PPP" },
    { username: "stranger" },
    { status_type: "Stop" },
  ];
  for (const [at, packet] of packets.entries()) await start(venue, alpha, { unique_id: `p${at}`, ...packet });
  const states = [
    "update organization_radius_settings set session_mail_enabled = 0",
    "update organization_radius_settings set session_mail_enabled = null, magic_links_enabled = 0",
    "update organization_radius_settings set magic_links_enabled = null, login_url = null",
    `update organization_radius_settings set login_url = '${LOGIN_URL}'; update email_address set verified = 0`,
    `update email_address set verified = 1, "primary" = 0`,
    `update email_address set "primary" = 1; update user set is_active = 0`,
    "update user set is_active = 1; delete from organization_user",
  ];
  for (const [at, state] of states.entries()) {
    await venue.client.executeMultiple(state);
    venue.db.cache.clear();
    equal((await start(venue, alpha, { unique_id: `s${at}` })).status, 201);
  }
  deepEqual(await mails(venue), []);
  equal((await venue.rows("select 1 from magic_link")).length, 0);
  await venue.close();
});

Deno.test("a mail that cannot be queued fails no accounting", async () => {
  const { venue, alpha } = await guest();
  await venue.rows("drop table outbox");
  equal((await start(venue, alpha)).status, 201);
  equal((await venue.rows("select 1 from radacct")).length, 1);
  await venue.close();
  equal(venue.faults.length, 1);
});

async function guest(options: MemoryVenueOptions = {}) {
  const venue = await memoryVenue(options);
  const alpha = await venue.addOrganization({ settings: { loginUrl: LOGIN_URL } });
  const ada: TestUser = await venue.addUser({ username: "ada", organizations: [alpha] });
  await venue.rows(
    `insert into email_address (user_id, email, email_key, verified, "primary") values (?, ?, ?, 1, 1)`,
    [ada.id, "ada@example.org", "ada@example.org"],
  );
  return { venue, alpha, ada };
}

function start(
  venue: MemoryVenue,
  organization: TestOrganization,
  packet: Readonly<Record<string, unknown>> = {},
) {
  return venue.post("accounting", organization, {
    unique_id: "1",
    session_id: "1",
    nas_ip_address: "10.0.0.1",
    username: "ada",
    status_type: "Start",
    ...packet,
  });
}

/** Everything that was sent until now. */
async function mails(venue: MemoryVenue) {
  await venue.deliver();
  return venue.sent.mails;
}
