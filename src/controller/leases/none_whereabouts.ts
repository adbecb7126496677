import { normalizeIpAddress, parseIpAddress } from "../../values/ip_address.ts";
import type { Whereabouts } from "../sighting.ts";

/**
 * For zones with the gate `none`: a station is known by its address alone, and the MAC address is made of it:
 * `02:00:` and the four octets of IPv4, `02:` and a hash of IPv6.
 */
export function noneWhereabouts(): Whereabouts {
  return {
    serve: () => Promise.resolve(),
    async find(zoneId, text) {
      const address = normalizeIpAddress(text.split("%", 1)[0] ?? "");
      return address === null ? null : { zoneId, mac: await macOfAddress(address), address };
    },
    ownMac: () => null,
    stop: () => Promise.resolve(),
  };
}

async function macOfAddress(address: string): Promise<string> {
  const octets = parseIpAddress(address)?.toByteArray() ?? [];
  if (octets.length === 4) return inPairs([2, 0, ...octets]);
  const hash = await crypto.subtle.digest("SHA-256", Uint8Array.from(octets));
  return inPairs([2, ...new Uint8Array(hash).slice(0, 5)]);
}

function inPairs(octets: readonly number[]): string {
  return octets.map((octet) => octet.toString(16).padStart(2, "0")).join(":");
}
