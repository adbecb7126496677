import { deepEqual, equal, ok } from "node:assert/strict";
import {
  dnsmasqConfiguration,
  unservable,
  type ZoneService,
} from "../../../src/controller/leases/dnsmasq_configuration.ts";
import { testZone } from "./test_zone.ts";

const API = "https://guests.example.org/api";

function lines(options: Readonly<Record<string, unknown>> = {}, more: Partial<ZoneService> = {}): string[] {
  return dnsmasqConfiguration({
    zone: testZone(options),
    device: "portico-1",
    paths: { leases: "/data/leases", leaseEvent: "/data/event", processId: "/data/pid" },
    captivePortalUrl: null,
    gardenSets: { ipv4: "inet#portico#names4", ipv6: "inet#portico#names6" },
    user: null,
    ...more,
  }).trimEnd().split("\n");
}

const only = (all: readonly string[], name: string) => all.filter((line) => line.startsWith(`${name}=`));

Deno.test("a zone is served on its own interface alone", () => {
  const all = lines({}, { user: "dnsmasq" });
  deepEqual(only(all, "interface"), ["interface=portico-1"]);
  for (const line of ["except-interface=lo", "bind-dynamic", "no-hosts", "user=dnsmasq"]) {
    ok(all.includes(line));
  }
  equal(lines().some((line) => line.startsWith("user=")), false);
});

Deno.test("addresses are handed out from the first to the last of the prefix", () => {
  deepEqual(
    only(lines({ lease: 900 }), "dhcp-range")[0],
    "dhcp-range=set:net0,10.1.0.1,10.1.0.254,255.255.255.0,10.1.0.255,900",
  );
  deepEqual(
    only(lines({ address: ["10.1.13.200/22"], dhcpstart: "10.1.12.9" }), "dhcp-range"),
    ["dhcp-range=set:net0,10.1.12.9,10.1.15.254,255.255.252.0,10.1.15.255,600"],
  );
});

Deno.test("each prefix has its router; a range is of the prefix that it lies in", () => {
  const all = lines({ address: ["10.1.0.1/24", "10.2.0.1/20"], dhcpstart: "10.2.4.1", dhcpend: "10.2.4.20" });
  deepEqual(only(all, "dhcp-range"), [
    "dhcp-range=set:net0,10.1.0.1,10.1.0.254,255.255.255.0,10.1.0.255,600",
    "dhcp-range=set:net1,10.2.4.1,10.2.4.20,255.255.240.0,10.2.15.255,600",
  ]);
  ok(all.includes("dhcp-option=tag:net1,option:router,10.2.0.1"));
  ok(all.includes("dhcp-option=tag:net1,option:dns-server,10.2.0.1"));
  // dnsmasq's own bound is 1000.
  deepEqual(only(all, "dhcp-lease-max"), [`dhcp-lease-max=${253 + 4093}`]);
});

Deno.test("a station's own address is given to it by its MAC", () => {
  deepEqual(only(lines({ dhcphost: ["AA-BB-CC-00-00-01=10.1.0.9"] }), "dhcp-host"), [
    "dhcp-host=aa:bb:cc:00:00:01,10.1.0.9",
  ]);
});

Deno.test("the captive portal is told by DHCP and DHCPv6, whatever its address has in it", () => {
  const url = 'https://guests.example.org/a,b#c"d\\e';
  const all = lines({}, { captivePortalUrl: url });
  const quoted = '"https://guests.example.org/a,b#c\\"d\\\\e"';
  ok(all.includes(`dhcp-option=114,${quoted}`));
  ok(all.includes(`dhcp-option=option6:103,${quoted}`));
  equal(lines().some((line) => line.includes("114") || line.includes("103")), false);
});

Deno.test("an address of the captive portal that no option can carry is left out, and said", () => {
  for (const url of [`${API}/${"x".repeat(255)}`, `${API}\ndhcp-script=/bin/sh`, `${API}/é`]) {
    equal(lines({}, { captivePortalUrl: url }).join("\n"), lines().join("\n"));
    equal(unservable({ zone: testZone(), captivePortalUrl: url }).length, 1);
  }
  deepEqual(unservable({ zone: testZone(), captivePortalUrl: API }), []);
});

Deno.test("IPv6 is advertised where stations can make addresses, and what cannot be is said", () => {
  const both = { address: ["10.1.0.1/24", "fd00:1::1/64", "2001:db8::1/48"] };
  deepEqual(only(lines(both), "dhcp-range").slice(1), ["dhcp-range=fd00:1::1,ra-stateless,64,7200"]);
  deepEqual(only(lines(both), "ra-param"), ["ra-param=portico-1,mtu:1500,600,1800"]);
  deepEqual(unservable({ zone: testZone(both), captivePortalUrl: null }), [
    'Stations of the zone "guests" get no addresses of 2001:db8::1/48: they make them by themselves in a network of /64 only',
  ]);
  const ipv4 = lines({ address: ["10.1.0.1/24"] }, { captivePortalUrl: API });
  deepEqual(ipv4.filter((line) => /^enable-ra|^ra-param|option6/.test(line)), []);
});

Deno.test("names of the box are answered here alone, under the zone's domain too", () => {
  const all = lines({ domain: "guests.test", uamaliasname: "portal", uamhostname: "box.example.org" });
  deepEqual(only(all, "host-record"), [
    "host-record=logout,1.0.0.0",
    "host-record=logout.guests.test,1.0.0.0",
    "host-record=portal,1.0.0.1",
    "host-record=portal.guests.test,1.0.0.1",
    "host-record=box.example.org,10.1.0.1",
    "host-record=box.example.org,fd00:1::1",
  ]);
  deepEqual(only(all, "local"), [
    "local=/logout/",
    "local=/logout.guests.test/",
    "local=/portal/",
    "local=/portal.guests.test/",
    "local=/box.example.org/",
  ]);
});

Deno.test("a zone's name servers are asked, or the box's own", () => {
  const all = lines({ dns1: "9.9.9.9", dns2: "2620:fe::fe" });
  deepEqual(only(all, "server"), ["server=9.9.9.9", "server=2620:fe::fe"]);
  ok(all.includes("no-resolv"));
  equal(lines().some((line) => line === "no-resolv" || line.startsWith("server=")), false);
});

Deno.test("the walled garden's names fill the gate's sets; only then answers are short-lived", () => {
  const all = lines({ uamdomain: ["Example.org", ".example.net"], uamdomainttl: 30 });
  deepEqual(only(all, "nftset"), [
    "nftset=/example.org/4#inet#portico#names4,6#inet#portico#names6",
    "nftset=/example.net/4#inet#portico#names4,6#inet#portico#names6",
  ]);
  deepEqual(only(all, "max-ttl"), ["max-ttl=30"]);
  deepEqual(only(lines(), "max-ttl"), []);
});
