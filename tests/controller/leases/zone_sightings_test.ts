import { deepEqual, equal } from "node:assert/strict";
import { zoneSightings } from "../../../src/controller/leases/zone_sightings.ts";
import type { Sighting } from "../../../src/controller/sighting.ts";
import { testZone } from "./test_zone.ts";

const ONE = "02:aa:00:00:00:01";
const TWO = "02:aa:00:00:00:02";

function watched(options: Readonly<Record<string, unknown>> = {}) {
  const told: string[] = [];
  const forgotten: string[] = [];
  let time = Date.UTC(2026, 10, 22, 12);
  const tell = (what: string) => ({ mac, address }: Sighting) =>
    told.push(`${what} ${mac.slice(-2)} ${address}`);
  const sightings = zoneSightings({
    zone: testZone({ lease: 600, ...options }),
    now: () => new Date(time),
    seen: tell("seen"),
    gone: tell("gone"),
    forget: (address) => forgotten.push(address),
  });
  return {
    ...sightings,
    told: () => told.splice(0),
    forgotten,
    pass: (seconds: number) => time += seconds * 1000,
    speaks: (mac: string | null, address: string, proven = false) =>
      sightings.neighbour({ mac, address, proven }),
    begins: (mac: string, address: string) => sightings.lease({ kind: "begun", mac, address }),
    ends: (mac: string, address: string) => sightings.lease({ kind: "ended", mac, address }),
  };
}

Deno.test("a lease is seen and gone with what dnsmasq says, and the kernel forgets it", () => {
  const zone = watched();
  zone.begins(ONE, "10.1.0.20");
  zone.ends(TWO, "10.1.0.20");
  deepEqual(zone.told(), ["seen 01 10.1.0.20"]);
  zone.ends(ONE, "10.1.0.20");
  deepEqual(zone.told(), ["gone 01 10.1.0.20"]);
  deepEqual(zone.forgotten, ["10.1.0.20"]);
});

Deno.test("a leased address is its station's only, whoever else speaks under it", () => {
  const zone = watched();
  zone.begins(ONE, "10.1.0.20");
  zone.speaks(ONE, "10.1.0.20", true);
  equal(zone.at("10.1.0.20")?.mac, ONE);
  zone.pass(300);
  zone.speaks(TWO, "10.1.0.20", true);
  deepEqual(zone.told(), ["seen 01 10.1.0.20"]);
  equal(zone.at("10.1.0.20"), null);
  equal(zone.leaseOf("10.1.0.20")?.mac, ONE);
});

Deno.test("a lease takes the address from who used it without one", () => {
  const zone = watched();
  zone.speaks(TWO, "10.1.0.20");
  zone.begins(ONE, "10.1.0.20");
  deepEqual(zone.told(), ["seen 02 10.1.0.20", "gone 02 10.1.0.20", "seen 01 10.1.0.20"]);
});

Deno.test("a station with a lease has no other IPv4 address; it moves without being away", () => {
  const zone = watched();
  zone.speaks(ONE, "10.1.0.7");
  zone.begins(ONE, "10.1.0.20");
  deepEqual(zone.told(), ["seen 01 10.1.0.7", "seen 01 10.1.0.20", "gone 01 10.1.0.7"]);
  zone.speaks(ONE, "10.1.0.7", true);
  zone.speaks(ONE, "fd00:1::7", true);
  deepEqual(zone.told(), ["seen 01 fd00:1::7"]);
});

Deno.test("a reserved address is nobody else's, also before its station has come", () => {
  const zone = watched({ dhcphost: [`${ONE}=10.1.0.9`] });
  zone.speaks(TWO, "10.1.0.9", true);
  deepEqual(zone.told(), []);
  zone.speaks(ONE, "10.1.0.9", true);
  deepEqual(zone.told(), ["seen 01 10.1.0.9"]);
});

Deno.test("only addresses of the zone that a station can have are seen", () => {
  const zone = watched();
  for (
    const address of ["fe80::1", "10.2.0.5", "10.1.0.1", "10.1.0.0", "10.1.0.255", "fd00:1::1", "fd00:2::5"]
  ) {
    zone.speaks(ONE, address, true);
  }
  deepEqual(zone.told(), []);
});

Deno.test("an address without a lease is another's only after its station has been silent for a minute", () => {
  const zone = watched();
  zone.speaks(ONE, "fd00:1::5");
  zone.pass(50);
  zone.speaks(ONE, "fd00:1::5", true);
  zone.pass(50);
  zone.speaks(TWO, "fd00:1::5", true);
  equal(zone.at("fd00:1::5"), null);
  deepEqual(zone.told(), ["seen 01 fd00:1::5"]);
  zone.pass(11);
  zone.speaks(TWO, "fd00:1::5", true);
  deepEqual(zone.told(), ["gone 01 fd00:1::5", "seen 02 fd00:1::5"]);
});

Deno.test("a silent station is asked for, and gone after the time of a lease", () => {
  const zone = watched({ lease: 600 });
  zone.speaks(ONE, "fd00:1::5");
  zone.begins(TWO, "10.1.0.20");
  zone.pass(300);
  deepEqual(zone.sweep(), []);
  zone.pass(1);
  deepEqual(zone.sweep(), ["fd00:1::5"]);
  zone.speaks(ONE, "fd00:1::5", true);
  zone.pass(600);
  deepEqual(zone.sweep(), ["fd00:1::5"]);
  // An entry that lingers proves nothing.
  zone.speaks(ONE, "fd00:1::5");
  zone.speaks(null, "fd00:1::5");
  zone.told();
  zone.pass(1);
  deepEqual(zone.sweep(), []);
  deepEqual(zone.told(), ["gone 01 fd00:1::5"]);
  deepEqual(zone.forgotten, ["fd00:1::5"]);
});

Deno.test("the lease file makes good what was missed; one look that misses a lease ends nothing", () => {
  const zone = watched();
  const lease = (mac: string, address: string) => ({ mac, address, endsAt: 0 });
  zone.begins(ONE, "10.1.0.20");
  zone.leases([lease(TWO, "10.1.0.21")]);
  deepEqual(zone.told(), ["seen 01 10.1.0.20", "seen 02 10.1.0.21"]);
  zone.leases([lease(ONE, "10.1.0.20"), lease(TWO, "10.1.0.21")]);
  zone.leases([]);
  deepEqual(zone.told(), []);
  zone.leases([lease(TWO, "10.1.0.21")]);
  deepEqual(zone.told(), ["gone 01 10.1.0.20"]);
});

Deno.test("one station's many addresses take no more than its own room", () => {
  const zone = watched();
  zone.begins(ONE, "10.1.0.20");
  for (let n = 1; n <= 40; n += 1) {
    zone.pass(1);
    zone.speaks(ONE, `fd00:1::${n.toString(16)}f`);
  }
  const told = zone.told();
  equal(told.filter((line) => line.startsWith("gone")).length, 8);
  equal(told.includes("gone 01 fd00:1::1f"), true);
  equal(told.includes("gone 01 10.1.0.20"), false);
  equal(zone.all().length, 33);
});

Deno.test("addresses that are said in a station's name push out none that it was found at", () => {
  const zone = watched();
  zone.speaks(ONE, "fd00:1::aaaa");
  zone.speaks(ONE, "fd00:1::aaaa", true);
  zone.speaks(ONE, "fd00:1::bbbb", true);
  zone.pass(30);
  zone.speaks(ONE, "fd00:1::cccc");
  for (let host = 1; host <= 100; host++) zone.speaks(ONE, `fd00:1::${host}`);
  for (const address of ["fd00:1::aaaa", "fd00:1::bbbb", "fd00:1::100"]) {
    equal(zone.at(address)?.mac, ONE, address);
  }
  equal(zone.at("fd00:1::cccc"), null);
  equal(zone.all().length, 32);
});

Deno.test("what the kernel no longer lists is not answered from memory", () => {
  const zone = watched();
  zone.speaks(ONE, "fd00:1::5");
  zone.neighbours([]);
  equal(zone.at("fd00:1::5"), null);
  deepEqual(zone.told(), ["seen 01 fd00:1::5"]);
});
