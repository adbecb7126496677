import * as v from "valibot";
import { ZoneOptions } from "../../src/aaa/identity/zone_options.ts";
import type { Zone } from "../../src/aaa/identity/zones.ts";
import type { Gate, OpenStation } from "../../src/controller/gate/gate.ts";
import { nftablesGate, type NftablesGateParts } from "../../src/controller/gate/nftables.ts";
import { type Network, openNetwork } from "../../src/controller/network/network.ts";
import {
  INTERNET,
  type Namespace,
  type NamespaceLab,
  namespaceLab,
  stationMac,
} from "./network_namespace.ts";

/** Namespaces with a gate between them; faults that the gate reports are in `faults`. */
export interface GateVenue extends AsyncDisposable {
  readonly lab: NamespaceLab;
  readonly gate: Gate;
  readonly network: Network;
  readonly zone: Zone;
  readonly zones: readonly Zone[];
  readonly faults: unknown[];
  /** Another gate for the same box, as of a process after this one. */
  anotherGate(): Gate;
  /** The n-th station with addresses of the zone: `10.1.0.<10+n>`, `fd00:1::<10+n>` and the box as its router. */
  guest(n: number, zone?: Zone): Promise<Guest>;
}

export interface Guest extends Namespace {
  readonly address: string;
  readonly address6: string;
  /** For `gate.open()`, without limits. */
  readonly station: OpenStation;
  /** Whether it gets answers to pings of so many octets of IP. */
  pings(address: string, octets?: number): Promise<boolean>;
  /** What curl ends with: 0, 7 refused, 28 waited too long, …, and what it got. */
  fetches(url: string, ...args: string[]): Promise<{ code: number; body: string; seconds: number }>;
}

export type ZoneChoices = v.InferInput<typeof ZoneOptions>;

/** A zone on `lan<n>`, its box being 10.<n+1>.0.1 and fd00:<n+1>::1. */
export function gateZone(n: number, choices: ZoneChoices = {}): Zone {
  return {
    id: `0190a5b4-7c1d-4e2f-8a3b-00000000000${n}`,
    organizationId: "0190a5b4-7c1d-4e2f-8a3b-0000000000ff" as Zone["organizationId"],
    organizationSlug: "alpha",
    name: `zone${n}`,
    gate: "nftables",
    options: v.parse(ZoneOptions, {
      interface: [`lan${n}`],
      address: [`10.${n + 1}.0.1/24`, `fd00:${n + 1}::1/64`],
      ...choices,
    }),
  };
}

/** @param choices The options of each zone. */
export async function gateVenue(
  choices: readonly ZoneChoices[] = [{}],
  parts: Partial<NftablesGateParts> = {},
): Promise<GateVenue> {
  const zones = choices.map((each, n) => gateZone(n, each));
  const lab = await namespaceLab(zones.flatMap(({ options }) => options.interface));
  const folder = await Deno.makeTempDir({ prefix: "portico_gate_" });
  const faults: unknown[] = [];
  const reportFault = (fault: unknown) => void faults.push(fault);
  const network = openNetwork({ box: lab.box, stateFile: `${folder}/network.json`, reportFault });
  const anotherGate = () =>
    nftablesGate({
      box: lab.box,
      network,
      resolve: () => Promise.resolve([]),
      portalPorts: [],
      reportFault,
      ...parts,
    });
  const gate = anotherGate();
  const [zone = gateZone(0)] = zones;
  const dispose = async () => {
    await gate.remove();
    await lab[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  };
  try {
    await network.apply(zones);
    await gate.apply(zones, []);
  } catch (fault) {
    await dispose();
    throw fault;
  }
  return {
    lab,
    gate,
    network,
    zone,
    zones,
    faults,
    anotherGate,
    guest: (n, its = zone) => guestOf(lab, n, its),
    [Symbol.asyncDispose]: dispose,
  };
}

async function guestOf(lab: NamespaceLab, n: number, zone: Zone): Promise<Guest> {
  const namespace = await lab.station(n, zone.options.interface[0]);
  const [own = "", own6 = ""] = zone.options.address.map((prefix) => prefix.split("/")[0] ?? "");
  const [address, address6] = [own.replace(/1$/, `${10 + n}`), own6.replace(/1$/, `${10 + n}`)];
  await namespace.must("ip", "address", "replace", `${address}/24`, "dev", "eth0");
  await namespace.must("ip", "-6", "address", "replace", `${address6}/64`, "dev", "eth0");
  await namespace.must("ip", "route", "replace", "default", "via", own);
  await namespace.must("ip", "-6", "route", "replace", "default", "via", own6);
  return {
    ...namespace,
    address,
    address6,
    station: {
      zoneId: zone.id,
      mac: stationMac(n),
      addresses: [address, address6],
      bandwidthUp: 0,
      bandwidthDown: 0,
    },
    async pings(target, octets = 84) {
      const headers = target.includes(":") ? 48 : 28;
      const args = ["ping", "-c", "1", "-W", "1", "-s", `${octets - headers}`, target];
      return (await namespace.run("busybox", args)).code === 0;
    },
    async fetches(url, ...args) {
      const started = performance.now();
      const { code, stdout } = await namespace.run("curl", ["-s", "-g", "--max-time", "5", ...args, url]);
      return { code, body: stdout, seconds: (performance.now() - started) / 1000 };
    },
  };
}

/** A web server that answers every request with `text`; port 80 of all its namespace's addresses unless said. */
export async function webServer(namespace: Namespace, text: string, port = 80): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "portico_web_" });
  await Deno.writeTextFile(`${folder}/index.html`, text);
  namespace.start("busybox", ["httpd", "-f", "-p", `[::]:${port}`, "-h", folder], () => {});
  await listens(namespace, port);
}

/** Waits until something listens on the TCP port. */
export async function listens(namespace: Namespace, port: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await namespace.must("ss", "-Htln", `sport = :${port}`))) {
    if (Date.now() > deadline) throw new Error(`Nothing listens on port ${port} of ${namespace.name}`);
  }
}

export { INTERNET };
