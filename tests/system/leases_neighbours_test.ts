import { deepEqual, equal } from "node:assert/strict";
import { eventually } from "./delay.ts";
import { leasesLab, seenAs, udhcpc } from "./leases_lab.ts";
import { type Namespace, stationMac } from "./network_namespace.ts";

/** Speaks to the box until it answers. */
async function speak(station: Namespace, from: string): Promise<void> {
  const [ping, to] = from.includes(":") ? ["ping6", "fd00:1::1"] : ["ping", "10.1.0.1"];
  await eventually(`an answer to ${from}`, async () => {
    const { code } = await station.run("busybox", [ping, "-c", "1", "-W", "1", "-I", from, to]);
    return code === 0 ? true : undefined;
  });
}

Deno.test("without DHCP a station is seen as soon as it speaks", async () => {
  await using venue = await leasesLab({ dhcp: false });
  await venue.serve();
  equal(await venue.dnsmasqId(), null);
  const station = await venue.lab.station(1);
  await station.must("ip", "address", "add", "10.1.0.40/24", "dev", "eth0");

  await speak(station, "10.1.0.40");
  const since = Date.now();

  equal(await seenAs(venue.seen, stationMac(1)), "10.1.0.40");
  equal(Date.now() - since < 1000, true);
  deepEqual(venue.faults, []);
  deepEqual(await venue.whereabouts.find(venue.zone.id, "10.1.0.40"), {
    zoneId: venue.zone.id,
    mac: stationMac(1),
    address: "10.1.0.40",
  });
  equal(await venue.whereabouts.find(venue.zone.id, "10.1.0.41"), null);
  equal(await venue.whereabouts.find("0190d5a0-0000-7000-8000-000000000002", "10.1.0.40"), null);
});

Deno.test("a station that spoke before is there at once", async () => {
  await using venue = await leasesLab({ dhcp: false });
  const station = await venue.lab.station(1);
  await station.must("ip", "address", "add", "10.1.0.40/24", "dev", "eth0");
  await station.must("ip", "address", "add", "fd00:1::40/64", "dev", "eth0", "nodad");
  await speak(station, "10.1.0.40");
  await speak(station, "fd00:1::40");

  await venue.serve();

  deepEqual(venue.seen.map(({ address }) => address).sort(), ["10.1.0.40", "fd00:1::40"]);
});

Deno.test("whoever takes another's leased address is not that station, nor one of its own", async () => {
  await using venue = await leasesLab();
  await venue.serve();
  const owner = await venue.lab.station(1);
  const thief = await venue.lab.station(2);
  const { ip: address = "" } = await udhcpc(owner);
  await seenAs(venue.seen, stationMac(1));
  await owner.must("ip", "link", "set", "eth0", "down");
  await venue.lab.box.run("ip", ["neigh", "flush", "dev", "lan0"]);

  await thief.must("ip", "address", "add", `${address}/24`, "dev", "eth0");
  await speak(thief, address);

  equal(await venue.whereabouts.find(venue.zone.id, address), null);
  deepEqual(venue.seen.filter(({ mac }) => mac === stationMac(2)), []);
  deepEqual(venue.gone, []);
});

Deno.test("whoever takes another's MAC address gets nothing but its lease", async () => {
  await using venue = await leasesLab();
  await venue.serve();
  const owner = await venue.lab.station(1);
  const thief = await venue.lab.station(2);
  const { ip: address = "" } = await udhcpc(owner);
  await seenAs(venue.seen, stationMac(1));
  await owner.must("ip", "link", "set", "eth0", "down");
  await thief.must("ip", "link", "set", "eth0", "address", stationMac(1));

  // Another client id, as another device has.
  equal((await udhcpc(thief, "-x", "0x3d:00aabbccdd")).ip, address);
  await thief.must("ip", "address", "add", "10.1.0.77/24", "dev", "eth0");
  await speak(thief, "10.1.0.77");

  equal(await venue.whereabouts.find(venue.zone.id, "10.1.0.77"), null);
  deepEqual(venue.seen.filter((sighting) => sighting.address === "10.1.0.77"), []);
});

Deno.test("a station that says nothing is asked whether it is there, and is gone when it does not answer", async () => {
  let later = 0;
  const scans: (() => Promise<void>)[] = [];
  await using venue = await leasesLab({ dhcp: false, lease: 600 }, {
    now: () => new Date(Date.now() + later),
    every(milliseconds, work) {
      if (milliseconds === 10_000) scans.push(work);
      return () => {};
    },
  });
  await venue.serve();
  const [scan = () => Promise.reject(new Error("nothing is scanned"))] = scans;
  const station = await venue.lab.station(1);
  await station.must("ip", "address", "add", "10.1.0.40/24", "dev", "eth0");
  await speak(station, "10.1.0.40");
  await seenAs(venue.seen, stationMac(1));
  const { box } = venue.lab;
  const state = async () => (await box.must("ip", "neigh", "show", "to", "10.1.0.40", "dev", "lan0")).trim();

  for (let time = 0; time < 3; time += 1) {
    await box.must("ip", "neigh", "flush", "to", "10.1.0.40", "dev", "lan0");
    later += 310_000;
    await scan();
    await eventually("the answer", async () => (await state()).includes("REACHABLE") || undefined);
    await scan();
  }
  deepEqual(venue.gone, []);

  await station.must("ip", "link", "set", "eth0", "down");
  await box.must("ip", "neigh", "flush", "to", "10.1.0.40", "dev", "lan0");
  later += 310_000;
  await scan();
  deepEqual(venue.gone, []);
  later += 310_000;
  await scan();
  equal(await seenAs(venue.gone, stationMac(1)), "10.1.0.40");
  deepEqual(venue.faults, []);
});
