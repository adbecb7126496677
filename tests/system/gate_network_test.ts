import { deepEqual, equal, ok } from "node:assert/strict";
import { openNetwork } from "../../src/controller/network/network.ts";
import { zoneDevice } from "../../src/controller/network/zone_device.ts";
import { gateZone } from "./gate_venue.ts";
import { INTERNET, type Namespace, namespaceLab } from "./network_namespace.ts";

async function networkLab(lans: readonly string[]) {
  const lab = await namespaceLab(lans);
  const folder = await Deno.makeTempDir({ prefix: "portico_network_" });
  const stateFile = `${folder}/network.json`;
  const faults: unknown[] = [];
  return {
    box: lab.box,
    stateFile,
    faults,
    open: () => openNetwork({ box: lab.box, stateFile, reportFault: (fault) => void faults.push(fault) }),
    async [Symbol.asyncDispose]() {
      await lab[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

Deno.test("a zone gets its addresses and forwarding, and the box has back what it had", async () => {
  await using lab = await networkLab(["lan0"]);
  const { box } = lab;
  const before = await pictureOf(box);
  const network = lab.open();
  const zone = gateZone(0);
  await network.apply([zone]);
  const addresses = await box.must("ip", "-br", "address", "show", "lan0");
  ok(addresses.includes("10.1.0.1/24") && addresses.includes("fd00:1::1/64"), addresses);
  ok(!(await box.must("ip", "address", "show", "lan0")).includes("tentative"));
  equal(await box.readText("/proc/sys/net/ipv4/ip_forward"), "1\n");
  equal(await box.readText("/proc/sys/net/ipv6/conf/all/forwarding"), "1\n");
  equal(await box.readText("/proc/sys/net/ipv6/conf/wan/accept_ra"), "2\n", "the box keeps its own way out");
  deepEqual(await network.wansOf(zone), ["wan"]);

  await network.apply([zone]);
  await network.restore();
  equal(await pictureOf(box), before);
  equal(await box.readText(lab.stateFile), null);
  deepEqual(lab.faults, []);
});

Deno.test("what was so before Portico stays so after it", async () => {
  await using lab = await networkLab(["lan0"]);
  const { box } = lab;
  await box.must("ip", "link", "set", "lan0", "up");
  await box.must("ip", "address", "add", "10.1.0.1/24", "dev", "lan0");
  await box.must("sysctl", "-qw", "net.ipv4.ip_forward=1");
  const before = await pictureOf(box);
  const network = lab.open();
  await network.apply([gateZone(0)]);
  await network.restore();
  equal(await pictureOf(box), before);
});

Deno.test("a process after a crash puts back what the one before it changed", async () => {
  await using lab = await networkLab(["lan0", "lan1"]);
  const { box } = lab;
  const before = await pictureOf(box);
  await lab.open().apply([gateZone(0), gateZone(1)]);
  const next = lab.open();
  await next.apply([gateZone(0)]);
  const addresses = await box.must("ip", "-br", "address");
  ok(addresses.includes("10.1.0.1/24") && !addresses.includes("10.2.0.1/24"), addresses);
  await lab.open().restore();
  equal(await pictureOf(box), before);
});

Deno.test("several interfaces become one bridge, which goes again", async () => {
  await using lab = await networkLab(["lan0", "lan1", "lan2"]);
  const { box } = lab;
  const before = await pictureOf(box);
  await box.must("ip", "link", "add", "other", "type", "bridge");
  await box.must("ip", "link", "set", "lan2", "master", "other");
  const zone = gateZone(0, { interface: ["lan0", "lan1", "lan2", "lan9"] });
  const device = zoneDevice(zone);
  const network = lab.open();
  await network.apply([zone]);
  const ports = (await box.must("ip", "-br", "link", "show", "master", device)).match(/^\w+/gm);
  deepEqual(ports, ["lan0", "lan1"]);
  const mac = (text: string) => /link\/ether (\S+)/.exec(text)?.[1];
  equal(mac(await box.must("ip", "link", "show", device)), mac(await box.must("ip", "link", "show", "lan0")));
  ok((await box.must("ip", "address", "show", device)).includes("10.1.0.1/24"));
  deepEqual(lab.faults.map((fault) => fault instanceof Error ? fault.message : fault), [
    'Nobody comes in by lan9 of the zone "zone0": the box has no such interface',
    `Cannot put lan2 into the bridge ${device}`,
  ]);
  await network.restore();
  await box.must("ip", "link", "delete", "other");
  equal(await pictureOf(box), before);
});

Deno.test("the way out is the default route's, or as told", async () => {
  await using lab = await networkLab(["lan0"]);
  const network = lab.open();
  deepEqual(await network.wansOf(gateZone(0)), ["wan"]);
  deepEqual(await network.wansOf(gateZone(0, { wan: "wg0" })), ["wg0"]);
  await lab.box.must("ip", "route", "del", "default");
  await lab.box.must("ip", "-6", "route", "del", "default");
  deepEqual(await network.wansOf(gateZone(0)), []);
  await lab.box.must("ip", "route", "add", "default", "nexthop", "via", INTERNET.gateway, "dev", "wan");
  deepEqual(await network.wansOf(gateZone(0)), ["wan"]);
});

/** Interfaces, addresses, bridges and kernel settings; link-local addresses come and go with the link. */
async function pictureOf(box: Namespace): Promise<string> {
  const settings = [
    "ipv4/ip_forward",
    "ipv6/conf/all/forwarding",
    "ipv6/conf/wan/accept_ra",
    "ipv6/conf/lan0/accept_untracked_na",
    "ipv4/conf/lan0/forwarding",
  ];
  const addresses = JSON.parse(await box.must("ip", "-j", "address", "show"));
  const links = addresses.map((
    link: { ifname: string; flags: string[]; master?: string; addr_info: { local: string }[] },
  ) => [
    link.ifname,
    link.flags.includes("UP"),
    link.master,
    link.addr_info.map(({ local }) => local).filter((local) => !local.startsWith("fe80")),
  ]);
  const values = await Promise.all(settings.map((name) => box.readText(`/proc/sys/net/${name}`)));
  return JSON.stringify([links, values]);
}
