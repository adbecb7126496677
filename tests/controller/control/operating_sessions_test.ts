import { deepEqual, equal } from "node:assert/strict";
import { venueControl } from "../../../src/controller/control/venue_control.ts";
import { controllerVenue, zoneNamed } from "../../support/controller_venue.ts";

const MAC = "5c:7d:c1:72:a7:3b";

Deno.test("an operator lets a station in, sees it, and ends its session with a record of that", async () => {
  const venue = await controllerVenue();
  const { controller, gate } = venue;
  const control = venueControl({ controller, now: () => venue.venue.clock.at });
  await venue.arrive(MAC, "10.1.0.7");
  equal((await control.stations({}))[0]?.state, "stranger");

  const admitted = await control.authorize({ mac: "5C7DC172A73B", username: "carl", session_timeout: 60 });
  deepEqual([admitted.state, admitted.username], ["open", "carl"]);
  deepEqual(gate.passing.map(({ mac }) => mac), [MAC]);
  await venue.pass(5);
  const [seen] = await control.stations({});
  deepEqual([seen?.session_time, seen?.session_id], [5, admitted.session_id]);
  equal((await control.station({ who: "carl" })).limits?.session_timeout, 60);

  const [ended] = await control.disconnect({ who: "carl" });
  deepEqual([ended?.state, ended?.session_time], ["stranger", 5]);
  deepEqual(gate.passing, []);
  const [record] = await venue.records();
  deepEqual([record?.username, record?.session, record?.cause, record?.seconds], [
    "carl",
    admitted.session_id,
    "Admin-Reset",
    5,
  ]);
  await venue.close();
});

Deno.test("a bypass is live with the reload, and nobody else is interrupted", async () => {
  const venue = await controllerVenue();
  const control = venueControl({ controller: venue.controller, now: () => venue.venue.clock.at });
  await venue.arrive(MAC, "10.1.0.7");
  await venue.arrive("5c:7d:c1:72:a7:3c", "10.1.0.8");
  await venue.logOn(MAC);
  const { session_id: id } = await control.station({ who: MAC });

  venue.zones = [zoneNamed(venue.organization, "guests", { bypass: ["5c:7d:c1:72:a7:3c"] })];
  equal((await control.reload({})).zones.length, 1);

  deepEqual((await control.stations({})).map(({ state, session_id }) => [state, session_id]), [
    ["open", id],
    ["bypass", null],
  ]);
  await venue.close();
});
