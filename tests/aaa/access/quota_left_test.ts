import { deepEqual, equal } from "node:assert/strict";
import { quotaLeft } from "../../../src/aaa/access/quota_left.ts";
import { findOrganization } from "../../../src/aaa/identity/organization_record.ts";
import { type MemoryVenue, memoryVenue, type TestOrganization } from "../../support/memory_venue.ts";

async function leftOf(venue: MemoryVenue, { id }: TestOrganization, name: string) {
  const record = await findOrganization(venue.db, venue.deps.settings, id, venue.deps.now());
  return record && await quotaLeft(venue.deps, record, name, venue.deps.now());
}

Deno.test("what is left of a user's quotas is the least of each kind, as far as it is on record", async () => {
  const venue = await memoryVenue({
    settings: { counters: ["DailyCounter", "WeeklyCounter", "DailyTrafficCounter"] },
  });
  const organization = await venue.addOrganization();
  const group = await venue.addGroup(organization.id, {
    checks: [
      ["Max-Daily-Session", ":=", "1000"],
      ["Max-Weekly-Session", ":=", "900"],
      ["Max-Daily-Session-Traffic", ":=", "5000"],
    ],
  });
  const user = await venue.addUser({ username: "nemo", organizations: [organization], groups: [group] });
  deepEqual(await leftOf(venue, organization, "nemo"), { userId: user.id, seconds: 900, octets: 5000 });

  await venue.post("accounting", organization, {
    status_type: "Interim-Update",
    unique_id: "u",
    session_id: "s",
    nas_ip_address: "10.0.0.1",
    username: "nemo",
    session_time: 950,
    input_octets: 1000,
    output_octets: 500,
  });

  deepEqual(await leftOf(venue, organization, "nemo"), { userId: user.id, seconds: -50, octets: 3500 });
  await venue.close();
});

Deno.test("a stranger has no quota, nor has a member without a check", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization();
  const group = await venue.addGroup(organization.id, { checks: [["Simultaneous-Use", ":=", "1"]] });
  await venue.addUser({ username: "free", organizations: [organization], groups: [group] });
  await venue.addUser({ username: "alone", organizations: [organization] });

  for (const name of ["free", "alone", "nobody"]) equal(await leftOf(venue, organization, name), null);
  await venue.close();
});
