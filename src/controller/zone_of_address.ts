import type { Zone } from "../aaa/identity/zones.ts";
import { isInNetwork, parseIpAddress, parseIpNetwork } from "../values/ip_address.ts";

/**
 * The zone whose guests have this address, when nothing but the address is known of a connection. The network of a
 * zone decides; an address of no network may be a guest of a zone that has none, which is only thought.
 */
export function zoneOfAddress(zones: readonly Zone[], address: string): Zone | null {
  return zones.find((zone) => isInZone(zone, address)) ??
    zones.find(({ gate, options }) => gate === "none" && options.address.length === 0) ?? null;
}

/** Whether the address is in one of the zone's networks. */
export function isInZone({ options }: Zone, address: string): boolean {
  const parsed = parseIpAddress(address.split("%", 1)[0] ?? "");
  if (!parsed) return false;
  return options.address.some((prefix) => {
    const network = parseIpNetwork(prefix);
    return network !== null && isInNetwork(parsed, network);
  });
}
