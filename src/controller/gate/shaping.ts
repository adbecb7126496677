import { type Box, mustRun } from "../box.ts";
import { SHAPER } from "./elements.ts";

/** Bits a second by class (its minor number). */
export type Rates = ReadonlyMap<number, number>;

const MAJOR = SHAPER.toString(16);
/** Queues that are fair to each connection of a station, the better first; the last one every kernel has. */
const QUEUES = ["fq_codel", "sfq", "bfifo"] as const;
type Queue = (typeof QUEUES)[number];
const UNKNOWN_QUEUE = /Specified qdisc (kind is unknown|not found)|Unknown qdisc/i;
/** The longest that a packet waits in a queue without fairness, before it is dropped. */
const WAIT_SECONDS = 0.2;
/** A burst of what the device takes in one go (64 KiB) and what passes between two ticks. */
const LEAST_QUEUE_OCTETS = 192 * 1024;
const TICK_SECONDS = 0.004;
const FRAME_OCTETS = 1514;

/**
 * Classes of htb that hold stations to their bandwidths, on the devices through which their packets leave. Which class
 * a packet is in says its priority, so no filter is needed; what is in none is not held up.
 */
export class Shaping {
  readonly #box: Pick<Box, "run">;
  readonly #fault: (fault: Error) => void;
  readonly #devices = new Map<string, Map<number, number>>();
  readonly #foreign = new Set<string>();
  #queue: Queue | null = null;
  #last: Promise<void> = Promise.resolve();

  constructor(box: Pick<Box, "run">, fault: (fault: Error) => void) {
    this.#box = box;
    this.#fault = fault;
  }

  /** Makes the devices have exactly these classes; what goes on is not interrupted. */
  apply(wanted: ReadonlyMap<string, Rates>): Promise<void> {
    return this.#inOrder(async () => {
      const present = await this.#ownDevices();
      this.#devices.clear();
      this.#foreign.clear();
      for (const device of present) this.#devices.set(device, await this.#classesOf(device));
      for (const [device, classes] of this.#devices) {
        const rates = wanted.get(device);
        if (!rates?.size) await this.#leave(device);
        else await this.#change(device, [], [...classes.keys()].filter((minor) => !rates.has(minor)));
      }
      for (const [device, rates] of wanted) await this.#change(device, [...rates], []);
    });
  }

  /** @param rate 0 takes the class away. */
  set(device: string, minor: number, rate: number): Promise<void> {
    if ((this.#devices.get(device)?.get(minor) ?? 0) === rate) return Promise.resolve();
    return this.#inOrder(() => this.#change(device, rate ? [[minor, rate]] : [], rate ? [] : [minor]));
  }

  /** The devices get back the qdiscs that are theirs. */
  remove(): Promise<void> {
    return this.#inOrder(async () => {
      for (const device of await this.#ownDevices()) await this.#leave(device);
      this.#devices.clear();
    });
  }

  /** One after the other: tc cannot make a queue for a class that is not there yet. */
  #inOrder(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work).catch((fault) => {
      this.#fault(new Error("Cannot hold stations to their bandwidth", { cause: fault }));
    });
    this.#last = done;
    return done;
  }

  async #change(
    device: string,
    rates: readonly (readonly [number, number])[],
    gone: readonly number[],
  ): Promise<void> {
    if (rates.length && !(await this.#prepare(device))) return;
    const classes = this.#devices.get(device);
    if (!classes) return;
    const lines = [
      ...gone.filter((minor) => classes.has(minor)).map((minor) =>
        `class del dev ${device} classid ${classText(minor)}`
      ),
      ...rates.filter(([minor, rate]) => classes.get(minor) !== rate).flatMap(([minor, rate]) =>
        this.#classLines(device, minor, rate, classes.has(minor))
      ),
    ];
    if (!lines.length) return;
    await mustRun(this.#box, "tc", ["-batch", "-"], lines.map((line) => `${line}\n`).join(""));
    for (const minor of gone) classes.delete(minor);
    for (const [minor, rate] of rates) classes.set(minor, rate);
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
