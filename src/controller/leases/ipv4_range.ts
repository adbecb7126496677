import type { ZoneOptions } from "../../aaa/identity/zone_options.ts";
import { type IpNetwork, isInNetwork, parseIpAddress } from "../../values/ip_address.ts";

/** What DHCP hands out of one prefix; addresses in dots. */
export interface Ipv4Range {
  readonly start: string;
  readonly end: string;
  readonly mask: string;
  readonly network: string;
  readonly broadcast: string;
  /** Addresses from the first to the last of the prefix, without the box's own. */
  readonly room: number;
}

/** From the first address of the prefix to its last, or what `dhcpstart` and `dhcpend` say where they are in it. */
export function ipv4Range(
  { dhcpstart, dhcpend }: Pick<ZoneOptions, "dhcpstart" | "dhcpend">,
  prefix: IpNetwork,
): Ipv4Range {
  const [own, bits] = prefix;
  const size = 2 ** (32 - bits);
  const address = own.toByteArray().reduce((sum, octet) => sum * 256 + octet, 0);
  const network = address - address % size;
  const inside = (text: string) => {
    const wanted = parseIpAddress(text);
    return wanted && isInNetwork(wanted, prefix) ? text : null;
  };
  return {
    start: inside(dhcpstart) ?? inDots(network + 1),
    end: inside(dhcpend) ?? inDots(network + size - 2),
    network: inDots(network),
    mask: inDots(2 ** 32 - size),
    broadcast: inDots(network + size - 1),
    room: size - 3,
  };
}

function inDots(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}
