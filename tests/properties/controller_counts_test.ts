import { deepEqual, equal, ok } from "node:assert/strict";
import { setImmediate } from "node:timers";
import fc from "fast-check";
import type { Controller } from "../../src/controller/controller.ts";
import { openController } from "../../src/controller/open_controller.ts";
import type { AuthorityAnswer } from "../../src/controller/authority/authority.ts";
import { venueDatabase } from "../../src/storage/database.ts";
import { checkProperty } from "../support/check_property.ts";
import { accept, HandTimers, reject, ToldWhereabouts, zoneNamed } from "../support/controller_venue.ts";
import { MemoryGate } from "../support/memory_gate.ts";
import { type MemoryVenue, memoryVenue } from "../support/memory_venue.ts";
import { FAILURE, Fuse, mortalClient } from "../support/mortal_client.ts";

const MACS = ["5c:7d:c1:00:00:01", "5c:7d:c1:00:00:02", "5c:7d:c1:00:00:03"];
const ADDRESSES = ["10.1.0.7", "10.1.0.8", "10.1.0.9", "fd00::7", "fd00::8"];

const ANSWERS: readonly AuthorityAnswer[] = [
  accept(),
  accept({ "Session-Timeout": "3" }),
  accept({ "Idle-Timeout": "2" }),
  accept({ "CoovaChilli-Max-Total-Octets": "3000", "Acct-Interim-Interval": "60" }),
  reject(),
  { kind: "silent" },
];

const mac = fc.constantFrom(...MACS);
const address = fc.constantFrom(...ADDRESSES);
const octets = fc.integer({ min: 0, max: 1500 });
const action = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("arrive"), mac, address }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("leave"), mac, address }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("log on"), mac, answer: fc.constantFrom(...ANSWERS) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("log off"), mac }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("send"), mac, address, up: octets, down: octets }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("wait"), seconds: fc.integer({ min: 1, max: 70 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reload"), isServed: fc.boolean() }) },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

/** What goes on at once, and in how many steps of it the process dies, if it does. */
const moment = fc.record({
  together: fc.array(action, { minLength: 1, maxLength: 3 }),
  diesWithin: fc.option(fc.integer({ min: 0, max: 25 }), { freq: 3 }),
  failsAfter: fc.option(fc.integer({ min: 0, max: 25 }), { freq: 2 }),
});

type Moment = typeof moment extends fc.Arbitrary<infer T> ? T : never;

Deno.test("whatever happens at once and wherever the process is killed, the records tell all that passed, once", async () => {
  const venue = await memoryVenue();
  const property = fc.asyncProperty(
    fc.array(moment, { minLength: 1, maxLength: 14 }),
    async (moments) => {
      const box = await Box.open(venue);
      for (const one of moments) await box.live(one);
      await box.stop();
      await box.check();
    },
  );
  await checkProperty(property, 300);
  await venue.close();
});

/** A machine on which one process after the other is the controller. */
class Box {
  readonly #venue: MemoryVenue;
  readonly #gate = new MemoryGate();
  readonly #organization: Awaited<ReturnType<MemoryVenue["addOrganization"]>>;
  #isServed = true;
  #fuse = new Fuse();
  #timers = new HandTimers();
  #whereabouts = new ToldWhereabouts();
  #answer: AuthorityAnswer = accept();
  #controller: Controller | null = null;
  #sends = 0;
  readonly #faults: unknown[] = [];

  static async open(venue: MemoryVenue): Promise<Box> {
    const box = new Box(venue, await venue.addOrganization());
    await box.#start();
    return box;
  }

  constructor(venue: MemoryVenue, organization: Awaited<ReturnType<MemoryVenue["addOrganization"]>>) {
    this.#venue = venue;
    this.#organization = organization;
  }

  async live({ together, diesWithin, failsAfter }: Moment): Promise<void> {
    const fuse = this.#fuse;
    if (diesWithin !== null) fuse.shorten(diesWithin);
    if (failsAfter !== null) fuse.failAfter(failsAfter);
    await Promise.race([
      fuse.died,
      Promise.all(together.map((one) => this.#do(one).catch(this.#expect))).then(rest),
    ]);
    fuse.failAfter(Infinity);
    if (diesWithin !== null) {
      // It dies at the latest when all is done.
      fuse.shorten(0);
      await Promise.race([fuse.died, fuse.step()]);
      await this.#start();
    }
  }

  async stop(): Promise<void> {
    await rest();
    await this.#controller?.stop();
  }

  async check(): Promise<void> {
    const { rows } = this.#venue;
    const id = this.#organization.id;
    deepEqual(this.#faults.map(rootOf).filter((message) => message !== FAILURE), []);
    const [sum] = await rows(
      `select coalesce(sum(acctinputoctets), 0) as up, coalesce(sum(acctoutputoctets), 0) as down,
        count(*) filter (where acctstoptime is null) as open from radacct where organization_id = ?`,
      [id],
    );
    const { upOctets: up, downOctets: down } = this.#gate.passed;
    deepEqual(sum, { up, down, open: 0 });
    deepEqual(await rows("select * from controller_session"), []);
    equal(this.#gate.passing.length, 0);
  }

  async #start(): Promise<void> {
    // What the one before had given to the disk is there, or will never be.
    await rest();
    this.#gate.killProcess();
    const fuse = this.#fuse = new Fuse();
    this.#timers = new HandTimers();
    this.#whereabouts = new ToldWhereabouts();
    this.#gate.before = async () => {
      this.#sendSomething();
      await fuse.step();
    };
    const client = mortalClient(this.#venue.client, fuse);
    this.#controller = await openController({
      context: { ...this.#venue.deps, db: venueDatabase(client, "node") },
      gates: { nftables: this.#gate, none: new MemoryGate() },
      whereabouts: { nftables: this.#whereabouts, none: new ToldWhereabouts() },
      authority: { decide: () => Promise.resolve(this.#answer) },
      listZones: () =>
        Promise.resolve(
          this.#isServed
            ? [
              zoneNamed(
                this.#organization,
                "guests",
                {},
                `0190a0b0-0000-7000-8000-${this.#organization.id.slice(-12)}`,
              ),
            ]
            : [],
        ),
      now: this.#venue.deps.now,
      reportFault: (fault) => this.#faults.push(fault),
      wakeOutbox: () => {},
      timers: this.#timers,
    });
    await rest();
  }

  /** Whoever may pass uses it all the time, also while the gate is being changed. */
  #sendSomething(): void {
    const [station] = this.#gate.passing;
    const address = station?.addresses[++this.#sends % station.addresses.length];
    if (station && address) this.#gate.send(station, address, 10, 100);
  }

  async #do(one: Action): Promise<void> {
    const controller = this.#controller;
    ok(controller);
    const zoneId = `0190a0b0-0000-7000-8000-${this.#organization.id.slice(-12)}`;
    switch (one.kind) {
      case "arrive":
        return this.#whereabouts.seen({ zoneId, mac: one.mac, address: one.address });
      case "leave":
        return this.#whereabouts.gone({ zoneId, mac: one.mac, address: one.address });
      case "send":
        return void this.#gate.send({ zoneId, mac: one.mac }, one.address, one.up, one.down);
      case "wait":
        this.#venue.clock.pass(one.seconds * 1000);
        await this.#timers.tick();
        return;
      case "reload":
        this.#isServed = one.isServed;
        return await controller.reload();
    }
    const station = controller.stations().find((known) => known.mac === one.mac);
    if (!station) return;
    if (one.kind === "log off") return void await controller.logOff(station, "User-Request");
    this.#answer = one.answer;
    const { challenge } = controller.withChallenge(station);
    const credential = { kind: "password", password: "secret" } as const;
    await controller.logOn(station, { userName: one.mac, credential, challenge });
  }

  /** The zone may be gone by then, or the disk full. */
  readonly #expect = (fault: unknown) => {
    if (rootOf(fault) !== FAILURE && !/no longer served/.test(String(fault))) throw fault;
  };
}

function rootOf(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  return fault.cause === undefined ? fault.message : rootOf(fault.cause);
}

/** What goes on by itself comes to its end. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setImmediate(resolve));
}
