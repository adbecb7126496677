import { deepEqual, equal, ok } from "node:assert/strict";
import { countAtMost, countInWindow } from "../../src/storage/count_in_window.ts";
import { isConflict } from "../../src/storage/database.ts";
import { memoryVenue } from "../support/memory_venue.ts";

const COUNTED = { scope: "mails", client: "ada", windowSeconds: 60 };

Deno.test("of many at once countAtMost() lets through just as many as there may be, each whole", async () => {
  const { db, clock, rows, close } = await memoryVenue();
  const note = {
    sql: "insert into installation (name, value) values (lower(hex(randomblob(8))), '')",
    args: [],
  };
  const attempts = await Promise.allSettled(
    Array.from(
      { length: 20 },
      () => db.state.$client.batch([note, ...countAtMost(COUNTED, 3, clock.at), note], "write"),
    ),
  );
  const failed = attempts.filter((attempt) => attempt.status === "rejected");
  equal(failed.length, 17);
  for (const { reason } of failed) ok(isConflict(reason));
  deepEqual(await rows("select count(*) as notes from installation where length(name) = 16"), [{ notes: 6 }]);
  deepEqual(await rows("select requests from throttle"), [{ requests: 3 }]);

  clock.pass(60_000);
  await db.state.$client.batch(countAtMost(COUNTED, 3, clock.at), "write");
  await close();
});

Deno.test("both ways of counting count the same", async () => {
  const { db, clock, close } = await memoryVenue();
  await db.state.$client.batch(countAtMost(COUNTED, 9, clock.at), "write");
  const { requests, secondsLeft } = await countInWindow(db.state, COUNTED, clock.at);
  deepEqual([requests, secondsLeft], [2, 60]);
  await close();
});
