import {
  addTraffic,
  type Gate,
  NO_TRAFFIC,
  type OpenStation,
  type StationKey,
  stationKey,
  type Traffic,
} from "./gate.ts";

/** A gate that is only thought: sessions without a network. What "passes" is what it is told. */
export interface NoneGate extends Gate {
  /** Counts this for the station; nothing when it is closed. */
  pass(station: StationKey, traffic: Traffic): void;
  isOpen(station: StationKey): boolean;
}

/** For zones of the gate `none`, and for tests. */
export function noneGate(): NoneGate {
  const passed = new Map<string, Traffic>();
  return {
    apply(_zones, stations: readonly OpenStation[]) {
      const stay = new Set(stations.map(stationKey));
      for (const key of passed.keys()) if (!stay.has(key)) passed.delete(key);
      for (const key of stay) passed.set(key, passed.get(key) ?? NO_TRAFFIC);
      return Promise.resolve();
    },
    open(station) {
      const key = stationKey(station);
      passed.set(key, passed.get(key) ?? NO_TRAFFIC);
      return Promise.resolve(NO_TRAFFIC);
    },
    async close(station, keep) {
      const key = stationKey(station);
      const total = passed.get(key) ?? NO_TRAFFIC;
      await keep?.(total);
      passed.delete(key);
      return total;
    },
    traffic: () => Promise.resolve(new Map(passed)),
    remove() {
      passed.clear();
      return Promise.resolve();
    },
    pass(station, traffic) {
      const key = stationKey(station);
      const before = passed.get(key);
      if (before) passed.set(key, addTraffic(before, traffic));
    },
    isOpen: (station) => passed.has(stationKey(station)),
  };
}
