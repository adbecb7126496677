import { type GardenEntry, parseGardenEntry } from "../../aaa/identity/garden_entry.ts";
import type { Zone } from "../../aaa/identity/zones.ts";
import { type IpNetwork, isInNetwork, parseIpNetwork } from "../../values/ip_address.ts";

/** Networks that strangers reach, sorted by what they name of the packet; nested ones only once. */
export interface Garden {
  readonly any: readonly IpNetwork[];
  readonly byProtocol: readonly { readonly network: IpNetwork; readonly protocol: number }[];
  readonly byPort: readonly {
    readonly network: IpNetwork;
    readonly protocol: number;
    readonly port: number;
  }[];
}

const ICMP = 1;
const TCP = 6;
const UDP = 17;
const ICMPV6 = 58;

/** All that strangers of a zone reach: its `uamallowed`, and the pages it sends them to, each on its own port. */
export function gardenEntries({ options }: Zone): readonly GardenEntry[] {
  const entries = [
    // The option's schema leaves nothing that is no entry.
    ...options.uamallowed.map(parseGardenEntry),
    ...[options.uamserver, options.uamhomepage].filter(Boolean).map(pageEntry),
  ];
  return entries.filter((entry) => entry !== null);
}

/** The names that have to be resolved. */
export function gardenHosts(entries: readonly GardenEntry[]): readonly string[] {
  return [...new Set(entries.flatMap(({ target }) => typeof target === "string" ? [target] : []))];
}

/** @param addressesOf What a name stands for now. */
export function gardenOf(
  entries: readonly GardenEntry[],
  addressesOf: (host: string) => readonly string[],
): Garden {
  const rules = entries.flatMap(({ target, ...rest }) => {
    if (typeof target !== "string") return [{ network: target, ...rest }];
    return addressesOf(target).flatMap((text) => {
      const network = parseIpNetwork(text);
      return network ? [{ network, ...rest }] : [];
    });
  });
  const byPort = rules.flatMap(({ network, protocol, port }) => {
    if (port === null) return [];
    return (protocol === null ? [TCP, UDP] : [protocol]).map((each) => ({ network, protocol: each, port }));
  });
  const byProtocol = rules.flatMap(({ network, protocol, port }) => {
    if (protocol === null || port !== null) return [];
    const inFamily = protocol === ICMP && network[0].kind() === "ipv6" ? ICMPV6 : protocol;
    return [{ network, protocol: inFamily }];
  });
  return {
    any: outermost(rules.filter(({ protocol, port }) => protocol === null && port === null)).map(
      ({ network }) => network,
    ),
    byProtocol: outermost(byProtocol, ({ protocol }) => `${protocol}`),
    byPort: outermost(byPort, ({ protocol, port }) => `${protocol} ${port}`),
  };
}

/** Without those that lie in another of the same group: the kernel's interval sets refuse what overlaps. */
export function outermost<T extends { readonly network: IpNetwork }>(
  entries: readonly T[],
  groupOf: (entry: T) => string = () => "",
): readonly T[] {
  const kept: T[] = [];
  for (const entry of [...entries].sort((a, b) => a.network[1] - b.network[1])) {
    const inside = kept.some((other) =>
      groupOf(other) === groupOf(entry) && isInNetwork(entry.network[0], other.network)
    );
    if (!inside) kept.push(entry);
  }
  return kept;
}

function pageEntry(url: string): GardenEntry | null {
  const { hostname, port, protocol } = new URL(url);
  const entry = parseGardenEntry(hostname);
  return entry && { ...entry, port: Number(port) || (protocol === "https:" ? 443 : 80) };
}
