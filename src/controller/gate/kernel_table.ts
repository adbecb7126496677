import type { Element } from "./elements.ts";
import type { Present } from "./ruleset.ts";
import { readHandle } from "./table.ts";

export interface Count {
  readonly packets: number;
  readonly octets: number;
}

/** Our table as the kernel has it. */
export interface KernelTable extends Present {
  /** Of the sets that stations are in; a counter's element without its counts. */
  readonly elements: readonly Element[];
  /** Numbers by zone and MAC address, as `stationKey()` writes them. */
  readonly numbers: ReadonlyMap<string, number>;
  /** Minor numbers of classes by the number of the station or, odd, of its way back. */
  readonly shapes: ReadonlyMap<number, number>;
  readonly counts: ReadonlyMap<number, Count>;
}

export const NO_TABLE: KernelTable = {
  chains: [],
  sets: [],
  elements: [],
  numbers: new Map(),
  shapes: new Map(),
  counts: new Map(),
};

const STATION_SETS = /^(counted|stations|classes|down[46]|up[46]_\w+)$/;

/** Reads what `nft list table` writes. */
export function readTable(listing: string): KernelTable {
  const blocks = [...listing.matchAll(/^\t(set|map|chain) (\S+) \{\n([\s\S]*?)^\t\}/gm)].map(
    ([, kind = "", name = "", body = ""]) => ({ kind, name, body }),
  );
  const elements = blocks.filter(({ name }) => STATION_SETS.test(name)).flatMap(({ name, body }) =>
    elementsOf(body).map((text) => ({ set: name, text: text.replace(/ counter packets .*$/, "") }))
  );
  const of = (set: string) => elements.filter((element) => element.set === set).map(({ text }) => text);
  return {
    chains: blocks.filter(({ kind }) => kind === "chain").map(({ name }) => name),
    sets: blocks.filter(({ kind }) => kind !== "chain").map(({ kind, name }) => `${kind} ${name}`),
    elements,
    numbers: new Map(
      of("stations").flatMap((text) => {
        const [, number = "", key = ""] = /^(\S+) comment "([^"]*)"$/.exec(text) ?? [];
        return key ? [[key, readHandle(number)] as const] : [];
      }),
    ),
    shapes: new Map(
      of("classes").flatMap((text) => {
        const [number = "", shape = "none"] = text.split(" : ");
        return shape === "none" ? [] : [[readHandle(number), readHandle(shape) & 0xffff] as const];
      }),
    ),
    counts: readCounters(blocks.find(({ name }) => name === "counted")?.body ?? ""),
  };
}

/** Reads the elements of `counted`, as nft lists them for people. */
function readCounters(listing: string): Map<number, Count> {
  return countsOf(listing.matchAll(/([0-9a-f]*:[0-9a-f]*) counter packets (\d+) bytes (\d+)/g));
}

/** Reads what `nft -j list set … counted` writes: every second, so only as much as is needed. */
export function readCounts(json: string): Map<number, Count> {
  return countsOf(json.matchAll(COUNT));
}

const COUNT = /"val":\s*"([^"]+)",\s*"counter":\s*\{"packets":\s*(\d+),\s*"bytes":\s*(\d+)/g;

function countsOf(matches: Iterable<RegExpMatchArray>): Map<number, Count> {
  const counts = new Map<number, Count>();
  for (const [, number = "", packets, octets] of matches) {
    counts.set(readHandle(number), { packets: Number(packets), octets: Number(octets) });
  }
  return counts;
}

function elementsOf(body: string): string[] {
  const [, list = ""] = /elements = \{([\s\S]*?)\}\n/.exec(body) ?? [];
  return list.split(",").map((text) => text.trim()).filter(Boolean);
}
