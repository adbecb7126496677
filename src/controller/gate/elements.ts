import { parseIpAddress } from "../../values/ip_address.ts";
import type { OpenStation } from "./gate.ts";
import { FAMILIES, handleText, TABLE, zoneName } from "./table.ts";

/** A station as the table has it. */
export interface Numbered {
  readonly station: OpenStation;
  /** Even; of its way back it is one more. */
  readonly number: number;
  /** Minor number of the classes that shape it, the same on each device. */
  readonly shape: number;
}

/** An element of a set or map, as nft lists it. */
export interface Element {
  readonly set: string;
  readonly text: string;
}

/** Major number of our qdiscs; a number that nobody gives by hand. */
export const SHAPER = 0x7007;

/** What lets the station pass. */
export function passElements({ station, number, shape }: Numbered): Element[] {
  const [up, down] = [handleText(number), handleText(number + 1)];
  const shaped = handleText(SHAPER * 65_536 + shape);
  const paths = FAMILIES.flatMap(({ v }) =>
    station.addresses.filter((address) => isOfVersion(address, v)).flatMap((address) => [
      {
        set: zoneName(`up${v}`, { id: station.zoneId }),
        text: `${checkedMac(station.mac)} . ${address} : ${up}`,
      },
      { set: `down${v}`, text: `${address} : ${down}` },
    ])
  );
  return [
    { set: "classes", text: `${up} : ${station.bandwidthUp ? shaped : "none"}` },
    { set: "classes", text: `${down} : ${station.bandwidthDown ? shaped : "none"}` },
    ...paths,
  ];
}

/** Its counters, and whose they are: also for a process after this one. */
export function countElements({ station, number }: Numbered): Element[] {
  const [up, down] = [handleText(number), handleText(number + 1)];
  return [
    { set: "counted", text: up },
    { set: "counted", text: down },
    { set: "stations", text: `${up} comment "${station.zoneId} ${checkedMac(station.mac)}"` },
  ];
}

/** The commands that make these elements out of those. */
export function elementChanges(before: readonly Element[], after: readonly Element[]): string {
  const had = new Set(before.map(nameOf));
  const has = new Set(after.map(nameOf));
  return [
    ...commands("delete", before.filter((element) => !has.has(nameOf(element)))),
    ...commands("add", after.filter((element) => !had.has(nameOf(element)))),
  ].map((line) => `${line}\n`).join("");
}

function commands(verb: "add" | "delete", elements: readonly Element[]): string[] {
  const bySet = new Map<string, string[]>();
  for (const { set, text } of elements) {
    const texts = bySet.get(set) ?? [];
    bySet.set(set, texts);
    texts.push(verb === "delete" ? text.replace(/ comment .*$/, "") : text);
  }
  return [...bySet].map(([set, texts]) => `${verb} element ${TABLE} ${set} { ${texts.join(", ")} }`);
}

function nameOf({ set, text }: Element): string {
  return `${set} ${text}`;
}

/** Whether a router forwards it: never a link-local address, which stations of two zones may both have. */
export function isForwarded(text: string): boolean {
  return parseIpAddress(text)?.range() !== "linkLocal";
}

function isOfVersion(text: string, version: string): boolean {
  const address = parseIpAddress(text);
  if (!address) throw new Error(`"${text}" is no address`);
  return address.kind() === `ipv${version}`;
}

function checkedMac(mac: string): string {
  if (/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac)) return mac;
  throw new Error(`"${mac}" is not the MAC address of a station`);
}
