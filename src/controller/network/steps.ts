import * as v from "valibot";
import type { Box } from "../box.ts";

/** One thing that is made so on the box; what it was before is kept where that is not plain. */
export const Step = v.variant("kind", [
  v.object({ kind: v.literal("bridge"), device: v.string(), mac: v.string() }),
  v.object({ kind: v.literal("port"), device: v.string(), bridge: v.string() }),
  v.object({ kind: v.literal("up"), device: v.string() }),
  v.object({ kind: v.literal("address"), device: v.string(), address: v.string() }),
  /** `name` with slashes: the names of interfaces have dots. */
  v.object({ kind: v.literal("setting"), name: v.string(), value: v.string(), before: v.string() }),
]);
export type Step = v.InferOutput<typeof Step>;

/** The interfaces of the box, by name. */
export type Links = ReadonlyMap<string, Link>;

export interface Link {
  readonly mac: string;
  readonly isUp: boolean;
  /** The bridge that it is in; empty for none. */
  readonly bridge: string;
  /** With their prefix lengths. */
  readonly addresses: ReadonlySet<string>;
}

type Command = readonly [program: string, ...args: string[]];

/** The command that makes it so. */
export function doing(step: Step): Command {
  switch (step.kind) {
    case "bridge":
      return ["ip", "link", "add", "name", step.device, "address", step.mac, "type", "bridge", ...BRIDGE];
    case "port":
      return ["ip", "link", "set", "dev", step.device, "master", step.bridge];
    case "up":
      return ["ip", "link", "set", "dev", step.device, "up"];
    case "address":
      // The box's own address must be good at once, not after a second of asking whether somebody else has it.
      return [
        "ip",
        "address",
        "add",
        step.address,
        "dev",
        step.device,
        ...step.address.includes(":") ? ["nodad"] : [],
      ];
    case "setting":
      return ["sysctl", "-q", "-w", `${step.name}=${step.value}`];
  }
}

/** The command that takes it back. */
export function undoing(step: Step): Command {
  switch (step.kind) {
    case "bridge":
      return ["ip", "link", "delete", "dev", step.device];
    case "port":
      return ["ip", "link", "set", "dev", step.device, "nomaster"];
    case "up":
      return ["ip", "link", "set", "dev", step.device, "down"];
    case "address":
      return ["ip", "address", "delete", step.address, "dev", step.device];
    case "setting":
      return ["sysctl", "-q", "-w", `${step.name}=${step.before}`];
  }
}

/** What could not be done, for `Cannot …`. */
export function intention(step: Step): string {
  switch (step.kind) {
    case "bridge":
      return `make the bridge ${step.device}`;
    case "port":
      return `put ${step.device} into the bridge ${step.bridge}`;
    case "up":
      return `switch ${step.device} on`;
    case "address":
      return `give ${step.device} the address ${step.address}`;
    case "setting":
      return `set ${step.name.replaceAll("/", ".")} to ${step.value}`;
  }
}

export async function isSo(box: Pick<Box, "run">, step: Step, links: Links): Promise<boolean> {
  const link = step.kind === "setting" ? undefined : links.get(step.device);
  switch (step.kind) {
    case "bridge":
      return link !== undefined;
    case "port":
      return link?.bridge === step.bridge;
    case "up":
      return link?.isUp ?? false;
    case "address":
      return link?.addresses.has(step.address) ?? false;
    case "setting":
      return (await readSetting(box, step.name)) === step.value;
  }
}

/** Null when the kernel has no such setting. */
export async function readSetting(box: Pick<Box, "run">, name: string): Promise<string | null> {
  const { code, stdout } = await box.run("sysctl", ["-n", name]);
  return code === 0 ? stdout.trim() : null;
}

/** Of two steps that do the same, whatever was before. */
export function stepName(step: Step): string {
  return JSON.stringify({ ...step, before: "", mac: "" });
}

/** Ports are on at once: nobody looks for loops. Multicast reaches all of them: no querier tells who wants it. */
const BRIDGE = ["forward_delay", "0", "mcast_snooping", "0"];
