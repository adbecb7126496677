import type { Zone } from "../../aaa/identity/zones.ts";
import type { Box } from "../box.ts";
import type { Sighting } from "../sighting.ts";
import { parseLeaseEvent, parseLeases } from "./lease_records.ts";
import type { Neighbour } from "./neighbour_records.ts";
import { neighbourTable } from "./neighbour_table.ts";
import type { ZoneFiles } from "./zone_programs.ts";
import { zoneSightings } from "./zone_sightings.ts";

/** A zone that is watched. */
export interface ServedZone {
  readonly device: string;
  /** Of the interface, lower case with colons; null when there is no such interface. */
  ownMac(): string | null;
  /** Reads everything there is to know; to be called every ten seconds. */
  scan(): Promise<void>;
  neighbour(neighbour: Neighbour): void;
  /** Who has the address, from memory: null when that is not sure. */
  at(address: string): Sighting | null;
  /** Asks the kernel. */
  ask(address: string): Promise<Sighting | null>;
  all(): readonly Sighting[];
  close(): void;
}

export interface ServedZoneOptions {
  readonly box: Box;
  readonly zone: Zone;
  readonly device: string;
  /** Of its dnsmasq; null when another DHCP server is used. */
  readonly files: Pick<ZoneFiles, "leases" | "leaseEvents"> | null;
  readonly now: () => Date;
  readonly seen: (sighting: Sighting) => void;
  readonly gone: (sighting: Sighting) => void;
  readonly reportFault: (fault: unknown) => void;
}

/** The file of lease events is begun anew after so many. */
const MOST_EVENTS = 10_000;

/** Watches a zone's leases and neighbours from now on; `seen` has been called for all there are when it returns. */
export async function servedZone(options: ServedZoneOptions): Promise<ServedZone> {
  const { box, device, files, now } = options;
  const neighbours = neighbourTable(options);
  const sightings = zoneSightings({ ...options, forget: neighbours.forget });
  let mac: string | null = null;
  let events = 0;
  let following: { close(): void } | null = null;

  const follow = async () => {
    if (!files) return;
    following?.close();
    events = 0;
    // What it says is in the lease file too, which is read next.
    await box.remove(files.leaseEvents);
    following = await box.follow(files.leaseEvents, (line) => {
      events += 1;
      const event = parseLeaseEvent(line);
      if (event) sightings.lease(event);
    });
  };
  const readLeases = async () => files ? parseLeases(await box.readText(files.leases) ?? "") : [];
  const scan = async () => {
    mac = await macOf(box, device);
    if (events > MOST_EVENTS) await follow();
    const before = events;
    const leases = await readLeases();
    // What was read is old when something has happened meanwhile.
    if (events === before) sightings.leases(leases);
    sightings.neighbours(await neighbours.read());
    await neighbours.askFor(sightings.sweep());
  };

  await follow();
  const seconds = now().getTime() / 1000;
  // One that could not be started takes nothing out.
  sightings.leases((await readLeases()).filter(({ endsAt }) => endsAt === 0 || endsAt > seconds));
  await scan();
  return {
    device,
    ownMac: () => mac,
    scan,
    neighbour(neighbour) {
      if (!neighbours.isForgetting(neighbour.address)) sightings.neighbour(neighbour);
    },
    at: sightings.at,
    async ask(address) {
      const entries = await neighbours.read(address);
      const entry = entries.find((each) => each.address === address);
      sightings.neighbour(entry ?? { address, mac: null, proven: false });
      return sightings.at(address) ?? (entry?.mac ? null : sightings.leaseOf(address));
    },
    all: sightings.all,
    close: () => following?.close(),
  };
}

async function macOf(box: Box, device: string): Promise<string | null> {
  const { stdout } = await box.run("ip", ["-o", "link", "show", "dev", device]);
  return /link\/ether ([0-9a-f:]{17})/.exec(stdout)?.[1] ?? null;
}
