import { deepEqual, equal } from "node:assert/strict";
import { dnsmasqWhereabouts } from "../../src/controller/leases/dnsmasq_whereabouts.ts";
import type { Sighting } from "../../src/controller/sighting.ts";
import { timers } from "../../src/controller/timers.ts";
import { box as machine } from "../../src/runtime/box.ts";
import { testZone } from "../controller/leases/test_zone.ts";
import { seenAs, udhcpc } from "./leases_lab.ts";
import { askDhcpv6, askDns } from "./leases_wire.ts";
import { namespaceLab, stationMac } from "./network_namespace.ts";

Deno.test("two zones on one box have their own addresses, names and stations", async () => {
  await using lab = await namespaceLab(["lan0", "lan1"]);
  const guests = testZone({ uamhostname: "here.test", domain: "guests.test" });
  const staff = {
    ...testZone({ interface: ["lan1"], address: ["10.2.0.1/24", "fd00:2::1/64"], uamhostname: "here.test" }),
    id: "0190d5a0-0000-7000-8000-000000000002",
    name: "staff",
  };
  for (const { options } of [guests, staff]) {
    const device = options.interface[0] ?? "";
    for (const address of options.address) await lab.box.must("ip", "address", "add", address, "dev", device);
    await lab.box.must("ip", "link", "set", device, "up");
  }
  const seen: Sighting[] = [];
  const faults: unknown[] = [];
  const folder = await Deno.makeTempDir();
  const whereabouts = dnsmasqWhereabouts({
    box: lab.box,
    folder,
    deviceOf: ({ options }) => options.interface[0] ?? "",
    captivePortalUrl: ({ name }) => `https://${name}.example.org/api`,
    gardenSets: () => ({ ipv4: "inet#garden#names4", ipv6: "inet#garden#names6" }),
    now: () => new Date(),
    every: timers.every,
    reportFault: (fault) => faults.push(fault),
  });
  try {
    await whereabouts.serve([guests, staff], (sighting) => seen.push(sighting), () => {});
    const guest = await lab.station(1, "lan0");
    const clerk = await lab.station(2, "lan1");

    const ofGuest = await udhcpc(guest);
    const ofClerk = await udhcpc(clerk);

    deepEqual(faults, []);
    deepEqual([ofGuest.router, ofGuest.domain], ["10.1.0.1", "guests.test"]);
    deepEqual([ofClerk.router, ofClerk.domain], ["10.2.0.1", undefined]);
    deepEqual((await askDns(guest, "here.test"))?.addresses, ["10.1.0.1"]);
    deepEqual((await askDns(clerk, "here.test", "A", { server: "10.2.0.1" }))?.addresses, ["10.2.0.1"]);
    equal(await askDns(guest, "here.test", "A", { server: "10.2.0.1" }), null);
    for (const [station, name] of [[guest, "guests"], [clerk, "staff"]] as const) {
      const [portal] = (await askDhcpv6(station, 103)).filter(({ type }) => type === 103);
      equal(new TextDecoder().decode(portal?.value), `https://${name}.example.org/api`);
    }
    await seenAs(seen, stationMac(1));
    await seenAs(seen, stationMac(2));
    equal(seen.find(({ mac }) => mac === stationMac(1))?.zoneId, guests.id);
    equal(seen.find(({ mac }) => mac === stationMac(2))?.zoneId, staff.id);
    equal(await whereabouts.find(staff.id, ofGuest.ip ?? ""), null);
  } finally {
    await whereabouts.stop();
    await machine.remove(folder);
  }
});
