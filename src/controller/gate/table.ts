import type { Zone } from "../../aaa/identity/zones.ts";

/** The one table that is Portico's; nothing outside it is ever written. */
export const TABLE = "inet portico";

/**
 * What all zones share. A station has a number, even, which its packets carry as their priority while they pass: looked
 * up by MAC and source address among its zone's on the way out, by destination on the way back (there the number plus
 * one). `counted` has its counters, apart from who may pass, so that what passed can still be read when nothing passes
 * any more; what is not in it does not pass. `classes` gives the class that shapes it, or none, and `stations` tells
 * whose number it is.
 */
export const SHARED_SETS = `
  set counted { typeof meta priority; size 131072; counter; }
  set stations { typeof meta priority; size 65536; }
  map classes { typeof meta priority : meta priority; size 131072; }
  map down4 { typeof ip daddr : meta priority; size 65536; }
  map down6 { typeof ip6 daddr : meta priority; size 131072; }
  set begun { type ether_addr; size 65536; flags dynamic,timeout; timeout 1m; }`;

/**
 * The kernel remembers a number of connections for the whole box, some for minutes that nobody ever answered: a station
 * that begins more than a busy one does would take them all. Of each connection the first packet alone is looked at.
 */
export const TOO_MANY_BEGUN =
  "ct status & confirmed == 0 update @begun { ether saddr limit rate over 100/second burst 1000 packets } drop";

/** IPv4 and IPv6, as names of sets and as words of rules. */
export const FAMILIES = [{ v: "4", ip: "ip" }, { v: "6", ip: "ip6" }] as const;
export type Version = (typeof FAMILIES)[number]["v"];

/** The sets of a zone. */
export type ZoneSet =
  | `${"up" | "garden" | "gardenproto" | "gardenport" | "names" | "bypass" | "seen"}${Version}`
  | "bypassmac"
  | "queries"
  | "openqueries"
  | "tcpdns";

/** Name of a chain or set of one zone: the same for a process after this one. */
export function zoneName(what: ZoneSet | ZoneChain, zone: Pick<Zone, "id">): string {
  return `${what}_${zoneKey(zone)}`;
}

export type ZoneChain = "caught" | "box" | "up" | "lost" | "down" | "garden" | "reply" | "dns";

/** @throws {Error} unless the id is a UUID: what goes into rules is never anybody's text. */
function zoneKey({ id }: Pick<Zone, "id">): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) {
    throw new Error(`"${id}" is not the id of a zone`);
  }
  return id.replaceAll("-", "");
}

/**
 * Sets to which a zone's DNS server adds the addresses behind the names of its walled garden (`uamdomain`), as dnsmasq's
 * `nftset` writes them. They exist from `Gate.apply()` on. An address stays for an hour after a stranger last used it.
 */
export function gardenSets(zone: Pick<Zone, "id">): { readonly ipv4: string; readonly ipv6: string } {
  const table = TABLE.replace(" ", "#");
  return { ipv4: `${table}#${zoneName("names4", zone)}`, ipv6: `${table}#${zoneName("names6", zone)}` };
}

/** Where `uamlogoutip` is answered (see `uamport`). */
export function logoutPort(zone: Pick<Zone, "options">): number {
  return zone.options.uamport + 1;
}

/** A station's number, as nftables and tc write it. */
export function handleText(number: number): string {
  return `${(number >>> 16).toString(16)}:${(number & 0xffff).toString(16)}`;
}

/** @param text `1:a`, each part up to four hex digits. */
export function readHandle(text: string): number {
  const [major = "", minor = ""] = text.split(":");
  return Number.parseInt(major || "0", 16) * 65_536 + Number.parseInt(minor || "0", 16);
}
