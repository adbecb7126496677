import { deepEqual, equal, ok } from "node:assert/strict";
import type { Client } from "@libsql/client";
import { createApp } from "../../../src/app.ts";
import { type Database, type Handle, venueDatabase } from "../../../src/storage/database.ts";
import { type MemoryVenue, memoryVenue } from "../../support/memory_venue.ts";

Deno.test("/healthz writes once for all that ask within a second", async () => {
  const venue = await memoryVenue();
  const { app, writes } = watched(venue, (write) => write());
  const answers = await Promise.all(Array.from({ length: 50 }, () => health(app)));
  deepEqual(answers[49], { status: 200, body: { status: "ok", directory: "ok", ledger: "ok", state: "ok" } });
  equal(writes(), 1);
  venue.clock.pass(999);
  await health(app);
  equal(writes(), 1);
  venue.clock.pass(1);
  await health(app);
  equal(writes(), 2);
  await venue.close();
});

Deno.test("/healthz says which part cannot be written, and nothing else about it", async () => {
  const venue = await memoryVenue();
  const { app } = watched(
    venue,
    () => Promise.reject(new Error("secret path /var/lib/x: disk full")),
    "ledger",
  );
  const { status, body } = await health(app);
  equal(status, 503);
  deepEqual(body, { status: "failing", directory: "ok", ledger: "failed", state: "ok" });
  equal(venue.faults.length, 1);
  await venue.close();
});

Deno.test("/healthz answers within 2 s while a write hangs, begins no second one, and recovers", async () => {
  const venue = await memoryVenue();
  let release = () => {};
  const hangs = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { app, writes } = watched(venue, (write) => hangs.then(write), "state");
  const begun = performance.now();
  const [first, second] = await Promise.all([health(app), health(app)]);
  ok(performance.now() - begun < 2_500);
  deepEqual(first, {
    status: 503,
    body: { status: "failing", directory: "ok", ledger: "ok", state: "too slow" },
  });
  deepEqual(second, first);

  venue.clock.pass(5_000);
  const again = performance.now();
  deepEqual(await health(app), first);
  ok(performance.now() - again < 200, "a hanging write is known, nobody waits for it again");
  equal(writes(), 1);

  release();
  await new Promise((resolve) => setTimeout(resolve, 50));
  equal((await health(app)).status, 200);
  await venue.close();
});

type Part = "directory" | "ledger" | "state";

/** The venue's app, the writes of one part (or of all, as one) going through `pass`. */
function watched(venue: MemoryVenue, pass: (write: () => Promise<unknown>) => Promise<unknown>, part?: Part) {
  let writes = 0;
  const client: Client = new Proxy(venue.client, {
    get(target, name) {
      if (name !== "batch") return Reflect.get(target, name).bind?.(target) ?? Reflect.get(target, name);
      return (...args: Parameters<Client["batch"]>) => {
        writes++;
        return pass(() => target.batch(...args));
      };
    },
  });
  const handle: Handle = venueDatabase(client, "node").state;
  const db: Database = part
    ? { ...venue.db, [part]: handle }
    : { ...venue.db, directory: handle, ledger: handle, state: handle };
  return { app: createApp({ ...venue.deps, db }), writes: () => writes };
}

async function health(app: MemoryVenue["app"]) {
  const response = await app.request("/healthz", {}, { from: "127.0.0.1" });
  return { status: response.status, body: await response.json() };
}
