import type { Zone } from "../../aaa/identity/zones.ts";
import { normalizeIpAddress } from "../../values/ip_address.ts";
import type { Box, RunningProgram } from "../box.ts";
import type { Sighting, Whereabouts } from "../sighting.ts";
import type { Timers } from "../timers.ts";
import { dnsmasqConfiguration, type GardenSets, unservable } from "./dnsmasq_configuration.ts";
import { dnsmasqFiles, type DnsmasqProcess, dnsmasqProcess } from "./dnsmasq_process.ts";
import { parseNeighbourEvent } from "./neighbour_records.ts";
import { type ServedZone, servedZone } from "./served_zone.ts";
import { servedZoneList } from "./served_zone_list.ts";

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

/**
 * Leases and names by Debian's dnsmasq, one for each zone: a zone has name servers, names, a garden and a cache of its
 * own. They go on when this process dies, and are found again by the next one. Neighbours are told by the kernel as they
 * change, and read as a whole every ten seconds.
 */
export function dnsmasqWhereabouts(options: DnsmasqWhereaboutsOptions): Whereabouts {
  const { box, folder, reportFault } = options;
  const list = servedZoneList(box, folder);
  const processes = new Map<string, DnsmasqProcess>();
  let served: ReadonlyMap<string, ServedZone> = new Map();
  let monitor: RunningProgram | null = null;
  let timers: readonly (() => void)[] = [];
  let work: Promise<unknown> = Promise.resolve();

  /** One thing at a time: what watches does not start what is being stopped. */
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const done = work.then(task);
    work = done.catch(() => {});
    return done;
  };
  const filesOf = (zoneId: string) => dnsmasqFiles(`${folder}/${zoneId}`);
  const processOf = (zoneId: string, zoneName: string) => {
    const known = processes.get(zoneId) ?? dnsmasqProcess({ ...options, files: filesOf(zoneId), zoneName });
    processes.set(zoneId, known);
    return known;
  };
  const discard = async (zoneId: string) => {
    await processOf(zoneId, zoneId).stop();
    processes.delete(zoneId);
  };
  const configure = async (zone: Zone, user: string | null) => {
    const captivePortalUrl = options.captivePortalUrl(zone);
    const text = dnsmasqConfiguration({
      zone,
      device: options.deviceOf(zone),
      paths: filesOf(zone.id),
      captivePortalUrl,
      gardenSets: options.gardenSets(zone),
      user,
    });
    for (const sentence of unservable({ zone, captivePortalUrl })) reportFault(new Error(sentence));
    await processOf(zone.id, zone.name).configure(text);
  };
  const startMonitor = () => {
    const started = box.start("ip", ["monitor", "neigh"], (line) => {
      const event = parseNeighbourEvent(line);
      if (!event) return;
      for (const zone of served.values()) if (zone.device === event.device) zone.neighbour(event);
    });
    monitor = started;
    void started.ended.then(() => monitor = monitor === started ? null : monitor);
  };
  const stopWatching = () => {
    timers.forEach((stop) => stop());
    timers = [];
    for (const zone of served.values()) zone.close();
    if (monitor) box.signal(monitor.pid, "SIGTERM");
    monitor = null;
  };
  const watch = async () => {
    if (!monitor) startMonitor();
    for (const dnsmasq of processes.values()) await dnsmasq.watch();
  };
  const scan = async () => {
    for (const zone of served.values()) await zone.scan();
  };

  async function serve(
    zones: readonly Zone[],
    seen: (sighting: Sighting) => void,
    gone: (sighting: Sighting) => void,
  ): Promise<void> {
    const before = [...served.values()].flatMap((zone) => zone.all());
    stopWatching();
    const here = zones.filter(({ gate }) => gate === "nftables");
    const withDhcp = here.filter((zone) => zone.options.dhcp);
    const user = /^dnsmasq:/m.test(await box.readText("/etc/passwd") ?? "") ? "dnsmasq" : null;
    for (const id of await list.read()) if (!withDhcp.some((zone) => zone.id === id)) await discard(id);
    await list.write(withDhcp.map(({ id }) => id));
    for (const zone of withDhcp) await configure(zone, user);
    const next = new Map<string, ServedZone>();
    for (const zone of here) {
      const files = zone.options.dhcp ? filesOf(zone.id) : null;
      next.set(
        zone.id,
        await servedZone({ ...options, zone, device: options.deviceOf(zone), files, seen, gone }),
      );
    }
    served = next;
    startMonitor();
    // What changed between the reading above and the first event.
    await scan();
    const still = new Set([...served.values()].flatMap((zone) => zone.all()).map(keyOf));
    before.filter((sighting) => !still.has(keyOf(sighting))).forEach(gone);
    const repeat = (task: () => Promise<void>) => () => inTurn(task).catch(reportFault);
    timers = [
      options.every(WATCH_MILLISECONDS, repeat(watch)),
      options.every(SCAN_MILLISECONDS, repeat(scan)),
    ];
  }

  return {
    serve: (zones, seen, gone) => inTurn(() => serve(zones, seen, gone)),
    async find(zoneId, text) {
      const zone = served.get(zoneId);
      const address = normalizeIpAddress(text.split("%", 1)[0] ?? "");
      if (!zone || !address) return null;
      return (monitor && zone.at(address)) ?? await zone.ask(address);
    },
    ownMac: (zoneId) => served.get(zoneId)?.ownMac() ?? null,
    stop: () =>
      inTurn(async () => {
        stopWatching();
        served = new Map();
        for (const id of [...processes.keys()]) await discard(id);
        await list.write([]);
      }),
  };
}

function keyOf({ zoneId, mac, address }: Sighting): string {
  return `${zoneId} ${mac} ${address}`;
}
