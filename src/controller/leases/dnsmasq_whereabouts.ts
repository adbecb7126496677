import type { Zone } from "../../aaa/identity/zones.ts";
import { DomainError } from "../../errors.ts";
import { normalizeIpAddress } from "../../values/ip_address.ts";
import type { Box } from "../box.ts";
import type { Sighting, Whereabouts } from "../sighting.ts";
import type { Timers } from "../timers.ts";
import { type GardenSets, unservable } from "./dnsmasq_configuration.ts";
import { neighbourMonitor } from "./neighbour_monitor.ts";
import { type ServedZone, servedZone } from "./served_zone.ts";
import { servedZoneList } from "./served_zone_list.ts";
import { zoneFiles, type ZonePrograms, zonePrograms } from "./zone_programs.ts";

export interface DnsmasqWhereaboutsOptions {
  readonly box: Box;
  /** Where configurations and leases are, as an absolute path. */
  readonly folder: string;
  /** The interface of the zone, or the bridge over its interfaces. */
  readonly deviceOf: (zone: Zone) => string;
  /** Of RFC 8908; null where stations would not accept it. */
  readonly captivePortalUrl: (zone: Zone) => string | null;
  /** Where the addresses of its walled garden's names go; they are there before `serve()`. */
  readonly gardenSets: (zone: Zone) => GardenSets;
  readonly now: () => Date;
  readonly every: Timers["every"];
  readonly reportFault: (fault: unknown) => void;
}

const WATCH_MILLISECONDS = 1000;
const SCAN_MILLISECONDS = 10_000;

type Told = (sighting: Sighting) => void;

/**
 * Leases and names by Debian's dnsmasq, one for each zone: a zone has name servers, names, a garden and a cache of its
 * own. They go on when this process dies, and are found again by the next one. Neighbours are told by the kernel as they
 * change, and read as a whole every ten seconds.
 */
export function dnsmasqWhereabouts(options: DnsmasqWhereaboutsOptions): Whereabouts {
  const programs = allPrograms(options);
  let served: ReadonlyMap<string, ServedZone> = new Map();
  let timers: readonly (() => void)[] = [];
  const inTurn = queue();
  const monitor = neighbourMonitor(options.box, (device, neighbour) => {
    for (const zone of served.values()) if (zone.device === device) zone.neighbour(neighbour);
  });

  const everybody = () => [...served.values()].flatMap((zone) => zone.all());
  const scan = async () => {
    for (const zone of served.values()) await zone.scan();
  };
  const watch = async () => {
    if (monitor.ensure()) await scan();
    await programs.watch();
  };
  const stopWatching = () => {
    timers.forEach((stop) => stop());
    timers = [];
    monitor.stop();
    for (const zone of served.values()) zone.close();
  };
  const startWatching = async () => {
    monitor.ensure();
    // What changed between the first reading and the first event.
    await scan();
    const again = (task: () => Promise<void>) => () => inTurn(task).catch(options.reportFault);
    timers = [
      options.every(WATCH_MILLISECONDS, again(watch)),
      options.every(SCAN_MILLISECONDS, again(scan)),
    ];
  };
  const serve = async (zones: readonly Zone[], seen: Told, gone: Told) => {
    const before = everybody();
    stopWatching();
    const here = zones.filter(({ gate }) => gate === "nftables");
    await programs.serve(here.filter((zone) => zone.options.dhcp));
    const next = new Map<string, ServedZone>();
    for (const zone of here) {
      const files = zone.options.dhcp ? programs.files(zone.id) : null;
      next.set(
        zone.id,
        await servedZone({ ...options, zone, device: options.deviceOf(zone), files, seen, gone }),
      );
    }
    served = next;
    await startWatching();
    const still = new Set(everybody().map(keyOf));
    before.filter((sighting) => !still.has(keyOf(sighting))).forEach(gone);
  };

  return {
    serve: (...what) => inTurn(() => serve(...what)),
    async find(zoneId, text) {
      const zone = served.get(zoneId);
      const address = normalizeIpAddress(text.split("%", 1)[0] ?? "");
      if (!zone || !address) return null;
      return (monitor.runs() ? zone.at(address) : null) ?? await zone.ask(address);
    },
    ownMac: (zoneId) => served.get(zoneId)?.ownMac() ?? null,
    stop: () =>
      inTurn(async () => {
        stopWatching();
        served = new Map();
        await programs.stop();
      }),
  };
}

/** The programs of all zones with DHCP. */
function allPrograms(options: DnsmasqWhereaboutsOptions) {
  const { box, folder, reportFault } = options;
  const list = servedZoneList(box, folder);
  const programs = new Map<string, ZonePrograms>();
  let staying: readonly string[] = [];
  const files = (zoneId: string) => zoneFiles(`${folder}/${zoneId}`);
  const of = (zoneId: string, zoneName: string) => {
    const known = programs.get(zoneId) ?? zonePrograms(options, files(zoneId), zoneName);
    programs.set(zoneId, known);
    return known;
  };
  const serveZone = async (zone: Zone) => {
    const captivePortalUrl = options.captivePortalUrl(zone);
    for (const sentence of unservable({ zone, captivePortalUrl })) {
      reportFault(new DomainError("invalid_input", sentence));
    }
    await of(zone.id, zone.name).serve({
      zone,
      device: options.deviceOf(zone),
      captivePortalUrl,
      gardenSets: options.gardenSets(zone),
    });
  };
  return {
    files,
    async serve(zones: readonly Zone[]) {
      for (const id of await list.read()) {
        if (zones.some((zone) => zone.id === id)) continue;
        await of(id, id).stop();
        programs.delete(id);
        await box.remove(`${folder}/${id}`);
      }
      await list.write(zones.map(({ id }) => id));
      staying = zones.filter((zone) => zone.options.fail_open).map(({ id }) => id);
      // One zone that cannot be served keeps no other from it.
      for (const zone of zones) await serveZone(zone).catch(reportFault);
    },
    async watch() {
      for (const each of programs.values()) await each.watch();
    },
    /**
     * The leases stay: their stations keep their addresses for a while. Zones that fail open keep their programs too:
     * without addresses and names everybody's way out leads nowhere.
     */
    async stop() {
      const over = (await list.read()).filter((id) => !staying.includes(id));
      for (const id of over) await of(id, id).stop();
      programs.clear();
      await list.write(staying);
    },
  };
}

/** One thing at a time: what watches does not start what is being stopped. */
function queue() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(task: () => Promise<T>): Promise<T> => {
    const done = last.then(task);
    last = done.catch(() => {});
    return done;
  };
}

function keyOf({ zoneId, mac, address }: Sighting): string {
  return `${zoneId} ${mac} ${address}`;
}
