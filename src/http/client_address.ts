import type { Context } from "hono";
import type { Deps } from "../deps.ts";
import {
  type IpNetwork,
  isInNetwork,
  normalizeIpAddress,
  parseIpAddress,
  parseIpNetwork,
} from "../values/ip_address.ts";

const proxies = new WeakMap<readonly string[], readonly IpNetwork[]>();

/**
 * Who is asking: the socket's peer or, when that is a configured proxy, the first hop of `X-Forwarded-For` that is
 * none, read from the right. From anybody else the header is worth nothing.
 */
export function clientAddress({ socketAddress, settings }: Deps, c: Context): string {
  const peer = socketAddress(c);
  if (!settings.trustedProxies.length) return normalizeIpAddress(peer) ?? peer;
  const hops = (c.req.header("x-forwarded-for") ?? "").split(",").map((hop) => hop.trim()).filter(Boolean);
  let client = peer;
  while (hops.length && isTrusted(settings.trustedProxies, client)) client = hops.pop() ?? client;
  return normalizeIpAddress(client) ?? client;
}

function isTrusted(texts: readonly string[], hop: string): boolean {
  let networks = proxies.get(texts);
  if (!networks) {
    networks = texts.map(parseIpNetwork).filter((network) => network !== null);
    proxies.set(texts, networks);
  }
  const address = parseIpAddress(hop);
  return address !== null && networks.some((network) => isInNetwork(address, network));
}
