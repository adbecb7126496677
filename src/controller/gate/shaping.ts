import { type Box, mustRun } from "../box.ts";
import { SHAPER } from "./elements.ts";
import { Rounds } from "./rounds.ts";

/** Bits a second by class (its minor number). */
export type Rates = ReadonlyMap<number, number>;

const MAJOR = SHAPER.toString(16);
/** Queues that are fair to each connection of a station, the better first; the last one every kernel has. */
const QUEUES = ["fq_codel", "sfq", "bfifo"] as const;
type Queue = (typeof QUEUES)[number];
const UNKNOWN_QUEUE = /Specified qdisc (kind is unknown|not found)|Unknown qdisc/i;
/** The longest that a packet waits in a queue without fairness, before it is dropped. */
const WAIT_SECONDS = 0.2;
/** Connections whose packets come in bunches of 64 KiB lose many of them at once in less. */
const LEAST_QUEUE_OCTETS = 448 * 1024;
const TICK_SECONDS = 0.004;
const FRAME_OCTETS = 1514;

/**
 * Classes of htb that hold stations to their bandwidths, on the devices through which their packets leave. Which class
 * a packet is in says its priority, so no filter is needed; what is in none is not held up.
 */
export class Shaping {
  readonly #box: Pick<Box, "run">;
  readonly #fault: (fault: Error) => void;
  /** Devices with our root, and the rates of their classes; 0 for one of which only that is known. */
  readonly #devices = new Map<string, Map<number, number>>();
  readonly #foreign = new Set<string>();
  /** What is to be changed, by device; 0 takes a class away. */
  #wanted = new Map<string, Map<number, number>>();
  readonly #rounds = new Rounds(() => this.#change());
  #queue: Queue | null = null;

  constructor(box: Pick<Box, "run">, fault: (fault: Error) => void) {
    this.#box = box;
    this.#fault = fault;
  }

  /** Makes the devices have exactly these classes; what goes on is not interrupted. */
  async apply(wanted: ReadonlyMap<string, Rates>): Promise<void> {
    await this.#rounds.next();
    await this.#told(async () => {
      const present = await this.#ownDevices();
      this.#devices.clear();
      this.#foreign.clear();
      for (const device of present) {
        if (!wanted.get(device)?.size) await this.#leave(device);
        else this.#devices.set(device, await this.#classesOf(device));
      }
    });
    for (const [device, classes] of this.#devices) {
      for (const minor of classes.keys()) this.#want(device, minor, wanted.get(device)?.get(minor) ?? 0);
    }
    for (const [device, rates] of wanted) for (const [minor, rate] of rates) this.#want(device, minor, rate);
    await this.#rounds.next();
  }

  /** @param rate 0 takes the class away. */
  async set(device: string, minor: number, rate: number): Promise<void> {
    if (this.#want(device, minor, rate)) await this.#rounds.next();
  }

  /** The devices get back the qdiscs that are theirs. */
  async remove(): Promise<void> {
    await this.#rounds.next();
    await this.#told(async () => {
      for (const device of await this.#ownDevices()) await this.#leave(device);
      this.#devices.clear();
    });
  }

  /** @returns whether anything has to be done. */
  #want(device: string, minor: number, rate: number): boolean {
    const wanted = this.#wanted.get(device) ?? new Map<number, number>();
    if (!wanted.has(minor) && (this.#devices.get(device)?.get(minor) ?? 0) === rate && rate) return false;
    if (!rate && !wanted.has(minor) && !this.#devices.get(device)?.has(minor)) return false;
    this.#wanted.set(device, wanted.set(minor, rate));
    return true;
  }

  async #change(): Promise<void> {
    await this.#told(async () => {
      const wanted = this.#wanted;
      this.#wanted = new Map();
      const lines: string[] = [];
      for (const [device, rates] of wanted) {
        const isNeeded = [...rates.values()].some(Boolean);
        if (isNeeded && !(await this.#prepare(device))) continue;
        const classes = this.#devices.get(device);
        if (classes) {
          for (const [minor, rate] of rates) lines.push(...this.#lines(device, classes, minor, rate));
        }
      }
      // One that fails does not keep the others from being made.
      if (lines.length) {
        await mustRun(
          this.#box,
          "tc",
          ["-force", "-batch", "-"],
          lines.map((line) => `${line}\n`).join(""),
        );
      }
    });
  }

  /** The commands for one class, which is then known as told. */
  #lines(device: string, classes: Map<number, number>, minor: number, rate: number): string[] {
    if (classes.get(minor) === rate && rate) return [];
    const isKnown = classes.has(minor);
    if (rate) {
      classes.set(minor, rate);
      return this.#classLines(device, minor, rate, isKnown);
    }
    classes.delete(minor);
    return isKnown ? [`class del dev ${device} classid ${classText(minor)}`] : [];
  }

  /** Traffic goes on when it cannot be held up. */
  async #told(work: () => Promise<void>): Promise<void> {
    await work().catch((fault) => {
      this.#fault(new Error("Cannot hold stations to their bandwidth", { cause: fault }));
    });
  }

  #classLines(device: string, minor: number, rate: number, isKnown: boolean): string[] {
    const burst = Math.ceil(2 * FRAME_OCTETS + (rate / 8) * TICK_SECONDS);
    const queue = queueText(this.#queue ?? "bfifo", rate);
    return [
      `class replace dev ${device} parent ${MAJOR}: classid ${
        classText(minor)
      } htb rate ${rate}bit ceil ${rate}bit ` +
      `burst ${burst} cburst ${burst} quantum ${FRAME_OCTETS}`,
      // To replace a queue drops what waits in it: a changed rate keeps it.
      ...isKnown ? [] : [`qdisc replace dev ${device} parent ${classText(minor)} ${queue}`],
    ];
  }

  /** Gives the device our root, unless it has one that somebody chose. @returns whether it has ours. */
  async #prepare(device: string): Promise<boolean> {
    if (this.#devices.has(device)) return true;
    if (this.#foreign.has(device)) return false;
    const [, kind, handle] =
      /^qdisc (\S+) ([0-9a-f]*:) root/m.exec(await this.#tc("qdisc", "show", "dev", device, "root")) ?? [];
    // The kernel's own choice has no number.
    if (kind !== undefined && handle !== "0:") {
      this.#foreign.add(device);
      this.#fault(
        new Error(
          `Stations are not held to their bandwidth on ${device}: it has a ${kind} qdisc already; remove it with ` +
            `"tc qdisc del dev ${device} root" and apply the zones again`,
        ),
      );
      return false;
    }
    await this.#tc("qdisc", "add", "dev", device, "root", "handle", `${MAJOR}:`, "htb", "default", "0");
    this.#devices.set(device, new Map());
    this.#queue ??= await this.#bestQueue(device);
    return true;
  }

  async #bestQueue(device: string): Promise<Queue> {
    const probe = classText(0xfffe);
    await this.#tc(
      "class",
      "add",
      "dev",
      device,
      "parent",
      `${MAJOR}:`,
      "classid",
      probe,
      "htb",
      "rate",
      "1mbit",
    );
    try {
      for (const queue of QUEUES) {
        const args = ["qdisc", "add", "dev", device, "parent", probe, ...queueText(queue, 1e6).split(" ")];
        const { code, stderr } = await this.#box.run("tc", args);
        if (code === 0) return queue;
        if (!UNKNOWN_QUEUE.test(stderr)) throw new Error(`tc ${args.join(" ")}: ${stderr.trim()}`);
      }
      return "bfifo";
    } finally {
      await this.#tc("class", "del", "dev", device, "classid", probe);
    }
  }

  async #leave(device: string): Promise<void> {
    this.#devices.delete(device);
    await this.#tc("qdisc", "del", "dev", device, "root");
  }

  async #ownDevices(): Promise<string[]> {
    const listing = await this.#tc("qdisc", "show");
    return [...listing.matchAll(new RegExp(`^qdisc htb ${MAJOR}: dev (\\S+) root`, "gm"))].map((
      [, device = ""],
    ) => device);
  }

  /** Their rates are not read: nft's rounding is not ours. */
  async #classesOf(device: string): Promise<Map<number, number>> {
    const listing = await this.#tc("class", "show", "dev", device);
    const minors = [...listing.matchAll(new RegExp(`^class htb ${MAJOR}:([0-9a-f]+) `, "gm"))];
    return new Map(minors.map(([, minor = ""]) => [Number.parseInt(minor, 16), 0]));
  }

  #tc(...args: string[]): Promise<string> {
    return mustRun(this.#box, "tc", args);
  }
}

function queueText(queue: Queue, rate: number): string {
  if (queue === "sfq") return "sfq perturb 10";
  if (queue === "bfifo") {
    return `bfifo limit ${Math.max(LEAST_QUEUE_OCTETS, Math.ceil((rate / 8) * WAIT_SECONDS))}`;
  }
  // A target below the time of one frame drops all the time (RFC 8290 section 5.2.1).
  const target = Math.max(5, Math.ceil((1.5 * FRAME_OCTETS * 8 * 1000) / rate));
  return `fq_codel limit 1000 target ${target}ms interval ${
    Math.max(100, 10 * target)
  }ms quantum ${FRAME_OCTETS}`;
}

function classText(minor: number): string {
  return `${MAJOR}:${minor.toString(16)}`;
}
