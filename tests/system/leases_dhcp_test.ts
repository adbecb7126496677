import { deepEqual, equal, ok } from "node:assert/strict";
import { eventually } from "./delay.ts";
import { leasesLab, releaseLease, seenAs, udhcpc } from "./leases_lab.ts";
import { askDhcpv6, askRouters } from "./leases_wire.ts";
import { stationMac } from "./network_namespace.ts";

const API = "https://guests.example.org/api?a=1,2&b=%22";

Deno.test("a station gets an address with all that the zone says, and is told within a second", async () => {
  await using venue = await leasesLab({ domain: "guests.test", mtu: 1400, lease: 300 }, {
    captivePortalUrl: () => API,
  });
  await venue.serve();
  const station = await venue.lab.station(1);

  const lease = await udhcpc(station);
  const since = Date.now();
  const address = await seenAs(venue.seen, stationMac(1));
  const delay = Date.now() - since;

  deepEqual(venue.faults, []);
  equal(address, lease.ip);
  ok(delay < 1000, `${delay} ms`);
  const { router, dns, subnet, broadcast, domain, mtu, lease: seconds, opt114 } = lease;
  deepEqual(
    { router, dns, subnet, broadcast, domain, mtu, seconds },
    {
      router: "10.1.0.1",
      dns: "10.1.0.1",
      subnet: "255.255.255.0",
      broadcast: "10.1.0.255",
      domain: "guests.test",
      mtu: "1400",
      seconds: "300",
    },
  );
  equal(opt114, [...new TextEncoder().encode(API)].map((octet) => octet.toString(16)).join(""));
  deepEqual(await venue.whereabouts.find(venue.zone.id, lease.ip ?? ""), {
    zoneId: venue.zone.id,
    mac: stationMac(1),
    address: lease.ip,
  });
  equal(
    venue.whereabouts.ownMac(venue.zone.id),
    (await venue.lab.box.must("cat", "/sys/class/net/lan0/address")).trim(),
  );
});

Deno.test("without a good captive portal address no option speaks of one", async () => {
  await using venue = await leasesLab();
  await venue.serve();
  const station = await venue.lab.station(1);

  const lease = await udhcpc(station);

  equal(lease.opt114, undefined);
  deepEqual((await askDhcpv6(station, 103)).filter(({ type }) => type === 103), []);
  const advertised = (await askRouters(station)).flatMap(({ options }) => options);
  ok(advertised.some(({ type }) => type === 3));
  deepEqual(advertised.filter(({ type }) => type === 37), []);
});

Deno.test("a station with an address of its own gets it, also outside the range, and nobody else does", async () => {
  await using venue = await leasesLab({
    dhcpstart: "10.1.0.100",
    dhcpend: "10.1.0.101",
    dhcphost: [`${stationMac(1)}=10.1.0.9`, "02:bb:00:00:00:01=10.1.0.100"],
  });
  await venue.serve();

  const own = await udhcpc(await venue.lab.station(1));
  const other = await udhcpc(await venue.lab.station(2));

  equal(own.ip, "10.1.0.9");
  equal(other.ip, "10.1.0.101");
});

Deno.test("a station that gives its lease back is gone, and is not seen again before it speaks", async () => {
  await using venue = await leasesLab();
  await venue.serve();
  const station = await venue.lab.station(1);
  const { ip: address = "" } = await udhcpc(station);
  await seenAs(venue.seen, stationMac(1));
  // The kernel knows it, and would go on knowing it for a while.
  await station.must("busybox", "ping", "-c", "1", "-W", "2", "10.1.0.1");

  await releaseLease(station, address);

  equal(await seenAs(venue.gone, stationMac(1)), address);
  equal(await venue.whereabouts.find(venue.zone.id, address), null);
  const seen = venue.seen.length;
  await venue.serve();
  equal(venue.seen.slice(seen).some((sighting) => sighting.address === address), false);
});

Deno.test("IPv6: the prefix, the name servers and the captive portal are told; addresses are seen", async () => {
  await using venue = await leasesLab({ domain: "guests.test" }, { captivePortalUrl: () => API });
  await venue.serve();
  const station = await venue.lab.station(1);

  const advertisements = await askRouters(station);
  const reply = await askDhcpv6(station, 23, 24, 103);

  deepEqual(venue.faults, []);
  const text = (octets: Uint8Array | undefined) => new TextDecoder().decode(octets).replace(/\0+$/, "");
  const options = advertisements.flatMap((each) => each.options);
  const option = (type: number) => options.find((each) => each.type === type)?.value;
  equal(text(option(37)), API);
  // Autonomous and on-link, 64 bits (RFC 4861 section 4.6.2).
  deepEqual([...option(3)?.slice(0, 2) ?? []], [64, 0xc0]);
  deepEqual([...option(3)?.slice(14) ?? []], [0xfd, 0, 0, 1, ...new Array(12).fill(0)]);
  // RFC 8106 section 5.1.
  deepEqual([...option(25)?.slice(6) ?? []], [0xfd, 0, 0, 1, ...new Array(11).fill(0), 1]);
  for (const { header } of advertisements) {
    // The O flag, and a router for half an hour.
    deepEqual([header[5], header[6], header[7]], [0x40, 1800 >> 8, 1800 & 255]);
  }
  equal(text(reply.find(({ type }) => type === 103)?.value), API);
  deepEqual([...reply.find(({ type }) => type === 23)?.value ?? []], [
    0xfd,
    0,
    0,
    1,
    ...new Array(11).fill(0),
    1,
  ]);

  // Made by the station itself of the prefix (RFC 4862), and one more of its own.
  await eventually("an address of the prefix", async () => {
    const { stdout } = await station.run("ip", [
      "-6",
      "-o",
      "address",
      "show",
      "dev",
      "eth0",
      "scope",
      "global",
    ]);
    return stdout.includes("fd00:1::") ? true : undefined;
  });
  await station.must("busybox", "ping6", "-c", "1", "-W", "2", "fd00:1::1");
  equal(
    await seenAs(venue.seen, stationMac(1), (address) => address.startsWith("fd00:1:")),
    "fd00:1::aa:ff:fe00:1",
  );
  await station.must("ip", "address", "add", "fd00:1::abcd/64", "dev", "eth0", "nodad");
  await station.must("busybox", "ping6", "-c", "1", "-W", "2", "-I", "fd00:1::abcd", "fd00:1::1");
  equal(
    await seenAs(venue.seen, stationMac(1), (address) => address.endsWith("abcd")),
    "fd00:1::abcd",
  );
  equal(venue.seen.some(({ address }) => address.startsWith("fe80")), false);
});
