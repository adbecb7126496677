import { equal, ok } from "node:assert/strict";
import { zoneName } from "../../src/controller/gate/table.ts";
import { gateVenue, type Guest, INTERNET, webServer } from "./gate_venue.ts";
import { type Namespace, stationMac } from "./network_namespace.ts";
import { datagramFrame, type Ends, pingFrame, routerFrame, sendFrames } from "./wire_frames.ts";

/** As many as are accepted of them. */
const TEN_CONNECTIONS =
  'my @held = grep { $_ } map { IO::Socket::INET->new(PeerAddr => "10.1.0.1:53", Timeout => 1) } 1 .. 10; print scalar @held';

Deno.test("what comes from no station's address is not answered, nor sent on to the walled garden", async () => {
  await using venue = await gateVenue([{ uamallowed: [INTERNET.second] }]);
  const { lab } = venue;
  const guest = await venue.guest(1);
  const arrived = await arrivals(lab.internet, "wan");
  const ends = { fromMac: stationMac(1), toMac: await macOf(lab.box, "lan0") };
  await sendFrames(guest, [
    pingFrame({ ...ends, from: INTERNET.second, to: "10.1.0.1" }),
    pingFrame({ ...ends, from: INTERNET.second, to: INTERNET.box }),
    datagramFrame({ ...ends, from: INTERNET.second, to: "10.1.0.1" }, 53),
    datagramFrame({ ...ends, from: INTERNET.second, to: "10.1.0.1" }, 9),
    datagramFrame({ ...ends, from: "192.0.2.77", to: INTERNET.second }, 999),
  ]);
  ok(await guest.pings("10.1.0.1"), "the box answers who asks under its own address");
  equal(await arrived(), 0);
  await sendFrames(guest, [datagramFrame({ ...ends, from: guest.address, to: INTERNET.second }, 999)]);
  ok(await guest.pings("10.1.0.1"));
  equal(await arrived(), 1, "the same from an address of its own");
});

Deno.test("no station is a router of the box's", async () => {
  await using venue = await gateVenue([{ address: ["10.1.0.1/24"] }]);
  const { box } = venue.lab;
  const station = await venue.lab.station(1);
  await station.must("ip", "address", "add", "10.1.0.11/24", "dev", "eth0");
  const address = "fe80:0:0:0:0:0:0:bad";
  await sendFrames(station, [routerFrame({ fromMac: stationMac(1), from: address })]);
  equal(
    (await station.run("busybox", ["ping", "-c1", "-W1", "10.1.0.1"])).code,
    0,
    "what came before is read",
  );
  equal(await box.must("ip", "-6", "route", "show", "default", "dev", "lan0"), "");
});

Deno.test("a name of the walled garden that leads into another zone opens nothing there", async () => {
  await using venue = await gateVenue([{}, {}]);
  const [first, second] = venue.zones;
  const [one, other] = [await venue.guest(1, first), await venue.guest(2, second)];
  const { box } = venue.lab;
  const names = zoneName("names4", venue.zone);
  await box.must("nft", "add", "element", "inet", "portico", names, `{ ${other.address}, ${INTERNET.site} }`);
  const arrived = await arrivals(other, "eth0");
  equal((await one.fetches(`http://${other.address}:8080/`)).code, 7);
  equal(await arrived(), 0);
  ok(await one.pings(INTERNET.site), "other names are open");
});

Deno.test("a guest asks the box's DNS so and so often, more than a stranger: what is asked is not counted", async () => {
  await using venue = await gateVenue([{ dnsrate: 1, dnsburst: 3 }]);
  const { box } = venue.lab;
  const guest = await venue.guest(1);
  const ends = {
    fromMac: stationMac(1),
    toMac: await macOf(box, "lan0"),
    from: guest.address,
    to: "10.1.0.1",
  };
  const arrived = await arrivals(box, "lan0", "input");
  const asked = async () => {
    const before = await arrived();
    await sendFrames(guest, Array.from({ length: 100 }, () => datagramFrame(ends, 53)));
    ok(await guest.pings("10.1.0.1"));
    return await arrived() - before - 1;
  };
  const stranger = await asked();
  ok(stranger >= 3 && stranger <= 5, `${stranger} questions of a stranger`);
  await venue.gate.open(guest.station);
  const open = await asked();
  ok(open >= 30 && open <= 50, `${open} questions of a guest`);
});

Deno.test("one station does not take all the connections that the kernel remembers", async () => {
  await using venue = await gateVenue();
  const { box } = venue.lab;
  const [stranger, guest] = [await venue.guest(1), await venue.guest(2)];
  await venue.gate.open(guest.station);
  const toMac = await macOf(box, "lan0");
  const remembered = async () => Number(await box.readText("/proc/sys/net/netfilter/nf_conntrack_count"));
  const begun = async (from: Guest, frameOf: (ends: Ends, n: number) => Uint8Array, to: string) => {
    const before = await remembered();
    const ends = { fromMac: from.station.mac, toMac, from: from.address, to };
    await sendFrames(from, Array.from({ length: 1600 }, (_, n) => frameOf(ends, 1000 + n)));
    await from.pings("10.1.0.1");
    return await remembered() - before;
  };
  const pings = await begun(stranger, pingFrame, "10.1.0.1");
  ok(pings >= 1000 && pings < 1400, `${pings} of a stranger`);
  const datagrams = await begun(guest, datagramFrame, INTERNET.site);
  ok(datagrams >= 1000 && datagrams < 1400, `${datagrams} of a guest`);
});

Deno.test("a station has few connections to the DNS server, which has few for all, and gets new ones for old", async () => {
  await using venue = await gateVenue();
  const { box } = venue.lab;
  const [guest, other] = [await venue.guest(1), await venue.guest(2)];
  await webServer(box, "names", 53);
  const connects = async (from: Guest) =>
    Number(await from.must("perl", "-MIO::Socket::INET", "-e", TEN_CONNECTIONS));
  equal(await connects(guest), 3);
  equal(await connects(guest), 3, "the first ones are closed");
  equal(await connects(other), 3);
});

/** Counts packets of IPv4 from now on. */
async function arrivals(
  namespace: Namespace,
  device: string,
  where: "prerouting" | "input" = "prerouting",
): Promise<() => Promise<number>> {
  const hook = `type filter hook ${where} priority 0; iifname "${device}" ip protocol != igmp counter;`;
  await namespace.must("nft", `table inet arrivals { chain arrived { ${hook} }; }`);
  return async () => {
    const text = await namespace.must("nft", "list", "chain", "inet", "arrivals", "arrived");
    return Number(/packets (\d+)/.exec(text)?.[1]);
  };
}

async function macOf(namespace: Namespace, device: string): Promise<string> {
  return (await namespace.must("cat", `/sys/class/net/${device}/address`)).trim();
}
