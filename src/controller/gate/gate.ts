import type { Zone } from "../../aaa/identity/zones.ts";

/** A station that may pass. Bandwidths are bits a second, 0 for no limit. */
export interface OpenStation {
  readonly zoneId: string;
  /** Lower case with colons. */
  readonly mac: string;
  /** IPv4 and IPv6, in their shortest form. */
  readonly addresses: readonly string[];
  readonly bandwidthUp: number;
  readonly bandwidthDown: number;
}

export type StationKey = Pick<OpenStation, "zoneId" | "mac">;

/** IP packets that passed, headers of IP included; up is from the station (RFC 2866's input). */
export interface Traffic {
  readonly upOctets: number;
  readonly downOctets: number;
  readonly upPackets: number;
  readonly downPackets: number;
}

export const NO_TRAFFIC: Traffic = { upOctets: 0, downOctets: 0, upPackets: 0, downPackets: 0 };

export function addTraffic(a: Traffic, b: Traffic): Traffic {
  return {
    upOctets: a.upOctets + b.upOctets,
    downOctets: a.downOctets + b.downOctets,
    upPackets: a.upPackets + b.upPackets,
    downPackets: a.downPackets + b.downPackets,
  };
}

export function stationKey({ zoneId, mac }: StationKey): string {
  return `${zoneId} ${mac}`;
}

/** Stores what passed before its counters go. */
export type Keep = (passed: Traffic) => Promise<void>;

/**
 * Who may pass between the zones and the world. Each call is atomic and can be repeated; what a call opened stays open
 * in the kernel when this process dies, with its counters.
 */
export interface Gate {
  /**
   * Makes everything be as the zones say, and exactly these stations open. Stations that were open (also by a process
   * before this one) keep their counters; nobody who stays is interrupted. One that `close()` failed to forget does not
   * pass, and keeps its counters for the next try.
   *
   * @throws {Error} when the machine refuses; the old state is then still whole.
   */
  apply(zones: readonly Zone[], stations: readonly OpenStation[]): Promise<void>;
  /** Opens a station, or gives an open one its new addresses and bandwidths: its counters go on. */
  open(station: OpenStation): Promise<void>;
  /**
   * Lets nobody pass under its addresses, ends its connections, and tells all that had passed since `open()`.
   *
   * @param keep is awaited with what is returned when nobody passes any more and the counters are still there, so that
   *   what it stores is not lost when this process dies. When it fails, so does this, and the counters stay.
   */
  close(station: StationKey, keep?: Keep): Promise<Traffic>;
  /** What has passed for every open station since `open()`, by `stationKey()`. */
  traffic(): Promise<ReadonlyMap<string, Traffic>>;
  /** Takes away all that is its own, in order; zones with `hold_when_stopped` keep a rule that lets nobody pass. */
  remove(): Promise<void>;
}
