import type { Zone } from "../../aaa/identity/zones.ts";
import {
  type Gate,
  type Keep,
  type OpenStation,
  type StationKey,
  stationKey,
  type Traffic,
} from "../gate/gate.ts";

/** `nftables` is null where this process may not change the network: then its zones are only thought, too. */
export interface Gates {
  readonly nftables: Gate | null;
  readonly none: Gate;
}

/**
 * The gates of all zones as one. What is open is known here, so that `apply()` gives each gate exactly that; while it
 * runs nobody opens or closes.
 */
export class Passage {
  readonly #gates: Gates;
  readonly #open = new Map<string, { readonly gate: Gate; readonly station: OpenStation }>();
  readonly #running = new Set<Promise<unknown>>();
  #applying: Promise<unknown> | null = null;

  constructor(gates: Gates) {
    this.#gates = gates;
  }

  gateOf({ gate }: Zone): Gate {
    return gate === "nftables" && this.#gates.nftables || this.#gates.none;
  }

  /** A station that an earlier process opened: the next `apply()` finds it open, or opens it. */
  adopt(zone: Zone, station: OpenStation): void {
    this.#open.set(stationKey(station), { gate: this.gateOf(zone), station });
  }

  /**
   * @param keep gets what passed for addresses that go.
   * @throws {Error} when the machine refuses.
   */
  async open(zone: Zone, station: OpenStation, keep: Keep): Promise<void> {
    await this.#run(async () => {
      const gate = this.gateOf(zone);
      await gate.open(station, keep);
      this.#open.set(stationKey(station), { gate, station });
    });
  }

  /**
   * Can be repeated when it failed; what is not open stays so.
   *
   * @param keep gets what passed in all.
   */
  async close(station: StationKey, keep: Keep): Promise<void> {
    await this.#run(async () => {
      const key = stationKey(station);
      await this.#open.get(key)?.gate.close(station, keep);
      this.#open.delete(key);
    });
  }

  isOpen(station: StationKey): boolean {
    return this.#open.has(stationKey(station));
  }

  async apply(zones: readonly Zone[]): Promise<void> {
    while (this.#applying) await this.#applying.catch(() => {});
    const applied = this.#apply(zones);
    this.#applying = applied;
    try {
      await applied;
    } finally {
      this.#applying = null;
    }
  }

  async traffic(): Promise<ReadonlyMap<string, Traffic>> {
    const gates = this.#all();
    const [only, other] = gates;
    if (only && !other) return await only.traffic();
    const counts = await Promise.all(gates.map((gate) => gate.traffic()));
    return new Map(counts.flatMap((count) => [...count]));
  }

  async remove(): Promise<void> {
    for (const gate of this.#all()) await gate.remove();
    this.#open.clear();
  }

  async #apply(zones: readonly Zone[]): Promise<void> {
    await Promise.allSettled([...this.#running]);
    for (const gate of this.#all()) {
      const own = zones.filter((zone) => this.gateOf(zone) === gate);
      const stations = [...this.#open.values()].filter((open) => open.gate === gate);
      await gate.apply(own, stations.map(({ station }) => station));
    }
  }

  async #run(work: () => Promise<void>): Promise<void> {
    while (this.#applying) await this.#applying.catch(() => {});
    const running = work();
    this.#running.add(running);
    try {
      await running;
    } finally {
      this.#running.delete(running);
    }
  }

  #all(): Gate[] {
    const { nftables, none } = this.#gates;
    return nftables ? [nftables, none] : [none];
  }
}
