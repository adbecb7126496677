import type { Context } from "hono";
import type { Deps } from "../deps.ts";
import {
  type IpNetwork,
  isInNetwork,
  normalizeIpAddress,
  parseIpAddress,
  parseIpNetwork,
  subscriberOf,
} from "../values/ip_address.ts";

const parsed = new WeakMap<readonly string[], readonly IpNetwork[]>();

/**
 * Who is asking: the socket's peer or, when that is a configured proxy, the first hop of `X-Forwarded-For` that is
 * none, read from the right. From anybody else the header is worth nothing.
 */
export function clientAddress({ socketAddress, settings }: Deps, c: Context): string {
  const peer = socketAddress(c);
  if (!settings.trustedProxies.length) return normalizeIpAddress(peer) ?? peer;
  const hops = (c.req.header("x-forwarded-for") ?? "").split(",").map((hop) => hop.trim()).filter(Boolean);
  let client = peer;
  while (hops.length && isAmong(settings.trustedProxies, client)) client = hops.pop() ?? client;
  return normalizeIpAddress(client) ?? client;
}

/** What limits count a client without an account under: changing the address within one's own network is no way around. */
export function clientSubscriber(deps: Deps, c: Context): string {
  return subscriberOf(clientAddress(deps, c));
}

/** Whether an address is in a setting's list of addresses and networks. */
export function isAmong(texts: readonly string[], candidate: string): boolean {
  let networks = parsed.get(texts);
  if (!networks) {
    networks = texts.map(parseIpNetwork).filter((network) => network !== null);
    parsed.set(texts, networks);
  }
  const address = parseIpAddress(candidate);
  return address !== null && networks.some((network) => isInNetwork(address, network));
}
