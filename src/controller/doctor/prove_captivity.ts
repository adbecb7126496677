import * as v from "valibot";
import type { Zone } from "../../aaa/identity/zones.ts";
import { isInNetwork, parseIpAddress, parseIpNetwork } from "../../values/ip_address.ts";
import type { Box } from "../box.ts";
import { ipv4Range } from "../leases/ipv4_range.ts";
import { nameOf, prefixesOf } from "./examination.ts";
import { bad, type Finding } from "./finding.ts";
import { judgeStranger, type Tried } from "./judge_stranger.ts";
import type { Link, NetworkState } from "./network_state.ts";
import { Outcomes, type Probe } from "./probe.ts";
import { STATION_DEVICE, type ThrowawayStation, throwawayStation } from "./throwaway_station.ts";

/** What a proof works with. */
export interface Proving {
  readonly box: Pick<Box, "run" | "commandLine">;
  readonly network: NetworkState;
  /** The command that runs this program, which tries `--stranger PROBES` inside the namespace. */
  readonly self: readonly string[];
  /** The number of this process. */
  readonly tag: string;
  /** Of the station: locally administered, lower case with colons. */
  readonly mac: string;
  /** Addresses that stations of the zone have. */
  readonly taken: (zone: Zone) => ReadonlySet<string>;
  /** Ports of the box that guests must not reach. */
  readonly ownPorts: readonly number[];
}

/** Anybody's servers on the internet that answer on these ports: nothing must be heard of them. */
const OUTSIDE = "9.9.9.9";
const OUTSIDE6 = "2620:fe::fe";
/** 853 is DNS over TLS, a way out that telephones try by themselves. */
const OUTSIDE_PORTS = [443, 853];
const LOGOUT_NAME = "logout";
const HOST = "www.example.org";
const FIRST_TRIED = 20;

/**
 * Plugs a throw-away device into the zone's network and tries from there what a stranger would: an address, DNS, a web
 * page, ways out, the box's own services. Takes all of it away again; nobody else's packets are touched.
 */
export async function proveCaptivity(proving: Proving, zone: Zone): Promise<readonly Finding[]> {
  const device = deviceOf(proving.network, zone);
  if (!device) {
    return named(zone, [bad("captivity", "Nothing can be proven: the zone's interface is not there")]);
  }
  let station: ThrowawayStation;
  try {
    station = await throwawayStation(proving.box, device, proving.tag, proving.mac);
  } catch (fault) {
    const why = fault instanceof Error ? fault.message : String(fault);
    return named(zone, [bad("captivity", `Nothing can be proven: no device could be plugged in (${why})`)]);
  }
  let address: string | null = null;
  try {
    const offered = zone.options.dhcp ? await askForAddress(proving, station) : null;
    address = offered ?? freeAddress(proving, zone);
    if (!address) {
      return named(zone, [bad("captivity", "Nothing can be proven: the zone has no address to spare")]);
    }
    await settle(station, zone, address);
    const tried = await tryAll(proving, station, probesOf(proving, zone));
    return named(zone, judgeStranger(zone, offered, tried));
  } finally {
    await station.remove();
    if (address) await proving.box.run("ip", ["neigh", "delete", address, "dev", device.ifname]);
  }
}

function named(zone: Zone, findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => ({ ...finding, zone: nameOf(zone) }));
}

/** Of several interfaces the bridge that they are in. */
function deviceOf({ links }: NetworkState, { options }: Zone): Link | undefined {
  const [first] = links.filter(({ ifname }) => options.interface.includes(ifname));
  return links.find(({ ifname }) => ifname === first?.master) ?? first;
}

async function askForAddress(proving: Proving, station: ThrowawayStation): Promise<string | null> {
  // To everybody, from nobody: it needs to know which way.
  await station.must("ip", "route", "add", "255.255.255.255/32", "dev", STATION_DEVICE);
  const [tried] = await tryAll(proving, station, [{ kind: "offer", mac: proving.mac }]);
  return tried?.outcome.kind === "offer" ? tried.outcome.address : null;
}

/** From the end of what is handed out, where dnsmasq seldom gets to. */
function freeAddress({ taken }: Proving, zone: Zone): string | null {
  const [prefix] = prefixesOf(zone, "ipv4").map(parseIpNetwork).filter((network) => network !== null);
  if (!prefix) return null;
  const used = new Set([...taken(zone), prefix[0].toString()]);
  const [a = 0, b = 0, c = 0, d = 0] = ipv4Range(zone.options, prefix).end.split(".").map(Number);
  const candidates = Array.from({ length: FIRST_TRIED }, (_, back) => [a, b, c, d - back].join("."));
  return candidates.find((candidate) => {
    const parsed = parseIpAddress(candidate);
    return parsed && isInNetwork(parsed, prefix) && !used.has(candidate);
  }) ?? null;
}

async function settle(station: ThrowawayStation, zone: Zone, address: string): Promise<void> {
  const own = prefixesOf(zone, "ipv4").find((text) => {
    const [parsed, network] = [parseIpAddress(address), parseIpNetwork(text)];
    return parsed && network && isInNetwork(parsed, network);
  });
  const [gateway = "", bits = ""] = own?.split("/") ?? [];
  await station.must("ip", "address", "add", `${address}/${bits}`, "dev", STATION_DEVICE);
  await station.must("ip", "route", "add", "default", "via", gateway);
  const [own6] = prefixesOf(zone, "ipv6");
  if (!own6) return;
  const [gateway6 = "", bits6 = ""] = own6.split("/");
  // One network with the box, and not what people choose.
  const address6 = gateway6.replace(/[^:]*$/, "fee1");
  await station.must("ip", "address", "add", `${address6}/${bits6}`, "dev", STATION_DEVICE, "nodad");
  await station.must("ip", "-6", "route", "add", "default", "via", gateway6);
}

function probesOf({ ownPorts }: Proving, zone: Zone): Probe[] {
  const [box = ""] = prefixesOf(zone, "ipv4")[0]?.split("/") ?? [];
  const outside = prefixesOf(zone, "ipv6").length ? [OUTSIDE, OUTSIDE6] : [OUTSIDE];
  return [
    ...(zone.options.dhcp ? [{ kind: "name", server: box, name: LOGOUT_NAME } as const] : []),
    { kind: "page", address: OUTSIDE, host: HOST },
    ...outside.flatMap((address) =>
      OUTSIDE_PORTS.map((port) => ({ kind: "connect", address, port } as const))
    ),
    ...ownPorts.map((port) => ({ kind: "connect", address: box, port } as const)),
  ];
}

async function tryAll(
  proving: Proving,
  station: ThrowawayStation,
  probes: readonly Probe[],
): Promise<Tried[]> {
  const [program = "", ...args] = proving.self;
  const ran = await station.run(program, [...args, "--stranger", JSON.stringify(probes)]);
  const outcomes = ran.code === 0 ? v.parse(Outcomes, JSON.parse(ran.stdout)) : [];
  if (outcomes.length !== probes.length) {
    throw new Error(`Nothing can be proven: ${ran.stderr.trim() || `the attempts ended with ${ran.code}`}`);
  }
  return probes.flatMap((probe, at) => {
    const outcome = outcomes[at];
    return outcome ? [{ probe, outcome }] : [];
  });
}
