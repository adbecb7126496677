import {
  countElements,
  type Element,
  elementChanges,
  isForwarded,
  type Numbered,
  passElements,
} from "./elements.ts";
import { addTraffic, NO_TRAFFIC, type OpenStation, stationKey, type Traffic } from "./gate.ts";
import type { Count, KernelTable } from "./kernel_table.ts";
import type { Rates } from "./shaping.ts";
import type { Change } from "./transactions.ts";
import type { GatedZone } from "./zone_rules.ts";

/** A station that is open, or closed with its counters still to be stored. */
interface Opened extends Numbered {
  readonly isClosing: boolean;
  /** What had passed when the kernel's counters were last lost. */
  readonly lost: Traffic;
  /** The counters as last read. */
  readonly counted: Traffic;
}

/** A change of who is open, and the addresses that nobody or somebody else has now. */
export interface StationChange extends Change {
  readonly left: readonly string[];
}

const MOST_SHAPES = 0xfff0;

/** Who is open, as the kernel has it or is about to. */
export class OpenStations {
  readonly #opened = new Map<string, Opened>();
  readonly #owners = new Map<string, string>();
  readonly #shapes = new Set<number>();
  #nextNumber = 2;

  /**
   * Exactly these stations open. Numbers, and with them counters, stay what they were here or, before this process, in
   * the kernel.
   */
  static of(
    stations: readonly OpenStation[],
    zones: readonly GatedZone[],
    kernel: KernelTable,
    before: OpenStations,
  ): OpenStations {
    const next = new OpenStations();
    for (const number of [...kernel.counts.keys(), ...kernel.numbers.values(), before.#nextNumber - 2]) {
      next.#nextNumber = Math.max(next.#nextNumber, number - number % 2 + 2);
    }
    const zoneIds = new Set(zones.map(({ zone }) => zone.id));
    const wanted = stations.filter(({ zoneId }) => zoneIds.has(zoneId));
    for (const [key, opened] of before.#opened) {
      if (opened.isClosing) next.#keep(key, withCounts(opened, kernel));
    }
    for (const station of wanted) {
      const key = stationKey(station);
      const known = before.#opened.get(key);
      const number = known?.number ?? kernel.numbers.get(key);
      if (number !== undefined) {
        const shape = known?.shape ?? kernel.shapes.get(number) ?? kernel.shapes.get(number + 1) ?? 0;
        next.#keep(
          key,
          withCounts({ ...fresh(station, number, shape), ...known, isClosing: false }, kernel),
        );
      }
    }
    for (const station of wanted) next.open(station);
    return next;
  }

  /** Lets a station pass, and takes its addresses from whoever had them. */
  open(told: OpenStation): StationChange {
    const station = { ...told, addresses: told.addresses.filter(isForwarded) };
    const key = stationKey(station);
    const known = this.#opened.get(key);
    const robbed = this.#takeFromOthers(key, station.addresses);
    const isShaped = station.bandwidthUp > 0 || station.bandwidthDown > 0;
    const opened: Opened = {
      ...known ?? fresh(station, this.#newNumber(), 0),
      station,
      shape: known?.shape || (isShaped ? this.#newShape() : 0),
      isClosing: false,
    };
    this.#keep(key, opened);
    const before = known ? elementsOf(known) : [];
    const left = [
      ...robbed.flatMap((change) => change.left),
      ...(known?.station.addresses ?? []).filter((address) => !station.addresses.includes(address)),
    ];
    return {
      ...changeOf([...robbed.flatMap((change) => change.before), ...before], [
        ...robbed.flatMap((change) => change.after),
        ...elementsOf(opened),
      ]),
      keys: [key, ...robbed.map((change) => change.key), ...station.addresses, ...left],
      left,
    };
  }

  /** Lets it pass no more, and keeps its counters; null when it is not here. */
  close(key: string): StationChange | null {
    const known = this.#opened.get(key);
    if (!known) return null;
    const closing = { ...known, isClosing: true };
    this.#keep(key, closing);
    const left = known.isClosing ? [] : known.station.addresses;
    return { ...changeOf(elementsOf(known), elementsOf(closing)), keys: [key, ...left], left };
  }

  /** Takes away the counters of one that is closed. */
  forget(key: string): Change {
    const known = this.#opened.get(key);
    if (!known?.isClosing) return { text: "", keys: [], isSlow: false };
    this.#opened.delete(key);
    this.#shapes.delete(known.shape);
    return { ...changeOf(countElements(known), []), keys: [key] };
  }

  /** Takes counters that were read. */
  count(counts: ReadonlyMap<number, Count>): void {
    for (const [key, opened] of this.#opened) {
      const [up, down] = [counts.get(opened.number), counts.get(opened.number + 1)];
      // Opened while they were read.
      if (!up || !down) continue;
      const counted = {
        upOctets: up.octets,
        downOctets: down.octets,
        upPackets: up.packets,
        downPackets: down.packets,
      };
      const isFallen = up.packets < opened.counted.upPackets || down.packets < opened.counted.downPackets;
      const lost = isFallen ? addTraffic(opened.lost, opened.counted) : opened.lost;
      this.#opened.set(key, { ...opened, lost, counted });
    }
  }

  /** As of the last counters read. */
  trafficOf(key: string): Traffic {
    const opened = this.#opened.get(key);
    return opened ? addTraffic(opened.lost, opened.counted) : NO_TRAFFIC;
  }

  traffic(): ReadonlyMap<string, Traffic> {
    const open = [...this.#opened].filter(([, { isClosing }]) => !isClosing);
    return new Map(open.map(([key]) => [key, this.trafficOf(key)]));
  }

  stations(): OpenStation[] {
    return [...this.#opened.values()].filter(({ isClosing }) => !isClosing).map(({ station }) => station);
  }

  elements(): Element[] {
    return [...this.#opened.values()].flatMap(elementsOf);
  }

  /** The class of the station and its rates; those of one that is closed are 0. */
  shapeOf(key: string): { readonly minor: number; readonly up: number; readonly down: number } {
    const { shape = 0, isClosing = true, station } = this.#opened.get(key) ?? {};
    if (isClosing || !station) return { minor: shape, up: 0, down: 0 };
    return { minor: shape, up: station.bandwidthUp, down: station.bandwidthDown };
  }

  /** What each device has to hold stations to. */
  rates(zones: readonly GatedZone[]): ReadonlyMap<string, Rates> {
    const rates = new Map<string, Map<number, number>>();
    const zonesById = new Map(zones.map((gated) => [gated.zone.id, gated]));
    const add = (device: string, minor: number, rate: number) => {
      if (!rate) return;
      const classes = rates.get(device) ?? new Map<number, number>();
      rates.set(device, classes.set(minor, rate));
    };
    for (const key of this.#opened.keys()) {
      const { minor, up, down } = this.shapeOf(key);
      const zone = zonesById.get(this.#opened.get(key)?.station.zoneId ?? "");
      if (zone) add(zone.device, minor, down);
      for (const wan of zone?.wans ?? []) add(wan, minor, up);
    }
    return rates;
  }

  #takeFromOthers(key: string, addresses: readonly string[]) {
    const victims = new Set(addresses.map((address) => this.#owners.get(address)));
    return [...victims].flatMap((victim) => {
      const robbed = victim === undefined || victim === key ? undefined : this.#opened.get(victim);
      if (victim === undefined || !robbed) return [];
      const left = robbed.station.addresses.filter((address) => addresses.includes(address));
      const kept = robbed.station.addresses.filter((address) => !addresses.includes(address));
      const poorer = { ...robbed, station: { ...robbed.station, addresses: kept } };
      this.#keep(victim, poorer);
      return [{ key: victim, left, before: elementsOf(robbed), after: elementsOf(poorer) }];
    });
  }

  #keep(key: string, opened: Opened): void {
    for (const address of this.#opened.get(key)?.station.addresses ?? []) this.#owners.delete(address);
    this.#opened.set(key, opened);
    if (opened.shape) this.#shapes.add(opened.shape);
    if (!opened.isClosing) { for (const address of opened.station.addresses) this.#owners.set(address, key); }
  }

  #newNumber(): number {
    const number = this.#nextNumber;
    this.#nextNumber += 2;
    return number;
  }

  /** @throws {Error} when tc has no more classes. */
  #newShape(): number {
    for (let shape = 1; shape <= MOST_SHAPES; shape++) if (!this.#shapes.has(shape)) return shape;
    throw new Error(`Cannot hold one more station to its bandwidth: there are ${MOST_SHAPES} already`);
  }
}

function fresh(station: OpenStation, number: number, shape: number): Opened {
  return { station, number, shape, isClosing: false, lost: NO_TRAFFIC, counted: NO_TRAFFIC };
}

/** Where the kernel has lost the counters, what was last read of them stays counted. */
function withCounts(opened: Opened, kernel: KernelTable): Opened {
  if (kernel.counts.has(opened.number)) return opened;
  return { ...opened, lost: addTraffic(opened.lost, opened.counted), counted: NO_TRAFFIC };
}

function elementsOf(opened: Opened): Element[] {
  return opened.isClosing ? countElements(opened) : [...countElements(opened), ...passElements(opened)];
}

function changeOf(before: readonly Element[], after: readonly Element[]): Omit<Change, "keys"> {
  const text = elementChanges(before, after);
  return { text, isSlow: text.includes("delete element") };
}
