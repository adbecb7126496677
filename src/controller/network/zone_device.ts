import type { Zone } from "../../aaa/identity/zones.ts";

/** The interface where a zone's stations are: its own, or a bridge of several; empty when it has none. */
export function zoneDevice({ id, options }: Pick<Zone, "id" | "options">): string {
  const [first = "", second] = options.interface;
  // From the id, so that the bridge is the same one after a crash; 20 bits make a name of 15 octets at most.
  return second === undefined ? first : `portico-${Number.parseInt(id.slice(-5), 16)}`;
}
