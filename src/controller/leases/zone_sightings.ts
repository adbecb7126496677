import { ipv4Prefixes } from "../../aaa/identity/zone_rules.ts";
import type { Zone } from "../../aaa/identity/zones.ts";
import { normalizeIpAddress } from "../../values/ip_address.ts";
import { MOST_ADDRESSES, type Sighting } from "../sighting.ts";
import { isInZone } from "../zone_of_address.ts";
import { type AddressHolders, addressHolders, type Holder } from "./address_holders.ts";
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
  sweep(): readonly string[];
  /** Who has the address, unless the kernel has heard it from somebody else, or from nobody. */
  at(address: string): Sighting | null;
  /** The lease of the address, whatever the kernel knows. */
  leaseOf(address: string): Sighting | null;
  all(): readonly Sighting[];
}

export interface ZoneSightingsOptions {
  readonly zone: Zone;
  readonly now: () => Date;
  readonly seen: (sighting: Sighting) => void;
  readonly gone: (sighting: Sighting) => void;
  /** Lets the kernel forget who has an address, so that only a station that speaks again is there again. */
  readonly forget: (address: string) => void;
}

interface State extends Pick<ZoneSightingsOptions, "zone" | "now" | "forget"> {
  readonly holders: AddressHolders;
  /** Whom the kernel has last heard each address from. */
  readonly heardFrom: Map<string, string>;
  readonly notGuests: ReadonlySet<string>;
  /** MAC addresses by the IPv4 address that is kept for them. */
  readonly reserved: ReadonlyMap<string, string>;
}

/** Within this time of its last sign of life nobody takes a station's address over. */
const HELD_MILLISECONDS = 60_000;

/**
 * Rules: an address is a station's when it is in the zone's networks and no address of the box. A leased or reserved IPv4
 * address belongs to its MAC alone, and a MAC with a lease has no other IPv4 address. Any other address belongs to who
 * used it first, until that station has been silent for as long as a lease is good.
 */
export function zoneSightings({ zone, now, seen, gone, forget }: ZoneSightingsOptions): ZoneSightings {
  const state: State = {
    zone,
    now,
    forget,
    holders: addressHolders(zone.id, now, seen, gone),
    heardFrom: new Map(),
    notGuests: addressesOfNobody(zone),
    reserved: reservedAddresses(zone),
  };
  const { holders, heardFrom } = state;
  const sighting = (holder: Holder | undefined): Sighting | null =>
    holder ? { zoneId: zone.id, mac: holder.mac, address: holder.address } : null;
  let missing: ReadonlySet<string> = new Set();
  return {
    lease({ kind, mac, address }) {
      if (kind === "begun") beginLease(state, mac, address);
      else endLease(state, mac, address);
    },
    leases(current) {
      missing = reconcile(state, current, missing);
    },
    neighbour: (neighbour) => hear(state, neighbour),
    neighbours(current) {
      const listed = new Set(current.map(({ address }) => address));
      for (const address of [...heardFrom.keys()]) if (!listed.has(address)) heardFrom.delete(address);
      for (const neighbour of current) hear(state, neighbour);
    },
    sweep: () => sweep(state),
    at(address) {
      const holder = holders.get(address);
      return heardFrom.get(address) === holder?.mac ? sighting(holder) : null;
    },
    leaseOf(address) {
      const holder = holders.get(address);
      return holder?.isLeased ? sighting(holder) : null;
    },
    all: () => holders.all().flatMap((holder) => sighting(holder) ?? []),
  };
}

function beginLease({ holders }: State, mac: string, address: string): void {
  if (holders.get(address)?.mac !== mac) holders.release(address);
  // Before the one that it had is gone: a station that moves is never away.
  holders.hold(mac, address, true);
  for (const other of holders.of(mac)) {
    if (!other.isLeased && isIpv4(other.address)) holders.release(other.address);
  }
}

function endLease(state: State, mac: string, address: string): void {
  const holder = state.holders.get(address);
  if (holder?.isLeased && holder.mac === mac) letGo(state, address);
}

/** @param missing Leases that were not in the file the last time. @returns those that are not in it now. */
function reconcile(
  state: State,
  current: readonly Lease[],
  missing: ReadonlySet<string>,
): ReadonlySet<string> {
  const listed = new Set(current.map(({ address }) => address));
  for (const { address, mac } of current) {
    const holder = state.holders.get(address);
    if (!holder?.isLeased || holder.mac !== mac) beginLease(state, mac, address);
  }
  const absent = state.holders.all().filter(({ isLeased, address }) => isLeased && !listed.has(address));
  for (const { mac, address } of absent) if (missing.has(address)) endLease(state, mac, address);
  return new Set(absent.map(({ address }) => address));
}

function hear(state: State, { address, mac, proven }: Neighbour): void {
  const { zone, holders, heardFrom, now } = state;
  if (mac === null) {
    heardFrom.delete(address);
    return;
  }
  const holder = holders.get(address);
  if (holder?.mac === mac) {
    heardFrom.set(address, mac);
    if (proven) {
      holder.provenAt = now().getTime();
      holder.isProven = true;
    }
    return;
  }
  if (state.notGuests.has(address) || !isInZone(zone, address)) return;
  heardFrom.set(address, mac);
  if (holder && (holder.isLeased || now().getTime() - holder.provenAt < HELD_MILLISECONDS)) return;
  if (!mayHold(state, mac, address)) return;
  holders.release(address);
  makeRoom(holders, mac);
  holders.hold(mac, address, false, proven);
}

function mayHold({ holders, reserved }: State, mac: string, address: string): boolean {
  if ((reserved.get(address) ?? mac) !== mac) return false;
  return !isIpv4(address) || !holders.of(mac).some(({ isLeased }) => isLeased);
}

/**
 * For one more address: the one longest unheard of goes, of those first that the station was never found at: anybody can
 * say that it has them.
 */
function makeRoom(holders: AddressHolders, mac: string): void {
  const others = holders.of(mac).filter(({ isLeased }) => !isLeased);
  if (others.length < MOST_ADDRESSES) return;
  const [oldest] = others.sort((a, b) => Number(a.isProven) - Number(b.isProven) || a.provenAt - b.provenAt);
  if (oldest) holders.release(oldest.address);
}

function sweep(state: State): readonly string[] {
  const silence = state.zone.options.lease * 1000;
  const age = ({ provenAt }: Holder) => state.now().getTime() - provenAt;
  const unleased = state.holders.all().filter(({ isLeased }) => !isLeased);
  for (const holder of unleased) if (age(holder) > silence) letGo(state, holder.address);
  // Early enough to hear of it before the time is over.
  return unleased.filter((holder) => age(holder) > silence / 2 && age(holder) <= silence)
    .map(({ address }) => address);
}

function letGo({ holders, heardFrom, forget }: State, address: string): void {
  holders.release(address);
  heardFrom.delete(address);
  forget(address);
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

function reservedAddresses({ options }: Zone): ReadonlyMap<string, string> {
  return new Map(options.dhcphost.map((text) => {
    const [mac = "", address = ""] = text.split("=");
    return [address, mac] as const;
  }));
}

function isIpv4(address: string): boolean {
  return !address.includes(":");
}
