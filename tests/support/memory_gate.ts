import type { Zone } from "../../src/aaa/identity/zones.ts";
import {
  addTraffic,
  type Gate,
  type Keep,
  NO_TRAFFIC,
  type OpenStation,
  type StationKey,
  stationKey,
  type Traffic,
} from "../../src/controller/gate/gate.ts";

interface Entry {
  station: OpenStation;
  isPassing: boolean;
  readonly counters: Map<string, Traffic>;
}

/** A gate with a kernel in memory: who uses it may die, and the next one finds rules and counters as they were. */
export class MemoryGate implements Gate {
  readonly #entries = new Map<string, Entry>();
  zones: readonly Zone[] = [];
  isRemoved = false;
  /** All that ever passed. */
  passed: Traffic = NO_TRAFFIC;
  /** Every call, the newest last. */
  readonly calls: string[] = [];
  /** Waited for before each step of a call; it may fail. */
  before: (step: string) => Promise<void> = () => Promise.resolve();

  /** Who passes, by `stationKey()`. */
  get passing(): OpenStation[] {
    return [...this.#entries.values()].filter(({ isPassing }) => isPassing).map(({ station }) => station);
  }

  /** A packet of so many octets each way; whether it passes. */
  send({ zoneId, mac }: StationKey, address: string, upOctets: number, downOctets: number): boolean {
    const entry = this.#entries.get(stationKey({ zoneId, mac }));
    if (!entry?.isPassing || !entry.station.addresses.includes(address)) return false;
    const packet = { upOctets, downOctets, upPackets: upOctets ? 1 : 0, downPackets: downOctets ? 1 : 0 };
    entry.counters.set(address, addTraffic(entry.counters.get(address) ?? NO_TRAFFIC, packet));
    this.passed = addTraffic(this.passed, packet);
    return true;
  }

  /** The machine starts anew: the kernel's rules and counters are gone. */
  restartMachine(): void {
    this.#entries.clear();
    this.zones = [];
  }

  async apply(zones: readonly Zone[], stations: readonly OpenStation[]): Promise<void> {
    await this.#step("apply");
    this.zones = zones;
    const wanted = new Map(stations.map((station) => [stationKey(station), station]));
    for (const key of this.#entries.keys()) if (!wanted.has(key)) this.#entries.delete(key);
    for (const station of wanted.values()) {
      const entry = this.#entry(station);
      for (const address of entry.counters.keys()) {
        if (!station.addresses.includes(address)) entry.counters.delete(address);
      }
      Object.assign(entry, { station, isPassing: true });
    }
  }

  async open(station: OpenStation, keep?: Keep): Promise<Traffic> {
    await this.#step("open");
    const entry = this.#entry(station);
    const dropped = [...entry.counters.keys()].filter((address) => !station.addresses.includes(address));
    Object.assign(entry, { station, isPassing: true });
    const passed = dropped.map((address) => entry.counters.get(address) ?? NO_TRAFFIC)
      .reduce(addTraffic, NO_TRAFFIC);
    if (dropped.length) {
      await keep?.(passed);
      await this.#step("open: forget");
      for (const address of dropped) entry.counters.delete(address);
    }
    return passed;
  }

  async close(key: StationKey, keep?: Keep): Promise<Traffic> {
    await this.#step("close");
    const entry = this.#entries.get(stationKey(key));
    if (entry) entry.isPassing = false;
    await this.#step("close: count");
    const passed = entry ? total(entry) : NO_TRAFFIC;
    await keep?.(passed);
    await this.#step("close: forget");
    this.#entries.delete(stationKey(key));
    return passed;
  }

  async traffic(): Promise<ReadonlyMap<string, Traffic>> {
    await this.#step("traffic");
    return new Map([...this.#entries].map(([key, entry]) => [key, total(entry)]));
  }

  async remove(): Promise<void> {
    await this.#step("remove");
    this.#entries.clear();
    this.isRemoved = true;
  }

  #entry(station: OpenStation): Entry {
    const key = stationKey(station);
    const entry = this.#entries.get(key) ?? { station, isPassing: false, counters: new Map() };
    this.#entries.set(key, entry);
    return entry;
  }

  async #step(step: string): Promise<void> {
    this.calls.push(step);
    await this.before(step);
  }
}

function total({ counters }: Entry): Traffic {
  return [...counters.values()].reduce(addTraffic, NO_TRAFFIC);
}
