import { deepEqual } from "node:assert/strict";
import { forgetCodes } from "../../src/jobs/forget_codes.ts";
import { memoryVenue } from "../support/memory_venue.ts";

Deno.test("whom codes were sent to is forgotten after thirty days, what still counts is not", async () => {
  const venue = await memoryVenue({ now: new Date("2026-11-22T12:00:00Z") });
  for (
    const created of [
      "2026-10-23 11:59:59.999000",
      "2026-10-23 12:00:00.000000",
      "2026-11-22 11:59:00.000000",
    ]
  ) {
    await venue.rows(
      `insert into phone_token (id, user_id, organization_id, token, phone_number, ip, valid_until, created, modified)
       values (?, 'u', 'o', 't', '+39', '', '', ?, '')`,
      [created, created],
    );
  }
  await forgetCodes(venue.db, venue.deps.now());
  deepEqual(
    (await venue.rows("select created from phone_token order by created")).map(({ created }) => created),
    [
      "2026-10-23 12:00:00.000000",
      "2026-11-22 11:59:00.000000",
    ],
  );
  await venue.close();
});
