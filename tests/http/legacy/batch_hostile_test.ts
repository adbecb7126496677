import { equal, match } from "node:assert/strict";
import { memoryVenue } from "../../support/memory_venue.ts";

Deno.test("a strategy that is an object with a toString of its own is 400, not a fault", async () => {
  const token = "a".repeat(40);
  const venue = await memoryVenue({ settings: { legacyApiToken: token } });
  await venue.addOrganization({ slug: "default" });
  const response = await venue.fetch("/api/v1/batch/", {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: '{"name":"x","strategy":{"toString":1}}',
  });
  equal(response.status, 400);
  match(await response.text(), /"strategy":\["[^"\\]*\\?".*is not a valid choice/);
  equal(venue.faults.length, 0);
  await venue.close();
});
