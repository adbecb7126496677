import { equal } from "node:assert/strict";
import type { Zone } from "../../../src/aaa/identity/zones.ts";
import type { Authority } from "../../../src/controller/authority/authority.ts";
import { localAuthority } from "../../../src/controller/authority/local_authority.ts";
import type { Controller } from "../../../src/controller/controller.ts";
import {
  type Gate,
  NO_TRAFFIC,
  type OpenStation,
  stationKey,
  type Traffic,
} from "../../../src/controller/gate/gate.ts";
import { openController } from "../../../src/controller/open_controller.ts";
import type { Sighting, Whereabouts } from "../../../src/controller/sighting.ts";
import type { Timers } from "../../../src/controller/timers.ts";
import { openUam } from "../../../src/http/coova/uam.ts";
import {
  type ListenerRequest,
  type PortalAnswer,
  type UamHandler,
  uamHandler,
} from "../../../src/http/coova/uam_handler.ts";
import type { UamAnswer } from "../../../src/http/coova/uam_answer.ts";
import { HttpRequestReader } from "../../../src/runtime/http_request_reader.ts";
import { type MemoryVenue, memoryVenue, type TestOrganization } from "../../support/memory_venue.ts";
import { testZone } from "../../support/memory_controller.ts";

/** The box's own interface of each zone. */
export const OWN_MAC = "02:00:5e:00:00:fe";

export interface UamVenueOptions {
  readonly now: Date;
  readonly options: Readonly<Record<string, unknown>>;
  /** Absent: the one that the box has. */
  readonly authority?: Authority;
}

export interface UamPeer {
  readonly source: string;
  readonly local: ListenerRequest["local"];
  readonly logsOut?: boolean;
}

/** A gate without a network; what passes is what the test says. */
export class TestGate implements Gate {
  readonly opened = new Map<string, OpenStation>();
  readonly passed = new Map<string, Traffic>();

  apply(_zones: readonly Zone[], stations: readonly OpenStation[]): Promise<void> {
    for (const station of stations) this.opened.set(stationKey(station), station);
    return Promise.resolve();
  }

  open(station: OpenStation): Promise<void> {
    this.opened.set(stationKey(station), station);
    return Promise.resolve();
  }

  async close(station: { zoneId: string; mac: string }, keep?: (passed: Traffic) => Promise<void>) {
    const passed = this.passed.get(stationKey(station)) ?? NO_TRAFFIC;
    this.opened.delete(stationKey(station));
    await keep?.(passed);
    this.passed.delete(stationKey(station));
    return passed;
  }

  traffic(): Promise<ReadonlyMap<string, Traffic>> {
    return Promise.resolve(
      new Map([...this.opened.keys()].map((key) => [key, this.passed.get(key) ?? NO_TRAFFIC])),
    );
  }

  remove(): Promise<void> {
    this.opened.clear();
    return Promise.resolve();
  }
}

/** A zone on a real controller, spoken to as through its listener; without a network, with a clock that stands still. */
export class UamVenue {
  readonly zone: Zone;
  readonly controller: Controller;
  readonly gate: TestGate;
  readonly memory: MemoryVenue;
  readonly #timers: TestTimers;
  readonly #seen: (sighting: Sighting) => void;
  readonly handler: UamHandler;

  private constructor(parts: {
    zone: Zone;
    controller: Controller;
    gate: TestGate;
    memory: MemoryVenue;
    timers: TestTimers;
    seen: (sighting: Sighting) => void;
  }) {
    const { zone, controller, gate, memory, timers, seen } = parts;
    this.zone = zone;
    this.controller = controller;
    this.gate = gate;
    this.memory = memory;
    this.#timers = timers;
    this.#seen = seen;
    const uam = openUam({ controller, crypto: memory.deps.crypto, now: memory.deps.now });
    this.handler = uamHandler({
      uam,
      zones: () => [zone],
      portal: (request) => {
        const page = new URL(request.url).pathname;
        return new Response(page, { status: page === "/www/login" ? 200 : 404 });
      },
    });
  }

  static async open({ now, options, authority }: UamVenueOptions): Promise<UamVenue> {
    const memory = await memoryVenue({ now });
    const organization = await memory.addOrganization({ slug: "default" });
    const zone = zoneOf(organization, options);
    const gate = new TestGate();
    const timers = new TestTimers();
    const sightings = new Map<string, Sighting>();
    let seen: (sighting: Sighting) => void = () => {};
    const there = new Map<string, Sighting>();
    const whereabouts: Whereabouts = {
      serve: (_, onSeen) => {
        seen = (sighting) => {
          there.set(sighting.address, sighting);
          onSeen(sighting);
        };
        return Promise.resolve();
      },
      find: (_, address) => Promise.resolve(there.get(address) ?? null),
      ownMac: () => OWN_MAC,
      stop: () => Promise.resolve(),
    };
    const controller = await openController({
      context: memory.deps,
      gates: { nftables: gate, none: gate },
      whereabouts: { nftables: whereabouts, none: whereabouts },
      authority: authority ?? localAuthority(memory.deps),
      listZones: () => Promise.resolve([zone]),
      now: memory.deps.now,
      reportFault: memory.deps.reportFault,
      wakeOutbox: memory.deps.wakeOutbox,
      timers,
    });
    return new UamVenue({
      zone,
      controller,
      gate,
      memory,
      timers,
      seen(sighting) {
        sightings.set(sighting.address, sighting);
        seen(sighting);
      },
    });
  }

  /** A station gets its address. */
  meet(mac: string, address: string): void {
    this.#seen({ zoneId: this.zone.id, mac, address });
  }

  /** Until then: a sweep each second. */
  async passUntil(at: Date): Promise<void> {
    const { clock } = this.memory;
    while (clock.at < at) {
      clock.at = new Date(Math.min(at.getTime(), clock.at.getTime() + 1000));
      await this.#timers.run();
    }
  }

  /** When what goes on by itself, as MAC authentication does, is done. */
  async settled(): Promise<void> {
    let before = "";
    for (;;) {
      // A write takes a few turns of the event loop; one that takes longer has its own answer waited for.
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
      const now = JSON.stringify(
        this.controller.stations(),
        (_, value) => typeof value === "bigint" ? String(value) : value,
      );
      if (now === before) return;
      before = now;
    }
  }

  /** One sweep, now. */
  sweep(): Promise<void> {
    return this.#timers.run();
  }

  /** What a listener makes of a request as it is sent. */
  async send(text: string, from: UamPeer): Promise<UamAnswer | PortalAnswer> {
    const answer = await this.sendOctets([new TextEncoder().encode(text)], from);
    if (answer === null) throw new Error("the request is not whole");
    return answer;
  }

  /** The same in pieces; null when the request is not whole. */
  async sendOctets(
    pieces: readonly Uint8Array[],
    from: UamPeer,
  ): Promise<UamAnswer | PortalAnswer | null> {
    const reader = new HttpRequestReader();
    for (const piece of pieces) {
      const request = reader.push(piece);
      if (request === "broken") return this.handler.refusal(400);
      if (request) return await this.handler.answer({ ...request, logsOut: false, ...from });
    }
    return null;
  }

  async close(): Promise<void> {
    await this.controller.stop();
    await this.memory.close();
    equal(this.memory.faults.length, 0, String(this.memory.faults[0]));
  }
}

/** Runs when it is told to. */
class TestTimers implements Timers {
  readonly #works = new Set<() => Promise<void>>();

  every(_milliseconds: number, work: () => Promise<void>): () => void {
    this.#works.add(work);
    return () => this.#works.delete(work);
  }

  /** Ends that fall between two sweeps: the clock goes in seconds here. */
  after(): () => void {
    return () => {};
  }

  async run(): Promise<void> {
    for (const work of this.#works) await work();
  }
}

function zoneOf({ id, slug }: TestOrganization, options: Readonly<Record<string, unknown>>): Zone {
  return { ...testZone(options), id: crypto.randomUUID(), organizationId: id, organizationSlug: slug };
}
