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
  const open = new Map<string, Traffic>();
  /** Closed, and what passed is not stored yet. */
  const closing = new Map<string, Traffic>();
  const total = (key: string) => open.get(key) ?? closing.get(key) ?? NO_TRAFFIC;
  return {
    apply(_zones, stations: readonly OpenStation[]) {
      const totals = stations.map((station) => [stationKey(station), total(stationKey(station))] as const);
      open.clear();
      for (const [key, traffic] of totals) open.set(key, traffic);
      return Promise.resolve();
    },
    open(station) {
      const key = stationKey(station);
      open.set(key, total(key));
      closing.delete(key);
      return Promise.resolve();
    },
    async close(station, keep) {
      const key = stationKey(station);
      const passed = total(key);
      closing.set(key, passed);
      open.delete(key);
      await keep?.(passed);
      closing.delete(key);
      return passed;
    },
    traffic: () => Promise.resolve(new Map(open)),
    remove() {
      open.clear();
      closing.clear();
      return Promise.resolve();
    },
    pass(station, traffic) {
      const key = stationKey(station);
      if (open.has(key)) open.set(key, addTraffic(total(key), traffic));
    },
    isOpen: (station) => open.has(stationKey(station)),
  };
}
