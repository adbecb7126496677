import { ipv4Prefixes } from "../../aaa/identity/zone_rules.ts";
import type { Zone } from "../../aaa/identity/zones.ts";
import { normalizeIpAddress } from "../../values/ip_address.ts";
import type { Sighting } from "../sighting.ts";
import { isInZone } from "../zone_of_address.ts";
import { ipv4Range } from "./ipv4_range.ts";
import type { Lease, LeaseEvent } from "./lease_records.ts";
import type { Neighbour } from "./neighbour_records.ts";

/** Who uses which address of a zone, from its leases and the kernel's neighbour table. */
export interface ZoneSightings {
  /** What dnsmasq has just done. */
  lease(event: LeaseEvent): void;
  /** The whole lease file: what of it was missed is made good. A lease is over when it is missing twice. */
  leases(current: readonly Lease[]): void;
  neighbour(neighbour: Neighbour): void;
  /** The whole neighbour table. */
  neighbours(current: readonly Neighbour[]): void;
  /** Ends what has been silent for too long. @returns addresses that the kernel is to ask for. */
  sweep(): string[];
  /** Who has the address, unless the kernel has heard it from somebody else, or from nobody. */
  at(address: string): Sighting | null;
  /** The lease of the address, whatever the kernel knows. */
  leaseOf(address: string): Sighting | null;
  all(): Sighting[];
}

export interface ZoneSightingsOptions {
  readonly zone: Zone;
  readonly now: () => Date;
  readonly seen: (sighting: Sighting) => void;
  readonly gone: (sighting: Sighting) => void;
  /** Lets the kernel forget who has an address, so that only a station that speaks again is there again. */
  readonly forget: (address: string) => void;
}

interface Holder {
  readonly mac: string;
  readonly leased: boolean;
  provenAt: number;
}

/** Within this time of its last sign of life nobody takes a station's address over. */
const HELD_MILLISECONDS = 60_000;
/** Stable and temporary addresses of one station: a new one a day, each good for a week (RFC 8981 section 3.8), and more. */
const MOST_ADDRESSES = 16;

/**
 * Rules: an address is a station's when it is in the zone's networks and no address of the box. A leased or reserved IPv4
 * address belongs to its MAC alone, and a MAC with a lease has no other IPv4 address. Any other address belongs to who
 * used it first, until that station has been silent for as long as a lease is good.
 */
export function zoneSightings({ zone, now, seen, gone, forget }: ZoneSightingsOptions): ZoneSightings {
  const holders = new Map<string, Holder>();
  const addressesOf = new Map<string, Set<string>>();
  const known = new Map<string, string>();
  const notGuests = addressesOfNobody(zone);
  const reserved = new Map(zone.options.dhcphost.map((text) => {
    const [mac = "", address = ""] = text.split("=");
    return [address, mac] as const;
  }));
  let missing = new Set<string>();

  const sighting = (address: string, { mac }: Holder): Sighting => ({ zoneId: zone.id, mac, address });
  const hold = (address: string, mac: string, leased: boolean) => {
    const holder = { mac, leased, provenAt: now().getTime() };
    holders.set(address, holder);
    const addresses = addressesOf.get(mac) ?? new Set();
    addressesOf.set(mac, addresses.add(address));
    seen(sighting(address, holder));
  };
  const release = (address: string) => {
    const holder = holders.get(address);
    if (!holder) return;
    holders.delete(address);
    const addresses = addressesOf.get(holder.mac);
    addresses?.delete(address);
    if (!addresses?.size) addressesOf.delete(holder.mac);
    gone(sighting(address, holder));
  };
  const heldBy = (mac: string) =>
    [...addressesOf.get(mac) ?? []].flatMap((address) => {
      const holder = holders.get(address);
      return holder ? [{ address, ...holder }] : [];
    });

  const begin = (mac: string, address: string) => {
    const holder = holders.get(address);
    if (holder && holder.mac !== mac) release(address);
    hold(address, mac, true);
    for (const other of heldBy(mac)) {
      if (!other.leased && other.address !== address && isIpv4(other.address)) release(other.address);
    }
  };
  const end = (mac: string, address: string) => {
    const holder = holders.get(address);
    if (!holder?.leased || holder.mac !== mac) return;
    release(address);
    known.delete(address);
    forget(address);
  };

  /** Room for one more IPv6 address: the one longest unheard of goes. */
  const makeRoom = (mac: string) => {
    const others = heldBy(mac).filter(({ leased }) => !leased);
    if (others.length < MOST_ADDRESSES) return;
    const [oldest] = others.sort((a, b) => a.provenAt - b.provenAt);
    if (oldest) release(oldest.address);
  };
  const mayHold = (mac: string, address: string) => {
    const owner = reserved.get(address);
    if (owner !== undefined && owner !== mac) return false;
    return !isIpv4(address) || !heldBy(mac).some(({ leased }) => leased);
  };

  const neighbour = ({ address, mac, proven }: Neighbour) => {
    if (notGuests.has(address) || !isInZone(zone, address)) return;
    if (mac === null) {
      known.delete(address);
      return;
    }
    known.set(address, mac);
    const holder = holders.get(address);
    if (holder?.mac === mac) {
      if (proven) holder.provenAt = now().getTime();
      return;
    }
    if (holder && (holder.leased || now().getTime() - holder.provenAt < HELD_MILLISECONDS)) return;
    if (!mayHold(mac, address)) return;
    release(address);
    makeRoom(mac);
    hold(address, mac, false);
  };

  return {
    lease({ kind, mac, address }) {
      if (kind === "begun") begin(mac, address);
      else end(mac, address);
    },
    leases(current) {
      const macs = new Map(current.map(({ address, mac }) => [address, mac]));
      for (const [address, mac] of macs) {
        const holder = holders.get(address);
        if (!holder?.leased || holder.mac !== mac) begin(mac, address);
      }
      const absent = [...holders].filter(([address, { leased }]) => leased && !macs.has(address));
      for (const [address, { mac }] of absent) if (missing.has(address)) end(mac, address);
      missing = new Set(absent.map(([address]) => address));
    },
    neighbour,
    neighbours(current) {
      const listed = new Set(current.map(({ address }) => address));
      for (const address of [...known.keys()]) if (!listed.has(address)) known.delete(address);
      current.forEach(neighbour);
    },
    sweep() {
      const silence = zone.options.lease * 1000;
      const unleased = [...holders].filter(([, { leased }]) => !leased);
      const age = ({ provenAt }: Holder) => now().getTime() - provenAt;
      for (const [address, holder] of unleased) {
        if (age(holder) <= silence) continue;
        release(address);
        known.delete(address);
        forget(address);
      }
      // Early enough to hear of it before the time is over.
      return unleased.filter(([, holder]) => age(holder) > silence / 2 && age(holder) <= silence)
        .map(([address]) => address);
    },
    at(address) {
      const holder = holders.get(address);
      return holder && known.get(address) === holder.mac ? sighting(address, holder) : null;
    },
    leaseOf(address) {
      const holder = holders.get(address);
      return holder?.leased ? sighting(address, holder) : null;
    },
    all: () => [...holders].map(([address, holder]) => sighting(address, holder)),
  };
}

/** The box's own, and those of whole networks. */
function addressesOfNobody({ options }: Zone): ReadonlySet<string> {
  return new Set([
    ...options.address.flatMap((text) => normalizeIpAddress(text.split("/", 1)[0] ?? "") ?? []),
    ...ipv4Prefixes(options).flatMap((prefix) => {
      const { network, broadcast } = ipv4Range(options, prefix);
      return [network, broadcast];
    }),
  ]);
}

function isIpv4(address: string): boolean {
  return !address.includes(":");
}
