import type { Zone } from "../../aaa/identity/zones.ts";
import { type IpNetwork, parseIpNetwork } from "../../values/ip_address.ts";
import { FAMILIES, TABLE, type Version, zoneName, type ZoneSet } from "./table.ts";
import { type Garden, outermost } from "./walled_garden.ts";

/** How long an address is remembered that is not used. */
const USED_WITHIN = "1h";
/** Who asked for names how often lately. */
const QUERIES = ["queries", "openqueries"] as const;
/** A station has several addresses of IPv6. */
const STATIONS = { 4: 65_536, 6: 131_072 } as const;
const TYPES = { 4: "ipv4_addr", 6: "ipv6_addr" } as const;

/** The sets of one zone, without what is in them. */
export function zoneSets(zone: Zone): string {
  const set = (name: ZoneSet, definition: string) => `set ${zoneName(name, zone)} { ${definition} }`;
  return [
    set("bypassmac", "type ether_addr;"),
    ...QUERIES.map((name) => set(name, "type ether_addr; size 65536; flags dynamic,timeout; timeout 5m;")),
    set("tcpdns", "type ether_addr; size 65536; flags dynamic;"),
    ...FAMILIES.flatMap(({ v, ip }) => {
      const address = TYPES[v];
      return [
        `map ${zoneName(`up${v}`, zone)} { typeof ether saddr . ${ip} saddr : meta priority; size ${
          STATIONS[v]
        }; }`,
        set(`garden${v}`, `type ${address}; flags interval;`),
        set(`gardenproto${v}`, `type ${address} . inet_proto; flags interval;`),
        set(`gardenport${v}`, `type ${address} . inet_proto . inet_service; flags interval;`),
        set(`bypass${v}`, `type ${address}; flags interval;`),
        set(`names${v}`, `type ${address}; size 65536; flags dynamic,timeout; timeout ${USED_WITHIN};`),
        set(`seen${v}`, `type ${address}; size 65536; flags dynamic,timeout; timeout ${USED_WITHIN};`),
      ];
    }),
  ].join("\n");
}

/** Makes the sets that only a zone's options and names fill have exactly these elements. */
export function zoneElements(zone: Zone, garden: Garden): string {
  const networks = zone.options.bypass.flatMap((text) => {
    const network = parseIpNetwork(text);
    return network ? [{ network }] : [];
  });
  // What is no network is a MAC address, lower case with colons: the option's schema leaves nothing else.
  const macs = zone.options.bypass.filter((text) => !parseIpNetwork(text));
  const bypassed = outermost(networks).map(({ network }) => network);
  return [
    fill(zoneName("bypassmac", zone), macs),
    ...QUERIES.map((name) => `flush set ${TABLE} ${zoneName(name, zone)}`),
    ...FAMILIES.map(({ v }) => fill(zoneName(`bypass${v}`, zone), inFamily(v, bypassed))),
    gardenElements(zone, garden),
  ].join("\n");
}

/** As `zoneElements()`, for the walled garden alone. */
export function gardenElements(zone: Zone, garden: Garden): string {
  return FAMILIES.flatMap(({ v }) => [
    fill(zoneName(`garden${v}`, zone), inFamily(v, garden.any)),
    fill(
      zoneName(`gardenproto${v}`, zone),
      garden.byProtocol.flatMap(({ network, protocol }) =>
        inFamily(v, [network]).map((text) => `${text} . ${protocol}`)
      ),
    ),
    fill(
      zoneName(`gardenport${v}`, zone),
      garden.byPort.flatMap(({ network, protocol, port }) =>
        inFamily(v, [network]).map((text) => `${text} . ${protocol} . ${port}`)
      ),
    ),
  ]).join("\n");
}

function fill(name: string, elements: readonly string[]): string {
  const flush = `flush set ${TABLE} ${name}`;
  return elements.length ? `${flush}\nadd element ${TABLE} ${name} { ${elements.join(", ")} }` : flush;
}

/** Without host bits: nft takes them for another network. */
function inFamily(v: Version, networks: readonly IpNetwork[]): string[] {
  return networks.filter(([address]) => address.kind() === `ipv${v}`).map(networkText);
}

function networkText([address, bits]: IpNetwork): string {
  const octets = address.toByteArray().map((octet, at) =>
    octet & (0xff << (8 - clamp(bits - at * 8))) & 0xff
  );
  const text = octets.length === 4
    ? octets.join(".")
    : octets.flatMap((octet, at) => at % 2 ? [] : [(octet * 256 + (octets[at + 1] ?? 0)).toString(16)]).join(
      ":",
    );
  return `${text}/${bits}`;
}

function clamp(bits: number): number {
  return Math.min(8, Math.max(0, bits));
}
