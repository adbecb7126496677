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

interface Opened {
  readonly gate: Gate;
  readonly station: OpenStation;
  /** It passes no more; its gate may still have counts that are not stored. */
  readonly isClosing: boolean;
}

/**
 * The gates of all zones as one. What is open is known here, so that `apply()` gives each gate exactly that; while it
 * runs nobody opens or closes.
 */
export class Passage {
  readonly #gates: Gates;
  readonly #open = new Map<string, Opened>();
  #applying: Promise<unknown> | null = null;

  constructor(gates: Gates) {
    this.#gates = gates;
  }

  gateOf({ gate }: Zone): Gate {
    return gate === "nftables" && this.#gates.nftables || this.#gates.none;
  }

  /**
   * A station that an earlier process opened: the next `apply()` finds it open, or opens it. Without a zone it can only
   * be closed.
   */
  adopt(zone: Zone | null, station: OpenStation): void {
    const gate = zone ? this.gateOf(zone) : this.#gates.nftables ?? this.#gates.none;
    this.#open.set(stationKey(station), { gate, station, isClosing: false });
  }

  /** @throws {Error} when the machine refuses. */
  async open(zone: Zone, station: OpenStation): Promise<void> {
    await this.#applied();
    const gate = this.gateOf(zone);
    // What failed may have happened all the same: it has to be closed.
    this.#open.set(stationKey(station), { gate, station, isClosing: false });
    await gate.open(station);
  }

  /**
   * Can be repeated when it failed; what is not open stays so.
   *
   * @param keep gets what passed in all.
   */
  async close(station: StationKey, keep: Keep): Promise<void> {
    await this.#applied();
    const key = stationKey(station);
    const opened = this.#open.get(key);
    if (!opened) return;
    this.#open.set(key, { ...opened, isClosing: true });
    await opened.gate.close(station, keep);
    this.#open.delete(key);
  }

  async apply(zones: readonly Zone[]): Promise<void> {
    await this.#applied();
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
    for (const gate of this.#all()) {
      const own = zones.filter((zone) => this.gateOf(zone) === gate);
      const stations = [...this.#open.values()].filter((open) => open.gate === gate && !open.isClosing);
      await gate.apply(own, stations.map(({ station }) => station));
    }
  }

  /** What a gate is told while it is given everybody would be undone again. */
  async #applied(): Promise<void> {
    while (this.#applying) await this.#applying.catch(() => {});
  }

  #all(): Gate[] {
    const { nftables, none } = this.#gates;
    return nftables ? [nftables, none] : [none];
  }
}
