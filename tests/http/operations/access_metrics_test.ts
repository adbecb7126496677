import { deepEqual } from "node:assert/strict";
import { localAuthority } from "../../../src/controller/authority/local_authority.ts";
import { accessMetrics } from "../../../src/http/operations/access_metrics.ts";
import { controllerVenue } from "../../support/controller_venue.ts";
import { memoryVenue } from "../../support/memory_venue.ts";

Deno.test("stations are counted by zone and state, and their log-ons with everybody's", async () => {
  const shared = await memoryVenue();
  const { client } = shared;
  const hotspot = await controllerVenue({ client, parts: { authority: localAuthority(shared.deps) } });
  await shared.addUser({ username: "nemo", password: "secret", organizations: [hotspot.organization] });
  await hotspot.arrive("00:00:5e:10:00:01", "10.1.0.2");
  await hotspot.arrive("00:00:5e:10:00:02", "10.1.0.3");
  await hotspot.logOn("00:00:5e:10:00:01");
  await hotspot.logOn("00:00:5e:10:00:02", "nobody");

  const stations = () => hotspot.controller.stations();
  const lines = [...accessMetrics({ ...shared.deps, stations })];
  deepEqual(lines.filter((line) => !line.startsWith("#") && !line.endsWith(" 0")), [
    'portico_access_decisions_total{reason="accepted",check=""} 1',
    'portico_access_decisions_total{reason="unknown_user",check=""} 1',
    'portico_stations{organization="default",zone="guests",state="open"} 1',
    'portico_stations{organization="default",zone="guests",state="stranger"} 1',
  ]);
  await hotspot.venue.close();
  await shared.close();
});
