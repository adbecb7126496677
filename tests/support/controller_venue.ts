import { setImmediate } from "node:timers";
import * as v from "valibot";
import { ZoneOptions } from "../../src/aaa/identity/zone_options.ts";
import type { Zone } from "../../src/aaa/identity/zones.ts";
import type { AuthorityAnswer, AuthorityRequest } from "../../src/controller/authority/authority.ts";
import type { Controller, LogOnOutcome } from "../../src/controller/controller.ts";
import { type ControllerOptions, openController } from "../../src/controller/open_controller.ts";
import type { Sighting, Whereabouts } from "../../src/controller/sighting.ts";
import type { Station } from "../../src/controller/station.ts";
import type { Timers } from "../../src/controller/timers.ts";
import { MemoryGate } from "./memory_gate.ts";
import {
  type MemoryVenue,
  memoryVenue,
  type MemoryVenueOptions,
  type TestOrganization,
} from "./memory_venue.ts";

export const ZONE_ID = "0190a0b0-0000-7000-8000-0000000000aa";

/** Answers as it is told; nobody is asked twice for one answer. */
export class ScriptedAuthority {
  readonly requests: AuthorityRequest[] = [];
  answer: (request: AuthorityRequest) => AuthorityAnswer | Promise<AuthorityAnswer> = () => accept();

  async decide(request: AuthorityRequest): Promise<AuthorityAnswer> {
    this.requests.push(request);
    return await this.answer(request);
  }
}

export function accept(attributes: Readonly<Record<string, string>> = {}): AuthorityAnswer {
  return {
    kind: "accept",
    attributes: new Map(Object.entries(attributes).map(([name, value]) => [name, [value]])),
  };
}

export function reject(replyMessage: string | null = null): AuthorityAnswer {
  return { kind: "reject", replyMessage };
}

/** Whereabouts that know what a test says. */
export class ToldWhereabouts implements Whereabouts {
  readonly neighbours: Sighting[] = [];
  zones: readonly Zone[] = [];
  isStopped = false;
  seen: (sighting: Sighting) => void = () => {};
  gone: (sighting: Sighting) => void = () => {};

  serve(
    zones: readonly Zone[],
    seen: (sighting: Sighting) => void,
    gone: (sighting: Sighting) => void,
  ): Promise<void> {
    Object.assign(this, { zones, seen, gone });
    return Promise.resolve();
  }

  find(zoneId: string, address: string): Promise<Sighting | null> {
    const found = this.neighbours.findLast((known) => known.zoneId === zoneId && known.address === address);
    return Promise.resolve(found ?? null);
  }

  ownMac(): string {
    return "02:00:5e:00:00:fe";
  }

  stop(): Promise<void> {
    this.isStopped = true;
    return Promise.resolve();
  }
}

/** Timers that run when the test says so. */
export class HandTimers implements Timers {
  readonly #every = new Set<() => Promise<void>>();
  readonly #after = new Set<{ readonly milliseconds: number; readonly work: () => Promise<void> }>();

  every(_milliseconds: number, work: () => Promise<void>): () => void {
    this.#every.add(work);
    return () => this.#every.delete(work);
  }

  after(milliseconds: number, work: () => Promise<void>): () => void {
    const timer = { milliseconds, work };
    this.#after.add(timer);
    return () => this.#after.delete(timer);
  }

  /** Milliseconds from when it was set. */
  get waiting(): number[] {
    return [...this.#after].map(({ milliseconds }) => milliseconds);
  }

  async tick(): Promise<void> {
    for (const work of this.#every) await work();
  }

  async fire(): Promise<void> {
    for (const timer of [...this.#after]) {
      this.#after.delete(timer);
      await timer.work();
    }
  }
}

export interface ControllerVenueOptions extends MemoryVenueOptions {
  /** Of the zone `guests`, beside `interface` and `address`. */
  readonly zone?: v.InferInput<typeof ZoneOptions>;
  readonly parts?: Partial<ControllerOptions>;
}

/** A controller with one zone over a whole venue in memory. */
export interface ControllerVenue {
  readonly venue: MemoryVenue;
  readonly organization: TestOrganization;
  controller: Controller;
  readonly gate: MemoryGate;
  readonly noGate: MemoryGate;
  readonly whereabouts: ToldWhereabouts;
  readonly authority: ScriptedAuthority;
  timers: HandTimers;
  readonly faults: unknown[];
  /** What the controller is told when it asks. */
  zones: Zone[];
  readonly zone: Zone;
  /** A station that is seen under an address. */
  arrive(mac: string, address: string): Promise<Station>;
  station(mac: string): Station;
  logOn(mac: string, userName?: string): Promise<LogOnOutcome>;
  /** Lets a second pass, as often as asked, with a sweep after each. */
  pass(seconds?: number): Promise<void>;
  /** The process dies as it stands; a new one begins. */
  restart(): Promise<void>;
  /** Lets everything come to rest that goes on by itself. */
  settle(): Promise<void>;
  records(): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export function zoneNamed(
  organization: TestOrganization,
  name: string,
  options: v.InferInput<typeof ZoneOptions> = {},
  id = ZONE_ID,
): Zone {
  const filled = v.parse(ZoneOptions, { interface: ["lan0"], address: ["10.1.0.1/24"], ...options });
  return {
    id,
    organizationId: organization.id,
    organizationSlug: organization.slug,
    name,
    gate: filled.gate || "nftables",
    options: filled,
  };
}

export async function controllerVenue(options: ControllerVenueOptions = {}): Promise<ControllerVenue> {
  const venue = await memoryVenue(options);
  const organization = await venue.addOrganization({ slug: "default" });
  const zone = zoneNamed(organization, "guests", options.zone);
  const [gate, noGate, authority] = [new MemoryGate(), new MemoryGate(), new ScriptedAuthority()];
  const whereabouts = new ToldWhereabouts();
  const faults: unknown[] = [];
  const open = (timers: Timers) =>
    openController({
      context: venue.deps,
      gates: { nftables: gate, none: noGate },
      whereabouts: { nftables: whereabouts, none: whereabouts },
      authority,
      listZones: () => Promise.resolve(made.zones),
      now: venue.deps.now,
      reportFault: (fault) => faults.push(fault),
      wakeOutbox: venue.deps.wakeOutbox,
      timers,
      ...options.parts,
    });
  const made: Omit<ControllerVenue, "controller"> & { controller?: Controller } = {
    venue,
    organization,
    gate,
    noGate,
    whereabouts,
    authority,
    timers: new HandTimers(),
    faults,
    zones: [zone],
    zone,
    async arrive(mac, address) {
      whereabouts.neighbours.push({ zoneId: zone.id, mac, address });
      whereabouts.seen({ zoneId: zone.id, mac, address });
      await this.settle();
      return this.station(mac);
    },
    station(mac) {
      const found = made.controller?.stations().find((station) => station.mac === mac);
      if (!found) throw new Error(`Nobody has seen ${mac}`);
      return found;
    },
    async logOn(mac, userName = "nemo") {
      const { controller } = made;
      if (!controller) throw new Error("There is no controller yet");
      const { challenge, ...station } = controller.withChallenge(this.station(mac));
      const credential = { kind: "password", password: "secret" } as const;
      return await controller.logOn({ challenge, ...station }, { userName, credential, challenge });
    },
    async pass(seconds = 1) {
      for (let second = 0; second < seconds; second++) {
        venue.clock.pass(1000);
        await made.timers.tick();
      }
    },
    async restart() {
      made.timers = new HandTimers();
      made.controller = await open(made.timers);
      await this.settle();
    },
    async settle() {
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    },
    records: () =>
      venue.rows(
        `select username, acctsessionid as session, acctsessiontime as seconds, acctinputoctets as input,
          acctoutputoctets as output, acctterminatecause as cause, acctstarttime as started, acctstoptime as stopped,
          callingstationid as calling, calledstationid as called, framedipaddress as ip, nasipaddress as nas
          from radacct order by acctstarttime, acctsessionid`,
      ),
    close: () => venue.close(),
  };
  made.controller = await open(made.timers);
  // Just now it got its controller.
  return made as ControllerVenue;
}
