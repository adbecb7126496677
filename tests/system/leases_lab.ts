import { dirname } from "node:path";
import { ok } from "node:assert/strict";
import type { Zone } from "../../src/aaa/identity/zones.ts";
import {
  dnsmasqWhereabouts,
  type DnsmasqWhereaboutsOptions,
} from "../../src/controller/leases/dnsmasq_whereabouts.ts";
import type { Sighting, Whereabouts } from "../../src/controller/sighting.ts";
import { timers } from "../../src/controller/timers.ts";
import { box as machine } from "../../src/runtime/box.ts";
import { testZone } from "../controller/leases/test_zone.ts";
import { eventually } from "./delay.ts";
import { type Namespace, type NamespaceLab, namespaceLab } from "./network_namespace.ts";

/** A box that hands out addresses of one zone, and what was told about its stations. */
export interface LeasesLab extends AsyncDisposable {
  readonly lab: NamespaceLab;
  readonly zone: Zone;
  /** Of all zones, and of the zone's dnsmasq. */
  readonly root: string;
  readonly folder: string;
  readonly whereabouts: Whereabouts;
  readonly seen: Sighting[];
  readonly gone: Sighting[];
  readonly faults: string[];
  /** Serves the zone, as it is or with other options. */
  readonly serve: (options?: Readonly<Record<string, unknown>>) => Promise<void>;
  /** Another process's whereabouts over the same folder. */
  readonly another: () => Whereabouts;
  readonly dnsmasqId: () => Promise<number | null>;
}

/** What a test changes of the composition. */
export type LabPorts = Partial<
  Pick<DnsmasqWhereaboutsOptions, "captivePortalUrl" | "gardenSets" | "every" | "now">
>;

/** The box's interface has its addresses; nothing is served before `serve()`. */
export async function leasesLab(
  options: Readonly<Record<string, unknown>> = {},
  ports: LabPorts = {},
): Promise<LeasesLab> {
  const lab = await namespaceLab();
  // Whatever an operator calls the folder.
  const folder = `${await Deno.makeTempDir()}/its, #1 leases`;
  const zone = testZone(options);
  for (const address of zone.options.address) {
    await lab.box.must("ip", "address", "add", address, "dev", "lan0");
  }
  await lab.box.must("ip", "link", "set", "lan0", "up");
  const seen: Sighting[] = [];
  const gone: Sighting[] = [];
  const faults: string[] = [];
  const another = () =>
    dnsmasqWhereabouts({
      box: lab.box,
      folder,
      deviceOf: () => "lan0",
      captivePortalUrl: () => null,
      gardenSets: () => ({ ipv4: "inet#garden#names4", ipv6: "inet#garden#names6" }),
      now: () => new Date(),
      every: timers.every,
      reportFault: (fault) => faults.push(fault instanceof Error ? fault.message : String(fault)),
      ...ports,
    });
  const whereabouts = another();
  const zoneFolder = `${folder}/${zone.id}`;
  return {
    lab,
    zone,
    root: folder,
    folder: zoneFolder,
    whereabouts,
    seen,
    gone,
    faults,
    another,
    serve: (changed = {}) =>
      whereabouts.serve(
        [testZone({ ...options, ...changed })],
        (sighting) => seen.push(sighting),
        (sighting) => gone.push(sighting),
      ),
    async dnsmasqId() {
      const pid = Number(await machine.readText(`${zoneFolder}/dnsmasq.pid`));
      return pid && await machine.commandLine(pid) ? pid : null;
    },
    async [Symbol.asyncDispose]() {
      await whereabouts.stop();
      await lab[Symbol.asyncDispose]();
      await machine.remove(dirname(folder));
    },
  };
}

/** A DHCP exchange of busybox's client. @returns what it was given, by udhcpc's names. */
export async function udhcpc(
  station: Namespace,
  ...more: readonly string[]
): Promise<Readonly<Record<string, string>>> {
  const folder = await Deno.makeTempDir();
  try {
    await machine.writeText(`${folder}/script`, UDHCPC_SCRIPT, 0o755);
    const wanted = [15, 26, 28, 51, 114].flatMap((option) => ["-O", `${option}`]);
    await station.must(
      "env",
      `FOLDER=${folder}`,
      "busybox",
      "udhcpc",
      ...["-i", "eth0", "-n", "-q", "-f", "-t", "5", "-T", "1", "-s", `${folder}/script`],
      ...wanted,
      ...more,
    );
    const lines = (await machine.readText(`${folder}/lease`) ?? "").trim().split("\n");
    ok(lines.length > 1, "no lease");
    return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
  } finally {
    await machine.remove(folder);
  }
}

/** Asks for the address once more, and gives it back (DHCPRELEASE). */
export async function releaseLease(station: Namespace, address: string): Promise<void> {
  let isBound = false;
  const client = station.start(
    "busybox",
    ["udhcpc", "-i", "eth0", "-f", "-R", "-r", address, "-s", "/bin/true"],
    (line) => isBound ||= line.includes("obtained"),
  );
  await eventually("the lease", () => isBound || undefined);
  station.signal(client.pid, "SIGTERM");
  await client.ended;
  await station.must("ip", "address", "flush", "dev", "eth0", "scope", "global");
}

const UDHCPC_SCRIPT = `#!/bin/sh
[ "$1" = bound ] || exit 0
ip address replace "$ip/$mask" dev "$interface"
ip route replace default via "$router" dev "$interface"
env > "$FOLDER/lease"
`;

/** Waits for a sighting of the station. @returns its address. */
export function seenAs(
  sightings: readonly Sighting[],
  mac: string,
  matches: (address: string) => boolean = () => true,
): Promise<string> {
  return eventually(
    `${mac} to be told`,
    () => sightings.find((each) => each.mac === mac && matches(each.address))?.address,
    5000,
  );
}
