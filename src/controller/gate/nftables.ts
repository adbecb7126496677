import type { Zone } from "../../aaa/identity/zones.ts";
import { type Box, mustRun } from "../box.ts";
import { type Timers, timers as realTimers } from "../timers.ts";
import { Connections } from "./connections.ts";
import { elementChanges } from "./elements.ts";
import { type Gate, type Keep, type OpenStation, type StationKey, stationKey } from "./gate.ts";
import { Gardens } from "./gardens.ts";
import { type KernelTable, NO_TABLE, readCounts, readTable } from "./kernel_table.ts";
import { OpenStations } from "./open_stations.ts";
import { lastRules, ruleset } from "./ruleset.ts";
import { Rounds } from "./rounds.ts";
import { Shaping } from "./shaping.ts";
import { FAMILIES, TABLE, zoneName } from "./table.ts";
import { type Change, Transactions } from "./transactions.ts";
import type { GatedZone } from "./zone_rules.ts";
import { gardenElements } from "./zone_sets.ts";

/** What the gate needs to know about the network. */
export interface GateNetwork {
  /** The interface where the zone's stations are. */
  deviceOf(zone: Zone): string;
  /** The interfaces through which its guests leave; none where nothing leads to the internet now. */
  wansOf(zone: Zone): Promise<readonly string[]>;
}

export interface NftablesGateParts {
  readonly box: Pick<Box, "run">;
  readonly network: GateNetwork;
  /** Addresses behind the name of a host of a walled garden. */
  readonly resolve: (host: string) => Promise<readonly string[]>;
  /** Ports of the box that guests reach beside DNS and the zone's own: HTTPS of RFC 8908. */
  readonly portalPorts: readonly number[];
  readonly reportFault: (fault: unknown) => void;
  readonly timers?: Timers;
}

/** How often names are resolved and the way out is looked up again. */
const REFRESH_MS = 60_000;
/** How long a start waits for names. */
const NAMES_MS = 2000;
const NO_SUCH_TABLE = /No such file or directory/;

/**
 * The gate of a Linux box: one nftables table of its own, tc classes for bandwidths, conntrack for connections that end.
 * Needs the right to change the network. Without this process everything goes on as it was last told.
 */
export function nftablesGate(parts: NftablesGateParts): Gate {
  const { box, reportFault } = parts;
  const timers = parts.timers ?? realTimers;
  const transactions = new Transactions((text) => nft(text));
  const shaping = new Shaping(box, reportFault);
  const gardens = new Gardens(parts.resolve, reportFault);
  // JSON: the other form is written in thousands of small pieces. `get element` reads every set there is.
  const counts = new Rounds(() => mustRun(box, "nft", ["-j", "list", "set", ...TABLE.split(" "), "counted"]));
  const turns = new Map<string, Promise<unknown>>();
  const connections = new Connections(box, () => stations.stations().flatMap(({ addresses }) => addresses));
  let zones: readonly GatedZone[] = [];
  let stations = new OpenStations();
  /** While the whole table is written nobody opens or closes. */
  let writing: Promise<unknown> | null = null;
  let healing: Promise<void> | null = null;
  let stopRefreshing = () => {};

  const nft = async (text: string) => {
    await mustRun(box, "nft", ["-f", "-"], text);
  };

  async function readKernel(): Promise<KernelTable> {
    const { code, stdout, stderr } = await box.run("nft", ["list", "table", ...TABLE.split(" ")]);
    if (code === 0) return readTable(stdout);
    if (NO_SUCH_TABLE.test(stderr)) return NO_TABLE;
    throw new Error(`nft list table ${TABLE}: ${stderr.trim() || `ended with ${code}`}`);
  }

  async function alone<T>(work: () => Promise<T>): Promise<T> {
    while (writing) await writing;
    const done = work();
    writing = done.catch(() => {}).finally(() => writing = null);
    return await done;
  }

  async function writeAll(nextZones: readonly GatedZone[], open: readonly OpenStation[]): Promise<void> {
    await transactions.idle();
    const kernel = await readKernel();
    const next = OpenStations.of(open, nextZones, kernel, stations);
    await nft(
      ruleset(nextZones, ({ zone }) => gardens.of(zone), parts.portalPorts, kernel) +
        elementChanges(kernel.elements.filter(({ set }) => !isGone(set, nextZones)), next.elements()),
    );
    [zones, stations] = [nextZones, next];
    await shaping.apply(next.rates(nextZones));
  }

  /** Somebody has changed what is ours, as `nft flush ruleset` does: everything is written again. */
  function heal(): Promise<void> {
    healing ??= alone(() => writeAll(zones, stations.stations())).finally(() => healing = null);
    return healing;
  }

  async function make(change: Change): Promise<void> {
    try {
      await transactions.make(change);
    } catch (fault) {
      reportFault(
        new Error("The rules were not as they had been left: they are written again", { cause: fault }),
      );
      await heal();
    }
  }

  async function count(): Promise<void> {
    try {
      stations.count(readCounts(await counts.next()));
    } catch (fault) {
      reportFault(new Error("The counters were gone: the rules are written again", { cause: fault }));
      await heal();
      stations.count(readCounts(await counts.next()));
    }
  }

  /** One call about a station after the other. */
  async function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = (turns.get(key) ?? Promise.resolve()).catch(() => {}).then(async () => {
      while (writing) await writing;
      return await work();
    });
    turns.set(key, turn);
    try {
      return await turn;
    } finally {
      if (turns.get(key) === turn) turns.delete(key);
    }
  }

  async function shape(key: string, zoneId: string): Promise<void> {
    const zone = zones.find((gated) => gated.zone.id === zoneId);
    const { minor, up, down } = stations.shapeOf(key);
    if (!zone || !minor) return;
    await Promise.all([
      shaping.set(zone.device, minor, down),
      ...zone.wans.map((wan) => shaping.set(wan, minor, up)),
    ]);
  }

  async function endAll(addresses: readonly string[]): Promise<void> {
    await connections.end(addresses).catch((fault) => {
      reportFault(new Error("Connections of a station that has left go on", { cause: fault }));
    });
  }

  async function open(station: OpenStation) {
    const key = stationKey(station);
    const zone = zones.find((gated) => gated.zone.id === station.zoneId);
    if (!zone) {
      throw new Error(`Cannot open ${station.mac}: no zone with the id ${station.zoneId} is applied`);
    }
    const change = stations.open(station);
    await Promise.all([make(change), shape(key, station.zoneId)]);
    await endAll(change.left);
  }

  async function close(station: StationKey, keep: Keep) {
    const key = stationKey(station);
    const change = stations.close(key);
    if (change) {
      await make(change);
      await Promise.all([endAll(change.left), count()]);
    }
    const passed = stations.trafficOf(key);
    await keep(passed);
    await Promise.all([shape(key, station.zoneId), change && make(stations.forget(key))]);
    return passed;
  }

  async function gate(zone: Zone): Promise<GatedZone> {
    return { zone, device: parts.network.deviceOf(zone), wans: await parts.network.wansOf(zone) };
  }

  async function resolveNames(): Promise<void> {
    let isLate = false;
    const resolved = gardens.refresh().then(async (isChanged) => {
      if (isLate && isChanged) await writeGardens();
    });
    let forget = () => {};
    const late = new Promise<void>((resolve) => {
      forget = timers.after(NAMES_MS, () => Promise.resolve(resolve()));
    });
    await Promise.race([resolved, late]);
    forget();
    isLate = true;
  }

  async function writeGardens(): Promise<void> {
    const text = zones.map(({ zone }) => `${gardenElements(zone, gardens.of(zone))}\n`).join("");
    await make({ text, keys: [], isSlow: true });
  }

  async function refresh(): Promise<void> {
    const found = await Promise.all(zones.map(({ zone }) => gate(zone)));
    const isMoved = found.some(({ wans }, at) => wans.join() !== zones[at]?.wans.join());
    const isChanged = await gardens.refresh();
    if (isMoved) await alone(() => writeAll(found, stations.stations()));
    else if (isChanged) await writeGardens();
  }

  return {
    async apply(applied, open) {
      const gated = await Promise.all(applied.map(gate));
      gardens.plant(applied);
      await resolveNames();
      await alone(() => writeAll(gated, open));
      stopRefreshing();
      stopRefreshing = timers.every(REFRESH_MS, () => refresh().catch(reportFault));
    },
    open: (station) => inTurn(stationKey(station), () => open(station)),
    close: (station, keep) =>
      inTurn(stationKey(station), () => close(station, keep ?? (() => Promise.resolve()))),
    async traffic() {
      await count();
      return stations.traffic();
    },
    remove: () =>
      alone(async () => {
        stopRefreshing();
        await transactions.idle();
        await nft(`add table ${TABLE}\ndelete table ${TABLE}\n${lastRules(zones)}`);
        await shaping.remove();
        [zones, stations] = [[], new OpenStations()];
      }),
  };
}

/** Whether it is the set of a zone that is no more, and goes with all that is in it. */
function isGone(set: string, zones: readonly GatedZone[]): boolean {
  return set.includes("_") &&
    !zones.some(({ zone }) => FAMILIES.some(({ v }) => set === zoneName(`up${v}`, zone)));
}
