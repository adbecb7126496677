import * as v from "valibot";
import { normalizeIpAddress } from "../../values/ip_address.ts";
import { isMacAddress } from "../../values/mac_address.ts";

/** What the kernel knows of an address behind an interface (RFC 4861 section 5.1, and the same for ARP). */
export interface Neighbour {
  readonly address: string;
  /** Lower case with colons; null when nobody has answered for the address. */
  readonly mac: string | null;
  /** The station has just shown that it is there under this address. */
  readonly proven: boolean;
}

const Entry = v.object({
  dst: v.string(),
  lladdr: v.optional(v.string(), ""),
  state: v.optional(v.array(v.string()), []),
});
const Entries = v.array(Entry);

/** With an address of theirs, of whatever age. */
const KNOWN: ReadonlySet<string> = new Set(["REACHABLE", "STALE", "DELAY", "PROBE", "PERMANENT"]);

/** Reads `ip -j neigh show dev DEVICE`. @throws {Error} when it is something else. */
export function parseNeighbours(json: string): Neighbour[] {
  // With no entry at all some versions write nothing.
  const entries = v.parse(Entries, JSON.parse(json.trim() || "[]"));
  return entries.flatMap(({ dst, lladdr, state }) => neighbourOf(dst, lladdr, state) ?? []);
}

/**
 * Reads a line of `ip monitor neigh`: `10.1.0.9 dev lan0 lladdr 02:… REACHABLE`, with `Deleted` before one that the
 * kernel has forgotten. Null when it is about no IP address.
 */
export function parseNeighbourEvent(line: string): Neighbour & { readonly device: string } | null {
  const words = line.trim().split(/\s+/);
  const deleted = words[0] === "Deleted";
  const [dst = "", ...rest] = deleted ? words.slice(1) : words;
  const after = (name: string) => rest[rest.indexOf(name) + 1] ?? "";
  if (!rest.includes("dev")) return null;
  const lladdr = rest.includes("lladdr") && !deleted ? after("lladdr") : "";
  const neighbour = neighbourOf(dst, lladdr, rest.slice(-1));
  return neighbour && { ...neighbour, device: after("dev") };
}

function neighbourOf(dst: string, lladdr: string, state: readonly string[]): Neighbour | null {
  const address = normalizeIpAddress(dst);
  if (!address) return null;
  const known = state.some((word) => KNOWN.has(word)) && isStation(lladdr);
  return {
    address,
    mac: known ? lladdr.toLowerCase() : null,
    proven: known && state.includes("REACHABLE"),
  };
}

/** Not a group's address, nor none at all. */
function isStation(mac: string): boolean {
  return isMacAddress(mac) && mac !== "00:00:00:00:00:00" && parseInt(mac.slice(0, 2), 16) % 2 === 0;
}
