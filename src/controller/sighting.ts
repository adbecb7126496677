import type { Zone } from "../aaa/identity/zones.ts";

/** A station and an address that it uses. */
export interface Sighting {
  readonly zoneId: string;
  /** Lower case with colons. */
  readonly mac: string;
  /** In its shortest form, IPv4 or IPv6. */
  readonly address: string;
}

/** IPv6 has a new temporary one a day, each good for a week (RFC 8981 section 3.8), and more than one prefix. */
export const MOST_ADDRESSES = 32;

/** Who is where in the zones: leases, and the kernel's neighbour table. */
export interface Whereabouts {
  /**
   * Serves and watches these zones from now on; can be called again after a change. A program of ours that still runs
   * from before is taken over.
   *
   * @param seen a new lease, or a station that spoke under an address: called again for what is known already.
   * @param gone the lease was given back or ended, or the station has been silent too long to be there.
   */
  serve(
    zones: readonly Zone[],
    seen: (sighting: Sighting) => void,
    gone: (sighting: Sighting) => void,
  ): Promise<void>;
  /** Asks the kernel now: whose address it is; null when nobody there has it. */
  find(zoneId: string, address: string): Promise<Sighting | null>;
  /** The MAC address of the zone's interface, lower case with colons; null when it has none. */
  ownMac(zoneId: string): string | null;
  stop(): Promise<void>;
}
