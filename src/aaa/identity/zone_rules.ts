import { type IpNetwork, isInNetwork, parseIpAddress, parseIpNetwork } from "../../values/ip_address.ts";
import type { ZoneOptions } from "./zone_options.ts";
import type { Zone } from "./zones.ts";

/** Why a zone cannot be: the option, with its place in a list, and a text that follows `option: `. */
export interface ZoneComplaint {
  readonly place: string;
  readonly text: string;
}

type Checked = Pick<Zone, "gate" | "options">;

/** Ranges of `ipaddr.js` where no box has an address for guests; those for documentation are good in tests. */
const UNUSABLE: ReadonlySet<string> = new Set([
  "unspecified",
  "loopback",
  "linkLocal",
  "multicast",
  "broadcast",
]);

/** What is wrong with a zone in itself, its options being right one by one; null when it can be. */
export function complaintAboutZone({ gate, options }: Checked): ZoneComplaint | null {
  return (gate === "nftables" ? complaintAboutGate(options) : null) ??
    complaintAboutInterfaces(options) ??
    complaintAboutAddresses(options) ??
    complaintAboutRange(options) ??
    complaintAboutHosts(options) ??
    complaintAboutStop(options);
}

/** Why two zones cannot be on one box; the complaint is about the first. */
export function complaintAboutPair(
  one: Checked,
  other: Checked & { readonly name: string; readonly organizationSlug: string },
): ZoneComplaint | null {
  const name = `"${other.organizationSlug}/${other.name}"`;
  const shared = one.options.interface.findIndex((device) => other.options.interface.includes(device));
  if (shared >= 0) {
    const device = one.options.interface[shared];
    return complaint(`interface[${shared}]`, `the zone ${name} has the interface ${device}`);
  }
  if (one.gate !== "nftables" || other.gate !== "nftables") return null;
  for (const [at, address] of one.options.address.entries()) {
    const overlapping = other.options.address.find((theirs) =>
      overlap(networkOf(address), networkOf(theirs))
    );
    if (overlapping === undefined) continue;
    return complaint(`address[${at}]`, `${address} overlaps ${overlapping} of the zone ${name}`);
  }
  return null;
}

/** The zone's IPv4 prefixes, each with the box's own address in it. */
export function ipv4Prefixes({ address }: Pick<ZoneOptions, "address">): IpNetwork[] {
  return address.map(networkOf).filter(([own]) => own.kind() === "ipv4");
}

function complaintAboutGate(options: ZoneOptions): ZoneComplaint | null {
  if (!options.interface.length) {
    return complaint("interface", "is missing: with the gate nftables a zone has one at least");
  }
  if (!options.address.some((text) => networkOf(text)[0].kind() === "ipv4")) {
    return complaint(
      "address",
      "is missing: a zone with an interface has an IPv4 address, such as 10.1.0.1/24",
    );
  }
  return null;
}

function complaintAboutInterfaces({ interface: devices, wan }: ZoneOptions): ZoneComplaint | null {
  const repeated = repeatedIn(devices);
  if (repeated >= 0) return complaint(`interface[${repeated}]`, `${devices[repeated]} was there before`);
  if (!wan || !devices.includes(wan)) return null;
  return complaint("wan", `${wan} is where the guests are`);
}

function complaintAboutAddresses({ address }: ZoneOptions): ZoneComplaint | null {
  for (const [at, text] of address.entries()) {
    const why = complaintAboutAddress(networkOf(text));
    if (why) return complaint(`address[${at}]`, `${text} ${why}`);
    const before = address.slice(0, at).find((other) => overlap(networkOf(text), networkOf(other)));
    if (before !== undefined) return complaint(`address[${at}]`, `${text} overlaps ${before}`);
  }
  return null;
}

function complaintAboutAddress([address, bits]: IpNetwork): string | null {
  const width = address.toByteArray().length * 8;
  if (UNUSABLE.has(address.range())) return "is no address that a box can have";
  if (width - bits < 2) return "has no room for guests: expected a shorter prefix";
  if (bits < 1) return "is the whole internet: expected a longer prefix";
  const host = hostBits([address, bits]);
  if (/^0*$/.test(host)) return "is the address of the network itself: expected one of the box";
  return width === 32 && /^1*$/.test(host)
    ? "is the network's broadcast address: expected one of the box"
    : null;
}

function complaintAboutRange(options: ZoneOptions): ZoneComplaint | null {
  const { dhcpstart, dhcpend } = options;
  for (const [place, text] of [["dhcpstart", dhcpstart], ["dhcpend", dhcpend]] as const) {
    const why = text && complaintAboutHost(options, text);
    if (why) return complaint(place, why);
  }
  if (!dhcpstart || !dhcpend) return null;
  const [start, end] = [parseIpAddress(dhcpstart), parseIpAddress(dhcpend)];
  const together = ipv4Prefixes(options).some((prefix) =>
    start && end && isInNetwork(start, prefix) && isInNetwork(end, prefix)
  );
  if (!together) return complaint("dhcpend", `${dhcpend} is not in the prefix of dhcpstart, ${dhcpstart}`);
  return asNumber(dhcpstart) <= asNumber(dhcpend)
    ? null
    : complaint("dhcpend", `${dhcpend} comes before dhcpstart, ${dhcpstart}`);
}

function complaintAboutHosts(options: ZoneOptions): ZoneComplaint | null {
  const hosts = options.dhcphost.map((text) => text.split("="));
  const own = new Set(ipv4Prefixes(options).map(([address]) => address.toString()));
  for (const [at, [mac = "", address = ""]] of hosts.entries()) {
    const place = `dhcphost[${at}]`;
    const why = complaintAboutHost(options, address);
    if (why) return complaint(place, why);
    if (own.has(address)) return complaint(place, `${address} is the box's own`);
    const before = hosts.slice(0, at).some(([otherMac, other]) => otherMac === mac || other === address);
    if (before) return complaint(place, `${mac} or ${address} was there before`);
  }
  return null;
}

function complaintAboutStop({ hold_when_stopped: hold, fail_open: open }: ZoneOptions): ZoneComplaint | null {
  return hold && open ? complaint("fail_open", "either this or hold_when_stopped, not both") : null;
}

/** Why no station can have an IPv4 address; null when it can. */
function complaintAboutHost(options: ZoneOptions, text: string): string | null {
  const prefixes = ipv4Prefixes(options);
  const address = parseIpAddress(text);
  if (!address || !prefixes.length) return `${text} is in no prefix of the zone`;
  const prefix = prefixes.find((each) => isInNetwork(address, each));
  if (!prefix) return `${text} is outside ${prefixes.map(([own, bits]) => `${own}/${bits}`).join(" and ")}`;
  const host = hostBits([address, prefix[1]]);
  return /^(0*|1*)$/.test(host) ? `${text} is the network's own or its broadcast address` : null;
}

function overlap(one: IpNetwork, other: IpNetwork): boolean {
  return isInNetwork(one[0], [other[0], Math.min(one[1], other[1])]);
}

/** What of the address is not the network's, as binary digits. */
function hostBits([address, bits]: IpNetwork): string {
  return address.toByteArray().map((octet) => octet.toString(2).padStart(8, "0")).join("").slice(bits);
}

function asNumber(text: string): number {
  return (parseIpAddress(text)?.toByteArray() ?? []).reduce((sum, octet) => sum * 256 + octet, 0);
}

function networkOf(text: string): IpNetwork {
  const network = parseIpNetwork(text);
  // `ZoneOptions` has checked it.
  if (!network) throw new TypeError(`${text} is no network`);
  return network;
}

function repeatedIn(texts: readonly string[]): number {
  return texts.findIndex((text, at) => texts.indexOf(text) < at);
}

function complaint(place: string, text: string): ZoneComplaint {
  return { place, text };
}
