import { lookup } from "node:dns/promises";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { listZones, type Zone } from "../aaa/identity/zones.ts";
import type { Config } from "../config.ts";
import { nftablesGate } from "../controller/gate/nftables.ts";
import { noneGate } from "../controller/gate/none.ts";
import { gardenSets } from "../controller/gate/table.ts";
import { dnsmasqWhereabouts } from "../controller/leases/dnsmasq_whereabouts.ts";
import { noneWhereabouts } from "../controller/leases/none_whereabouts.ts";
import { mayChangeNetwork } from "../controller/network/may_change_network.ts";
import { type Network, openNetwork } from "../controller/network/network.ts";
import type { ControllerOptions } from "../controller/open_controller.ts";
import { timers } from "../controller/timers.ts";
import type { Deps } from "../deps.ts";
import { box } from "../runtime/box.ts";
import { gateWhenNeeded, whereaboutsWhenNeeded } from "./only_when_needed.ts";

/** What the controller stands on: the zones, who may pass, and who is where. */
export interface ControllerGround extends Pick<ControllerOptions, "gates" | "whereabouts" | "listZones"> {
  /** An interface is there that was missing when the zones were read last, or has come back since. */
  hasNewInterface(): boolean;
  /** Sentences: which interfaces the zones miss. */
  waits(): readonly string[];
  /** Puts back what was changed of the network. */
  restore(): Promise<void>;
}

export interface GroundParts {
  readonly config: Config;
  readonly deps: Pick<Deps, "db" | "now" | "reportFault">;
  /** A sentence for the operator. */
  readonly report: (sentence: string) => void;
}

/** @param captivePortalUrl of RFC 8908, as it is at the moment. */
export async function openGround(
  { config, deps, report }: GroundParts,
  captivePortalUrl: () => string | null,
): Promise<ControllerGround> {
  const { now, reportFault } = deps;
  const folder = join(resolve(config.data), "controller");
  // By zones with a network, in a process before this one.
  const isUsed = existsSync(folder);
  const network = openNetwork({ box, stateFile: join(folder, "network.json"), reportFault });
  const mayChange = await mayChangeNetwork(box);
  const gate = () =>
    nftablesGate({ box, network, resolve: addressesOf, portalPorts: portalPorts(config), reportFault });
  const leases = () =>
    dnsmasqWhereabouts({
      box,
      folder,
      deviceOf: network.deviceOf,
      captivePortalUrl,
      gardenSets,
      now,
      every: timers.every,
      reportFault,
    });
  return {
    gates: { nftables: mayChange ? gateWhenNeeded(gate(), isUsed) : null, none: noneGate() },
    whereabouts: {
      nftables: mayChange ? whereaboutsWhenNeeded(leases(), isUsed) : null,
      none: noneWhereabouts(),
    },
    ...zoneReader(deps, mayChange ? network : null, isUsed, report),
    async restore() {
      if (mayChange && existsSync(folder)) await network.restore();
    },
  };
}

/** The zones as they can be served here; before they are given to anybody their network is made. */
function zoneReader(
  { db }: GroundParts["deps"],
  network: Network | null,
  isUsed: boolean,
  report: GroundParts["report"],
): Pick<ControllerGround, "listZones" | "hasNewInterface" | "waits"> {
  let known: ReadonlyMap<string, string | null> = new Map();
  let isNetworkUsed = isUsed;
  const served = (zone: Zone): Zone => {
    if (network || zone.gate === "none") return zone;
    report(
      `The zone "${zone.name}" has no network: Portico may not change this machine's. Run it as root; ` +
        "portico doctor says what else is missing",
    );
    return { ...zone, gate: "none" };
  };
  return {
    async listZones() {
      const zones = (await listZones(db)).map(served);
      const gated = zones.filter((zone) => zone.gate === "nftables");
      known = new Map(
        gated.flatMap(({ options }) => options.interface).map((name) => [name, interfaceNumber(name)]),
      );
      isNetworkUsed ||= gated.length > 0;
      if (isNetworkUsed) await network?.apply(gated);
      return zones;
    },
    waits: () =>
      [...known].filter(([, number]) => number === null).map(([name]) =>
        `There is no interface ${name} here: its zone opens when it comes`
      ),
    hasNewInterface: () =>
      [...known].some(([name, before]) => ![null, before].includes(interfaceNumber(name))),
  };
}

/** The kernel gives each a number of its own, also to one that comes back under its name; null when there is none. */
function interfaceNumber(name: string): string | null {
  try {
    return readFileSync(`/sys/class/net/${name}/ifindex`, "utf8");
  } catch {
    return null;
  }
}

function portalPorts({ https }: Config): number[] {
  return https === "off" ? [] : [https.port];
}

/** None for a name that has none now: the walled garden asks again. */
async function addressesOf(host: string): Promise<readonly string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}
