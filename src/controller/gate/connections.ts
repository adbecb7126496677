import { parseIpAddress } from "../../values/ip_address.ts";
import type { Box } from "../box.ts";
import { Rounds } from "./rounds.ts";

const FEW = 8;
const AT_ONCE = 2;
/** What `conntrack -D` ends with when there was nothing to delete. */
const NOTHING = 1;

/** A bit of a connection's mark: the rules set it where a connection is turned to the login page. */
export const SPARED_MARK = "0x20000000";

/**
 * Makes the kernel forget the connections of stations that have left. conntrack reads all connections of the box for
 * each thing that it is told to forget: stations that leave together are told of by the networks that have them, as far
 * as nobody who stays is in these.
 */
export class Connections {
  readonly #box: Pick<Box, "run">;
  readonly #staying: () => readonly string[];
  #leaving: string[] = [];
  readonly #rounds = new Rounds(() => this.#forget());

  /** @param staying Addresses whose connections go on. */
  constructor(box: Pick<Box, "run">, staying: () => readonly string[]) {
    this.#box = box;
    this.#staying = staying;
  }

  /** Both directions of all that these addresses began. @throws {Error} when conntrack cannot. */
  async end(addresses: readonly string[]): Promise<void> {
    if (!addresses.length) return;
    this.#leaving.push(...addresses);
    await this.#rounds.next();
  }

  async #forget(): Promise<void> {
    const leaving = this.#leaving;
    this.#leaving = [];
    // To look through all who stay costs more than to have it look a few times.
    const networks = leaving.length <= FEW ? leaving : networksOf(leaving, this.#staying());
    const faults = await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      const own: string[] = [];
      for (let network = networks.pop(); network; network = networks.pop()) {
        own.push(...await this.#forgetOf(network));
      }
      return own;
    }));
    const [fault] = faults.flat();
    if (fault !== undefined) throw new Error(fault);
  }

  /** @returns what went wrong. */
  async #forgetOf(network: string): Promise<string[]> {
    const family = network.includes(":") ? "ipv6" : "ipv4";
    const args = ["-D", "-f", family, "--orig-src", network, "--mark", `0/${SPARED_MARK}`];
    const { code, stderr } = await this.#box.run("conntrack", args);
    if (code === 0 || (code === NOTHING && stderr.includes("0 flow entries"))) return [];
    return [`conntrack ${args.join(" ")}: ${stderr.trim() || `ended with ${code}`}`];
  }
}

/** The fewest networks that have all of these addresses and none of those that stay; both kinds of IP. */
export function networksOf(leaving: readonly string[], staying: readonly string[]): string[] {
  return ["ipv4", "ipv6"].flatMap((kind) => {
    const [going, others] = [bitsOf(leaving, kind), bitsOf(staying, kind)];
    const left = new Set(others);
    return cover(going.filter((bits) => !left.has(bits)), others).map(networkText);
  });
}

/** Prefixes in binary digits. */
function cover(going: readonly string[], staying: readonly string[]): string[] {
  const [first = ""] = going;
  if (!going.length) return [];
  let length = first.length;
  for (const bits of going) while (!bits.startsWith(first.slice(0, length))) length--;
  const prefix = first.slice(0, length);
  const inside = staying.filter((bits) => bits.startsWith(prefix));
  if (!inside.length) return [prefix.padEnd(first.length, "*")];
  return ["0", "1"].flatMap((bit) => {
    const half = (bits: string) => bits[length] === bit;
    return cover(going.filter(half), inside.filter(half));
  });
}

function bitsOf(addresses: readonly string[], kind: string): string[] {
  return [
    ...new Set(addresses.flatMap((text) => {
      const address = parseIpAddress(text);
      if (address?.kind() !== kind) return [];
      return [address.toByteArray().map((octet) => octet.toString(2).padStart(8, "0")).join("")];
    })),
  ];
}

/** @param bits Of an address, the host's part as stars. */
function networkText(bits: string): string {
  const length = bits.indexOf("*") < 0 ? bits.length : bits.indexOf("*");
  const groups = bits.replaceAll("*", "0").match(bits.length === 32 ? /.{8}/g : /.{16}/g) ?? [];
  const address = bits.length === 32
    ? groups.map((group) => Number.parseInt(group, 2)).join(".")
    : groups.map((group) => Number.parseInt(group, 2).toString(16)).join(":");
  return `${address}/${length}`;
}
