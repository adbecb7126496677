import type { Zone } from "../../aaa/identity/zones.ts";
import { normalizeIpAddress, parseIpNetwork } from "../../values/ip_address.ts";
import { SPARED_MARK } from "./connections.ts";
import { FAMILIES, logoutPort, TOO_MANY_BEGUN, zoneName } from "./table.ts";

/** A zone with what the machine says about it. */
export interface GatedZone {
  readonly zone: Zone;
  /** Where its stations are. */
  readonly device: string;
  /** The interfaces towards the internet; none: whatever leads to it. */
  readonly wans: readonly string[];
}

/** What is the same for every zone. */
export interface Surroundings {
  /** The devices of all zones: no zone reaches another. */
  readonly devices: readonly string[];
  /** Of the box, beside DNS, DHCP and UAM. */
  readonly portalPorts: readonly number[];
}

/** Old login pages know the box by it, whatever `uamaliasip` is (coova 12). */
const CLASSIC_ALIAS = "1.0.0.1";
const DNS = 53;
/** What guests ask more of our DNS server than strangers may. */
const OPEN_TIMES = 10;
/** Connections of one station to it. */
const MOST_TCP_DNS = 3;
/** Only what is counted passes, and with no priority but its class: in one rule, every packet comes by here. */
const PASS = "meta priority @counted meta priority set meta priority map @classes accept";
/** Nobody answers there, or somebody else than a station of this zone: a forged source. */
const FORGED = "fib saddr . iif oif missing drop";
/** What tells hosts where to send their packets is for the box to say. */
const ROUTERS_WORDS = [
  "icmp type { redirect, router-advertisement } drop",
  "icmpv6 type { nd-router-advert, nd-redirect, router-renumbering } drop",
];

/** The chains of one zone; `caught` is of the type nat, the others filter. */
export function zoneRules(gated: GatedZone, surroundings: Surroundings): string {
  return [
    caughtChain(gated.zone),
    boxChain(gated.zone, surroundings),
    upChain(gated, surroundings),
    chain(zoneName("lost", gated.zone), openRules(gated.zone, "drop")),
    downChain(gated.zone),
    gardenChain(gated.zone, surroundings),
    replyChain(gated.zone),
    dnsChain(gated.zone),
  ].join("\n");
}

/** Sends guests out under the box's own address. */
export function masqueradeRules({ zone }: GatedZone, { devices }: Surroundings): string {
  if (!zone.options.nat) return "";
  return zone.options.address.map((text) => {
    const [address, bits] = parseIpNetwork(text) ?? [];
    const family = address?.kind() === "ipv6" ? "ip6" : "ip";
    return `${family} saddr ${address}/${bits} oifname != ${deviceSet([...devices, "lo"])} masquerade`;
  }).join("\n");
}

export function deviceSet(devices: readonly string[]): string {
  return `{ ${devices.map(quotedDevice).join(", ")} }`;
}

/** @throws {Error} for a name that would need escaping; the kernel's own names may have such characters. */
export function quotedDevice(name: string): string {
  if (!/^[A-Za-z0-9_.@-]{1,15}$/.test(name)) throw new Error(`Rules cannot name the interface "${name}"`);
  return `"${name}"`;
}

/** What a log-off is asked for with outlives it: nobody would hear the answer otherwise. */
const SPARE = `ct mark set ct mark or ${SPARED_MARK}`;

/** Whose connections end at the box instead of where they were meant for. */
function caughtChain(zone: Zone): string {
  const { options } = zone;
  const [own] = ownAddresses(zone, "ip");
  const aliases = new Set([options.uamaliasip, CLASSIC_ALIAS].map(normalizeIpAddress));
  const logout = normalizeIpAddress(options.uamlogoutip);
  aliases.delete(logout);
  return chain(zoneName("caught", zone), [
    own && logout && `ip daddr ${logout} tcp dport 80 ${SPARE} dnat ip to ${own}:${logoutPort(zone)}`,
    own && `ip daddr { ${[...aliases].filter(Boolean).join(", ")} } tcp dport 80 ${toPortal(zone, "ip")}`,
    ...FAMILIES.flatMap(({ ip }) => {
      const addresses = ownAddresses(zone, ip);
      return addresses.length && `${ip} daddr { ${addresses.join(", ")} } tcp dport 80 ${toPortal(zone, ip)}`;
    }),
    ...bypassRules(zone, "return"),
    ...openRules(zone, "return"),
    ...gardenRules(zone, "daddr", "dport", "return"),
    ...FAMILIES.flatMap(({ v, ip }) => {
      const [address] = ownAddresses(zone, ip);
      if (!address) return [];
      const dns = `meta l4proto { tcp, udp } th dport ${DNS} dnat ${ip} to ${endpoint(address, DNS)}`;
      return [
        `meta nfproto ipv${v} tcp dport 80 ${toPortal(zone, ip)}`,
        ownDnsOnly(zone) && `meta nfproto ipv${v} ${dns}`,
      ];
    }),
  ]);
}

/** What guests reach of the box itself: the same for all of them, but for how often they may ask for names. */
function boxChain(zone: Zone, { portalPorts }: Surroundings): string {
  const portal = `tcp dport { ${zone.options.uamport}, ${logoutPort(zone)} } accept`;
  const dns = `meta l4proto { tcp, udp } th dport ${DNS} goto ${zoneName("dns", zone)}`;
  return chain(zoneName("box", zone), [
    // Who has no address yet asks for one, and whether somebody has the one it would like.
    "udp dport { 67, 547 } accept",
    "icmpv6 type { nd-neighbor-solicit, nd-router-solicit } accept",
    ...ROUTERS_WORDS,
    FORGED,
    // Answers to what the box itself asked of a station.
    "ct direction reply ct state established,related accept",
    TOO_MANY_BEGUN,
    "meta l4proto { icmp, ipv6-icmp, igmp } accept",
    "fib daddr type { broadcast, multicast } drop",
    portalPorts.length > 0 && `tcp dport { ${portalPorts.join(", ")} } accept`,
    ...FAMILIES.flatMap(({ ip }) => {
      const own = [...ip === "ip6" ? ["fe80::/10"] : [], ...ownAddresses(zone, ip)];
      return own.length ? [portal, dns].map((rule) => `${ip} daddr { ${own.join(", ")} } ${rule}`) : [];
    }),
    "goto refuse",
  ]);
}

function upChain({ zone, wans }: GatedZone, { devices }: Surroundings): string {
  const outwards = wans.length ? `oifname ${deviceSet(wans)}` : `oifname != ${deviceSet([...devices, "lo"])}`;
  const garden = `jump ${zoneName("garden", zone)}`;
  return chain(zoneName("up", zone), [
    ...(zone.options.bypass.length ? [`oifname ${deviceSet(devices)} goto refuse`] : []),
    ...bypassRules(zone, "accept"),
    ...bypassNetworkRules(zone, "daddr", "accept"),
    // What conntrack cannot place is dropped: a refusal would end a connection that lives.
    `ct state vmap { invalid : jump ${zoneName("lost", zone)}, new : jump begun }`,
    zone.options.uamauthedallowed && garden,
    ...openRules(zone, PASS).map((rule) => `${outwards} ${rule}`),
    !zone.options.uamauthedallowed && garden,
    !ownDnsOnly(zone) &&
    `${outwards} meta l4proto { tcp, udp } th dport ${DNS} goto ${zoneName("dns", zone)}`,
    "goto refuse",
  ]);
}

/** What comes from another zone has ended in that zone's `up`. */
function downChain(zone: Zone): string {
  const garden = `jump ${zoneName("reply", zone)}`;
  return chain(zoneName("down", zone), [
    ...bypassNetworkRules(zone, "saddr", "accept"),
    ...bypassNetworkRules(zone, "daddr", "accept"),
    "ct state new,invalid,untracked drop",
    ...(hasBypassedMac(zone)
      ? FAMILIES.map(({ v, ip }) => `${ip} daddr @${zoneName(`seen${v}`, zone)} accept`)
      : []),
    zone.options.uamauthedallowed && garden,
    ...FAMILIES.map(({ v, ip }) => `meta priority set ${ip} daddr map @down${v} ${PASS}`),
    !zone.options.uamauthedallowed && garden,
    !ownDnsOnly(zone) && `meta l4proto { tcp, udp } th sport ${DNS} accept`,
    "goto refuse",
  ]);
}

/**
 * Accepts what goes to the walled garden; what is used of its names is kept. No name leads to another zone, whatever
 * DNS says.
 */
function gardenChain(zone: Zone, { devices }: Surroundings): string {
  const used = FAMILIES.map(({ v, ip }) => {
    const names = `@${zoneName(`names${v}`, zone)}`;
    return `${ip} daddr ${names} update ${names} { ${ip} daddr } accept`;
  });
  return chain(zoneName("garden", zone), [
    FORGED,
    `oifname ${deviceSet(devices)} return`,
    ...used,
    ...gardenRules(zone, "daddr", "dport", "accept"),
  ]);
}

/** Accepts what comes from it. */
function replyChain(zone: Zone): string {
  return chain(zoneName("reply", zone), gardenRules(zone, "saddr", "sport", "accept"));
}

function gardenRules(
  zone: Zone,
  end: "saddr" | "daddr",
  port: "sport" | "dport",
  verdict: "accept" | "return",
): string[] {
  return FAMILIES.flatMap(({ v, ip }) => [
    `${ip} ${end} @${zoneName(`garden${v}`, zone)} ${verdict}`,
    `${ip} ${end} @${zoneName(`names${v}`, zone)} ${verdict}`,
    `${ip} ${end} . meta l4proto @${zoneName(`gardenproto${v}`, zone)} ${verdict}`,
    `${ip} ${end} . meta l4proto . th ${port} @${zoneName(`gardenport${v}`, zone)} ${verdict}`,
  ]);
}

/**
 * Strangers may ask so and so often, whatever their addresses: a tunnel through DNS asks all the time. Who is in may ask
 * our own server more often, but not so often that a tunnel is of use there, where nothing is counted, or that nobody
 * else is answered.
 */
function dnsChain(zone: Zone): string {
  const { dnsrate, dnsburst } = zone.options;
  const atMost = (set: "queries" | "openqueries", times: number) => {
    const limit = `limit rate over ${dnsrate * times}/second burst ${Math.max(dnsburst * times, 1)} packets`;
    return `update @${zoneName(set, zone)} { ether saddr ${limit} } drop`;
  };
  return chain(zoneName("dns", zone), [
    ...bypassRules(zone, "accept"),
    // Each takes one of twenty processes from dnsmasq, for minutes where nothing is asked.
    `tcp dport ${DNS} ct status & confirmed == 0 add @${zoneName("tcpdns", zone)} ` +
    `{ ether saddr ct count over ${MOST_TCP_DNS} } reject with tcp reset`,
    ...(dnsrate > 0 ? openRules(zone, atMost("openqueries", OPEN_TIMES)) : []),
    ...openRules(zone, "accept"),
    dnsrate > 0 && atMost("queries", 1),
    "accept",
  ]);
}

/**
 * Stations that pass without a session. The replies to one that is known by its MAC find it by where it was seen. Where
 * nobody is bypassed no packet is looked at for it.
 */
function bypassRules(zone: Zone, verdict: "accept" | "return"): string[] {
  const byMac = FAMILIES.map(({ v, ip }) => {
    const seen = zoneName(`seen${v}`, zone);
    return `ether saddr @${zoneName("bypassmac", zone)} update @${seen} { ${ip} saddr } ${verdict}`;
  });
  return [...hasBypassedMac(zone) ? byMac : [], ...bypassNetworkRules(zone, "saddr", verdict)];
}

function bypassNetworkRules(zone: Zone, end: "saddr" | "daddr", verdict: "accept" | "return"): string[] {
  const kinds = new Set(zone.options.bypass.map((text) => parseIpNetwork(text)?.[0].kind()));
  return FAMILIES.filter(({ v }) => kinds.has(`ipv${v}`)).map(({ v, ip }) =>
    `${ip} ${end} @${zoneName(`bypass${v}`, zone)} ${verdict}`
  );
}

function hasBypassedMac({ options }: Zone): boolean {
  return options.bypass.some((text) => !parseIpNetwork(text));
}

/** Beside the forward hook the priority is of no use: the map is only asked whether it has the station. */
function openRules(zone: Zone, verdict: string): string[] {
  return FAMILIES.map(({ v, ip }) =>
    `meta priority set ether saddr . ${ip} saddr map @${zoneName(`up${v}`, zone)} ${verdict}`
  );
}

/** Portico's own DNS server answers strangers, unless there is none or they may ask any. */
function ownDnsOnly({ options }: Zone): boolean {
  return options.dhcp && !options.uamanydns;
}

function toPortal(zone: Zone, ip: "ip" | "ip6"): string {
  return `${SPARE} dnat ${ip} to ${endpoint(ownAddresses(zone, ip)[0] ?? "", zone.options.uamport)}`;
}

function endpoint(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

function ownAddresses({ options }: Zone, ip: "ip" | "ip6"): string[] {
  return options.address.flatMap((text) => {
    const [address] = parseIpNetwork(text) ?? [];
    const isWanted = (address?.kind() === "ipv6") === (ip === "ip6");
    return address && isWanted ? [normalizeIpAddress(address.toString()) ?? ""] : [];
  });
}

/** A chain of the rules that there are. */
export function chain(name: string, rules: readonly (string | false | 0 | null | undefined)[]): string {
  return [`chain ${name} {`, ...rules.filter(Boolean), "}"].join("\n");
}
