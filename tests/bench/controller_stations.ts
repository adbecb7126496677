/**
 * `controller_stations.ts DATA STATIONS INTERVAL SECONDS`: a controller whose stations are only thought, over a real
 * database in a file. The gate counts for all of them; everything else is the program's own. `INTERVAL` is between two
 * updates of a session's record, `SECONDS` how long is measured. Prints one JSON object, `Looked`.
 */
import { createHash } from "node:crypto";
import { argv, cpuUsage, env, stdout } from "node:process";
import { createZone } from "../../src/aaa/identity/change_zones.ts";
import { listZones, type Zone } from "../../src/aaa/identity/zones.ts";
import { type Installation, openInstallation } from "../../src/cli/installation.ts";
import { type Config, readConfig } from "../../src/config.ts";
import { DecisionTally } from "../../src/aaa/access/decision_tally.ts";
import { localAuthority } from "../../src/controller/authority/local_authority.ts";
import type { Controller } from "../../src/controller/controller.ts";
import {
  type Gate,
  NO_TRAFFIC,
  type OpenStation,
  stationKey,
  type Traffic,
} from "../../src/controller/gate/gate.ts";
import { openController } from "../../src/controller/open_controller.ts";
import type { Whereabouts } from "../../src/controller/sighting.ts";

/** What it prints. Shares of a core are from 0 to 1. */
export interface Looked {
  /** Of the process before the first session. */
  readonly emptyShare: number;
  /** While all stations have traffic, and nobody comes or goes. */
  readonly fullShare: number;
  /** Log-ons one after the other meanwhile, in milliseconds. */
  readonly logOns: readonly number[];
  /** Of two rows, one after the other, each synced to the disk, as a log-on waits for; in between those. */
  readonly writes: readonly number[];
}

const PASSWORD = "Secret-123";
const NEWCOMERS = 300;
const PAUSE_MILLISECONDS = 20;
const [data = "", stations, interval, seconds] = argv.slice(2);

const config = readConfig({ environment: { ...env, PORTICO_DATA: data }, options: {} });
const installation = await openInstallation(config, new Date());
const looked = await look(installation, config, {
  stations: Number(stations),
  interval: Number(interval),
  seconds: Number(seconds),
});
await installation.close();
stdout.write(`${JSON.stringify(looked)}\n`);

async function look(
  installation: Installation,
  config: Config,
  { stations, interval, seconds }: Record<"stations" | "interval" | "seconds", number>,
): Promise<Looked> {
  const options = { gate: "none", definteriminterval: interval };
  await createZone(installation.identity(new Date()), "bench", "guests", options);
  // The clock runs on while they come, so that their updates are spread as those of a day's guests.
  let ahead = 0;
  const controller = await controllerOf(installation, config, () => new Date(Date.now() + ahead));
  const [zone] = controller.zones;
  if (!zone) throw new Error("There is no zone");
  const emptyShare = await share(seconds);
  for (let n = 0; n < stations; n++) {
    await logOn(controller, zone, n);
    ahead += interval * 1_000 / stations;
  }
  const fullShare = await share(seconds);
  const [logOns, writes] = [[] as number[], [] as number[]];
  await installation.db.ledger.$client.batch(["create table bench (written)"], "write");
  for (let n = stations; n < stations + NEWCOMERS; n++) {
    logOns.push(await logOn(controller, zone, n));
    await pause(PAUSE_MILLISECONDS);
    writes.push(await writeTwice(installation));
    await pause(PAUSE_MILLISECONDS);
  }
  await controller.stop();
  return { emptyShare, fullShare, logOns, writes };
}

async function writeTwice({ db }: Installation): Promise<number> {
  const begunAt = performance.now();
  for (let n = 0; n < 2; n++) await db.ledger.$client.batch(["insert into bench values (1)"], "write");
  return performance.now() - begunAt;
}

async function controllerOf(
  { db, crypto, serverKey, passwords }: Installation,
  settings: Config,
  now: () => Date,
): Promise<Controller> {
  const context = {
    db,
    crypto,
    serverKey,
    passwords,
    settings,
    decisions: new DecisionTally(),
    inBackground: () => {},
  };
  return await openController({
    context,
    gates: { nftables: null, none: countingGate() },
    whereabouts: { nftables: null, none: everybody() },
    authority: localAuthority(context),
    listZones: () => listZones(db),
    now,
    reportFault(fault) {
      throw fault;
    },
    wakeOutbox: () => {},
  });
}

/** @returns how long it took, in milliseconds. */
async function logOn(controller: Controller, zone: Zone, n: number): Promise<number> {
  const met = await controller.stationAt(zone, `10.1.${n >> 8}.${n & 255}`);
  if (!met) throw new Error(`There is no station ${n}`);
  const { challenge } = controller.withChallenge(met);
  const octets = Uint8Array.from(challenge.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const response = createHash("md5").update(Uint8Array.of(0)).update(PASSWORD).update(octets).digest();
  const begunAt = performance.now();
  const outcome = await controller.logOn(met, {
    userName: `guest${n}`,
    credential: { kind: "chap", ident: 0, challenge: octets, response },
    challenge,
  });
  if (outcome.kind !== "accepted") throw new Error(`guest${n} was not let in: ${outcome.kind}`);
  return performance.now() - begunAt;
}

/** Every station that is open sends and receives all the time: nothing can be left out as unchanged. */
function countingGate(): Gate {
  const open = new Map<string, Traffic>();
  return {
    apply: (_, stations) => Promise.resolve(stations.forEach((station) => begin(station))),
    open: (station) => Promise.resolve(begin(station)),
    async close(station, keep) {
      const key = stationKey(station);
      const passed = open.get(key) ?? NO_TRAFFIC;
      await keep?.(passed);
      open.delete(key);
      return passed;
    },
    traffic() {
      for (const [key, { upOctets, downOctets, upPackets, downPackets }] of open) {
        open.set(key, {
          upOctets: upOctets + 12_000,
          downOctets: downOctets + 90_000,
          upPackets: upPackets + 60,
          downPackets: downPackets + 80,
        });
      }
      return Promise.resolve(new Map(open));
    },
    remove: () => Promise.resolve(),
  };
  function begin(station: OpenStation): void {
    const key = stationKey(station);
    open.set(key, open.get(key) ?? NO_TRAFFIC);
  }
}

/** Whoever is asked for is there, under a MAC address made of the address. */
function everybody(): Whereabouts {
  return {
    serve: () => Promise.resolve(),
    find(zoneId, address) {
      const octets = address.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
      return Promise.resolve({ zoneId, mac: `02:00:${octets.join(":")}`, address });
    },
    ownMac: () => "02:00:00:00:00:01",
    stop: () => Promise.resolve(),
  };
}

/** The processor time that this process takes while it is left alone, by all its threads. */
async function share(seconds: number): Promise<number> {
  const begunAt = performance.now();
  const before = cpuUsage();
  await pause(seconds * 1_000);
  const { user, system } = cpuUsage(before);
  return (user + system) / 1_000 / (performance.now() - begunAt);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
