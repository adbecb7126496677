import { isMacAddress } from "../../values/mac_address.ts";
import { normalizeIpAddress } from "../../values/ip_address.ts";

/** An address that dnsmasq has handed out. */
export interface Lease {
  /** Lower case with colons. */
  readonly mac: string;
  readonly address: string;
  /** Seconds since 1970; 0 for one that never ends. */
  readonly endsAt: number;
}

export interface LeaseEvent {
  readonly kind: "begun" | "ended";
  readonly mac: string;
  readonly address: string;
}

/** What dnsmasq calls its script for; everything else is no lease of a station. */
const KINDS: Readonly<Record<string, LeaseEvent["kind"]>> = { add: "begun", old: "begun", del: "ended" };

/**
 * dnsmasq runs this as the user that started it, with what happened, the MAC and the address, and does not go on before
 * it has ended. It writes to the file by name, so that a file can be taken away and begun anew.
 */
export const LEASE_EVENT_SCRIPT = `#!/bin/sh
umask 077
printf '%s %s %s\\n' "$1" "$2" "$3" >>"\${0%/*}/events"
`;

/** Reads a line that `LEASE_EVENT_SCRIPT` wrote; null when it is about no station's IPv4 lease. */
export function parseLeaseEvent(line: string): LeaseEvent | null {
  const [action = "", mac = "", address = ""] = line.split(" ");
  const kind = KINDS[action];
  const station = stationOf(mac, address);
  return kind && station ? { kind, ...station } : null;
}

/** Reads dnsmasq's lease file: `ends mac address name client-id` a line; after a line `duid` come those of DHCPv6. */
export function parseLeases(text: string): Lease[] {
  const [ipv4 = ""] = text.split(/^duid /m, 1);
  return ipv4.split("\n").flatMap((line) => {
    const [endsAt = "", mac = "", address = ""] = line.split(" ");
    const station = stationOf(mac, address);
    return station && /^\d+$/.test(endsAt) ? [{ ...station, endsAt: Number(endsAt) }] : [];
  });
}

function stationOf(mac: string, text: string): { mac: string; address: string } | null {
  const address = normalizeIpAddress(text);
  // Other networks than Ethernet come with their type before the address.
  return address && isMacAddress(mac) ? { mac: mac.toLowerCase(), address } : null;
}
