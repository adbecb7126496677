import type { Zone } from "../../aaa/identity/zones.ts";
import { type IpNetwork, isInNetwork, parseIpAddress, parseIpNetwork } from "../../values/ip_address.ts";

interface Bypass {
  readonly macs: ReadonlySet<string>;
  readonly networks: readonly IpNetwork[];
}

const known = new WeakMap<Zone, Bypass>();

/** Whether the zone lets the station pass without a session. */
export function isBypassed(zone: Zone, mac: string, addresses: readonly string[]): boolean {
  const { macs, networks } = bypassOf(zone);
  if (macs.has(mac)) return true;
  if (!networks.length) return false;
  return addresses.some((text) => {
    const address = parseIpAddress(text);
    return address !== null && networks.some((network) => isInNetwork(address, network));
  });
}

function bypassOf(zone: Zone): Bypass {
  const found = known.get(zone);
  if (found) return found;
  const entries = zone.options.bypass.map((text) => ({ text, network: parseIpNetwork(text) }));
  const bypass = {
    // What is no network is a MAC address, lower case with colons: the option's schema leaves nothing else.
    macs: new Set(entries.filter(({ network }) => !network).map(({ text }) => text)),
    networks: entries.flatMap(({ network }) => network ? [network] : []),
  };
  known.set(zone, bypass);
  return bypass;
}
