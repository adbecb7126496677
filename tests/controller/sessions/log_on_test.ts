import { deepEqual, equal, match } from "node:assert/strict";
import { controllerVenue } from "../../support/controller_venue.ts";

const MAC = "5c:7d:c1:72:a7:3b";

Deno.test("a log-on opens the gate, and its Start is on record", async () => {
  const venue = await controllerVenue();
  await venue.arrive(MAC, "10.1.0.7");

  const outcome = await venue.logOn(MAC);

  equal(outcome.kind, "accepted");
  equal(outcome.station.state, "open");
  match(outcome.station.sessionId, /^\d{10}00000001$/);
  deepEqual(venue.gate.passing.map(({ mac, addresses }) => ({ mac, addresses })), [
    { mac: MAC, addresses: ["10.1.0.7"] },
  ]);
  const [record] = await venue.records();
  deepEqual(record, {
    username: "nemo",
    session: outcome.station.sessionId,
    seconds: 0,
    input: 0,
    output: 0,
    cause: null,
    started: "2026-11-22 12:00:00.000000",
    stopped: null,
    calling: "5C-7D-C1-72-A7-3B",
    called: "02-00-5E-00-00-FE",
    ip: "10.1.0.7",
    nas: "10.1.0.1",
  });
  await venue.close();
});
