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
  /** Known to the process only. */
  isClosing: boolean;
  counted: Traffic;
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
    entry.counted = addTraffic(entry.counted, packet);
    this.passed = addTraffic(this.passed, packet);
    return true;
  }

  /** The process dies: what it was about to forget nobody remembers. */
  killProcess(): void {
    for (const entry of this.#entries.values()) entry.isClosing = false;
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
    for (const [key, entry] of this.#entries) {
      if (wanted.has(key)) continue;
      entry.isPassing = false;
      if (!entry.isClosing) this.#entries.delete(key);
    }
    for (const station of wanted.values()) {
      Object.assign(this.#entry(station), { station, isPassing: true, isClosing: false });
    }
  }

  async open(station: OpenStation): Promise<void> {
    await this.#step("open");
    Object.assign(this.#entry(station), { station, isPassing: true, isClosing: false });
    await this.#step("open: done");
  }

  async close(key: StationKey, keep?: Keep): Promise<Traffic> {
    const entry = this.#entries.get(stationKey(key));
    if (entry) entry.isClosing = true;
    await this.#step("close");
    if (entry) entry.isPassing = false;
    await this.#step("close: count");
    const passed = entry?.counted ?? NO_TRAFFIC;
    await keep?.(passed);
    await this.#step("close: forget");
    this.#entries.delete(stationKey(key));
    return passed;
  }

  async traffic(): Promise<ReadonlyMap<string, Traffic>> {
    await this.#step("traffic");
    const counted = new Map([...this.#entries].map(([key, entry]) => [key, entry.counted]));
    await this.#step("traffic: told");
    return counted;
  }

  async remove(): Promise<void> {
    await this.#step("remove");
    this.#entries.clear();
    this.isRemoved = true;
  }

  #entry(station: OpenStation): Entry {
    const key = stationKey(station);
    const entry = this.#entries.get(key) ?? {
      station,
      isPassing: false,
      isClosing: false,
      counted: NO_TRAFFIC,
    };
    this.#entries.set(key, entry);
    return entry;
  }

  async #step(step: string): Promise<void> {
    this.calls.push(step);
    await this.before(step);
  }
}
