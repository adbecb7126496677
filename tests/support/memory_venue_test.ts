import { deepEqual, equal } from "node:assert/strict";
import { memoryVenue } from "./memory_venue.ts";

Deno.test("memoryVenue() answers like a venue: a user logs in, is accounted and is listed", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization();
  const groupId = await venue.addGroup(alpha.id, { checks: [["Max-Daily-Session", ":=", "1000"]] });
  const ada = await venue.addUser({ username: "ada", organizations: [alpha], groups: [groupId] });
  const password = await venue.token(ada, alpha);

  const login = await venue.post("authorize", alpha, { username: "ada", password });
  deepEqual(JSON.parse(login.text), { "control:Auth-Type": "Accept", "Session-Timeout": 1000 });
  const packet = { unique_id: "1", session_id: "1", nas_ip_address: "10.0.0.1", username: "ada" };
  const stored = await venue.post("accounting", alpha, { ...packet, status_type: "Start" });
  equal(stored.status, 201);
  venue.clock.pass(60_000);
  equal(
    (await venue.post("accounting", alpha, { ...packet, status_type: "Stop", session_time: 60 })).status,
    200,
  );
  deepEqual(await venue.rows("select username, acctsessiontime from radacct"), [
    { username: "ada", acctsessiontime: 60 },
  ]);
  equal((await venue.fetch("/api/v1/freeradius/accounting/", { from: "192.0.2.1" })).status, 403);
  deepEqual(venue.faults, []);
  await venue.close();
});
