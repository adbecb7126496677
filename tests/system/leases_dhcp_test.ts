import { deepEqual, equal } from "node:assert/strict";
import { leasesLab, seenAs, udhcpc } from "./leases_lab.ts";
import { stationMac } from "./network_namespace.ts";

Deno.test("a station gets an address, and is told within a second", async () => {
  await using venue = await leasesLab({ domain: "guests.test", mtu: 1400 }, {
    captivePortalUrl: () => "https://guests.example.org/api?a=1,2",
  });
  await venue.serve();
  const station = await venue.lab.station(1);

  const lease = await udhcpc(station);
  const since = Date.now();
  const address = await seenAs(venue.seen, stationMac(1));

  deepEqual(venue.faults, []);
  equal(address, lease.ip);
  equal(Date.now() - since < 1000, true);
});
