import { ipv4Prefixes } from "../../aaa/identity/zone_rules.ts";
import type { Zone } from "../../aaa/identity/zones.ts";
import { type IpNetwork, parseIpNetwork } from "../../values/ip_address.ts";
import { ipv4Range } from "./ipv4_range.ts";

/** The nftables sets that a zone's walled garden fills: `family#table#set`, as dnsmasq's `nftset` writes them. */
export interface GardenSets {
  readonly ipv4: string;
  readonly ipv6: string;
}

export interface DnsmasqPaths {
  readonly leases: string;
  readonly leaseEvent: string;
  readonly processId: string;
}

export interface ZoneService {
  readonly zone: Zone;
  /** The interface where its stations are. */
  readonly device: string;
  readonly paths: DnsmasqPaths;
  /** Of RFC 8908; null when there is none that stations would accept. */
  readonly captivePortalUrl: string | null;
  readonly gardenSets: GardenSets;
  /** Whom dnsmasq becomes once it listens; null for its own choice. */
  readonly user: string | null;
}

/** SLAAC works in networks of this size alone (RFC 4862 section 5.5.3). */
const SLAAC_BITS = 64;
/** A host keeps a prefix for two hours at the least, whatever it is told (RFC 4862 section 5.5.3). */
const PREFIX_SECONDS = 7200;
/** RFC 4861 section 6.2.1: the defaults of MaxRtrAdvInterval and AdvDefaultLifetime. */
export const ADVERTISEMENT_SECONDS = 600;
export const ROUTER_SECONDS = 1800;
const CACHED_NAMES = 2000;
/**
 * Questions under way upstream at once, of all stations of the zone. One that nobody answers takes its place for ten
 * seconds: so many that a few stations who ask nothing else do not take all of them.
 */
const OPEN_QUESTIONS = 10_000;
/** dnsmasq keeps a record of each lease in memory; a zone may have a /8. */
const MOST_LEASES = 65_536;
/** What one option of DHCP can carry (RFC 2132 section 2). */
const MOST_OPTION_OCTETS = 255;

/** The text that a dnsmasq of this zone alone is started with: one a zone, so that no zone's names reach another. */
export function dnsmasqConfiguration(service: ZoneService): string {
  return [
    ...processLines(service),
    ...dhcpLines(service),
    ...ipv6Lines(service),
    ...nameLines(service.zone),
    ...gardenLines(service),
    "",
  ].join("\n");
}

/** Sentences about what was asked for and cannot be served. */
export function unservable(
  { zone, captivePortalUrl }: Pick<ZoneService, "zone" | "captivePortalUrl">,
): string[] {
  const short = ipv6Prefixes(zone).filter(([, bits]) => bits !== SLAAC_BITS).map(([own, bits]) =>
    `Stations of the zone "${zone.name}" get no addresses of ${own}/${bits}: they make them by themselves in a network of ` +
    `/${SLAAC_BITS} only`
  );
  if (captivePortalUrl === null || isAnOption(captivePortalUrl)) return short;
  return [
    ...short,
    `The address of the captive portal API is not told to stations of the zone "${zone.name}": an option of DHCP takes ` +
    `${MOST_OPTION_OCTETS} characters of a URL at most`,
  ];
}

function processLines({ device, paths, user }: ZoneService): string[] {
  return [
    `pid-file=${quoted(paths.processId)}`,
    ...(user ? [`user=${user}`] : []),
    // Listens on this interface's addresses, those to come too, and on no other; nor on lo, where the box's own may be.
    `interface=${device}`,
    "except-interface=lo",
    "bind-dynamic",
    "quiet-dhcp",
    "quiet-dhcp6",
    "quiet-ra",
  ];
}

function dhcpLines({ zone, paths, captivePortalUrl }: ZoneService): string[] {
  const { options } = zone;
  const prefixes = ipv4Prefixes(options);
  return [
    `dhcp-leasefile=${quoted(paths.leases)}`,
    `dhcp-script=${quoted(paths.leaseEvent)}`,
    `dhcp-lease-max=${
      Math.min(MOST_LEASES, prefixes.reduce((sum, prefix) => sum + ipv4Range(options, prefix).room, 0))
    }`,
    "dhcp-authoritative",
    // One address a MAC: who copies a station's MAC gets no second address under its name.
    "dhcp-ignore-clid",
    // A station that calls itself "logout" gets no such name.
    "dhcp-ignore-names",
    // Waits up to three seconds for an answer to a ping before each offer; stations look for themselves (RFC 5227).
    "no-ping",
    ...prefixes.flatMap((prefix, at) => rangeLines(zone, prefix, `net${at}`)),
    ...options.dhcphost.map((host) => `dhcp-host=${host.replace("=", ",")}`),
    `dhcp-option=option:mtu,${options.mtu}`,
    ...(options.domain ? [`dhcp-option=option:domain-name,${bareDomain(options.domain)}`] : []),
    // RFC 8910 section 2.1.
    ...(isAnOption(captivePortalUrl) ? [`dhcp-option=114,${quoted(captivePortalUrl)}`] : []),
  ];
}

function rangeLines({ options }: Zone, prefix: IpNetwork, tag: string): string[] {
  const [own] = prefix;
  const { start, end, mask, broadcast } = ipv4Range(options, prefix);
  return [
    `dhcp-range=set:${tag},${start},${end},${mask},${broadcast},${options.lease}`,
    `dhcp-option=tag:${tag},option:router,${own}`,
    `dhcp-option=tag:${tag},option:dns-server,${own}`,
  ];
}

function ipv6Lines({ zone, device, captivePortalUrl }: ZoneService): string[] {
  const prefixes = slaacPrefixes(zone);
  if (!prefixes.length) return [];
  const { options } = zone;
  const servers = prefixes.map(([own]) => `[${own}]`).join(",");
  return [
    "enable-ra",
    // Stations make their addresses by themselves and ask DHCPv6 for the rest (the O flag).
    ...prefixes.map(([own]) => `dhcp-range=${own},ra-stateless,${SLAAC_BITS},${PREFIX_SECONDS}`),
    `ra-param=${device},mtu:${options.mtu},${ADVERTISEMENT_SECONDS},${ROUTER_SECONDS}`,
    `dhcp-option=option6:dns-server,${servers}`,
    ...(options.domain ? [`dhcp-option=option6:domain-search,${bareDomain(options.domain)}`] : []),
    // RFC 8910 section 2.2.
    ...(isAnOption(captivePortalUrl) ? [`dhcp-option=option6:103,${quoted(captivePortalUrl)}`] : []),
  ];
}

/**
 * Whom guests' questions go to, and the names that are answered here. Answers that point to private addresses are let
 * through: a venue's own names do, its portal's first of all, and the UAM listener gives a page nothing by a name of its
 * own that JSONP does not give to all.
 */
function nameLines({ options }: Zone): string[] {
  const upstream = [options.dns1, options.dns2].filter(Boolean);
  const own = options.address.flatMap((text) => parseIpNetwork(text)?.[0].toString() ?? []);
  return [
    `cache-size=${CACHED_NAMES}`,
    `dns-forward-max=${OPEN_QUESTIONS}`,
    // The names of the box's own /etc/hosts are none of the guests' business.
    "no-hosts",
    // Bare names and the networks of private use are nobody's upstream (RFC 6303).
    "domain-needed",
    "bogus-priv",
    ...(upstream.length ? ["no-resolv", ...upstream.map((server) => `server=${server}`)] : []),
    ...hostLines("logout", options.domain, [options.uamlogoutip]),
    ...hostLines(options.uamaliasname, options.domain, [options.uamaliasip]),
    ...hostLines(options.uamhostname, options.domain, own),
  ];
}

/** A name answered here alone: for a kind of address that it has none of, nobody else is asked. */
function hostLines(written: string, domain: string, addresses: readonly string[]): string[] {
  const name = bareDomain(written);
  const known = addresses.filter(Boolean);
  if (!name || !known.length) return [];
  const names = domain && !name.includes(".") ? [name, `${name}.${bareDomain(domain)}`] : [name];
  return names.flatMap((each) => [
    `local=/${each}/`,
    ...known.map((address) => `host-record=${each},${address}`),
  ]);
}

/**
 * The walled garden by name: an answer's addresses are put into the gate's sets before the station has it. The original
 * lowers the time of those answers alone; dnsmasq has one bound for all that it hands out, so that it is the whole zone
 * with a garden that asks more often. It keeps none of them longer either: an address that the gate has forgotten is in its
 * set again when the world is asked again, not when the cache is.
 */
function gardenLines({ zone: { options }, gardenSets: { ipv4, ipv6 } }: ZoneService): string[] {
  if (!options.uamdomain.length) return [];
  return [
    ...options.uamdomain.map((domain) => `nftset=/${bareDomain(domain)}/4#${ipv4},6#${ipv6}`),
    `max-ttl=${options.uamdomainttl}`,
    `max-cache-ttl=${options.uamdomainttl}`,
  ];
}

/** IPv6 networks where stations make addresses by themselves. */
export function slaacPrefixes(zone: Zone): IpNetwork[] {
  return ipv6Prefixes(zone).filter(([, bits]) => bits === SLAAC_BITS);
}

function ipv6Prefixes({ options }: Zone): IpNetwork[] {
  return options.address.flatMap((text) => {
    const network = parseIpNetwork(text);
    return network?.[0].kind() === "ipv6" ? [network] : [];
  });
}

/** Whether DHCP can carry it. */
export function isAnOption(url: string | null): url is string {
  return url !== null && url.length <= MOST_OPTION_OCTETS && /^[\x21-\x7e]+$/.test(url);
}

function bareDomain(domain: string): string {
  return domain.replace(/^\./, "").toLowerCase();
}

/** As dnsmasq reads a text, whatever is in it; between quotation marks `,` and `#` mean nothing. */
function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}
