import { type IpNetwork, parseIpNetwork } from "../../values/ip_address.ts";

/** One entry of `uamallowed` (coova 8): where strangers may go. */
export interface GardenEntry {
  /** `tcp`, `udp`, `icmp` (ICMPv6 too, for an IPv6 destination) or another protocol's number as text; null for any. */
  readonly protocol: string | null;
  /** Everywhere within this network; null when `name` says where. */
  readonly network: IpNetwork | null;
  /** A host name, lower case; empty when `network` says where. */
  readonly name: string;
  /** TCP's and UDP's; null for all. */
  readonly port: number | null;
}

const NAMES: Readonly<Record<string, string>> = { "1": "icmp", "6": "tcp", "17": "udp" };
const PROTOCOL = /^(tcp|udp|icmp|\d{1,3}):(?!\/)/i;
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;
/** `[2001:db8::1]:443`, or with bits after either bracket's address. */
const BRACKETED = /^\[([^\]]+)\](\/\d{1,3})?(?::(\d{1,5}))?$/;
const HOST_AND_PORT = /^([^:]*?)(?::(\d{1,5}))?$/;

/**
 * Reads `[proto:]host[:port]` or `[proto:]address/bits[:port]`; bits may be a mask (`10.0.0.0/255.0.0.0`). IPv6 with a
 * port is in brackets. Null for any other text.
 */
export function parseGardenEntry(text: string): GardenEntry | null {
  const trimmed = text.trim();
  const whole = networkOf(trimmed);
  if (whole) return { protocol: null, network: whole, name: "", port: null };
  const written = PROTOCOL.exec(trimmed)?.[1]?.toLowerCase() ?? null;
  const rest = written === null ? trimmed : trimmed.slice(written.length + 1);
  if (Number(written) > 255) return null;
  const protocol = written && (NAMES[written] ?? written);
  const bare = networkOf(rest);
  if (bare) return { protocol, network: bare, name: "", port: null };
  const [host, digits] = hostAndPort(rest);
  const port = digits === undefined ? null : Number(digits);
  if (port !== null && (port < 1 || port > 65_535 || (protocol && !["tcp", "udp"].includes(protocol)))) {
    return null;
  }
  const network = networkOf(host);
  if (network) return { protocol, network, name: "", port };
  const name = host.toLowerCase();
  // Of numbers alone it is an address that was mistyped.
  if (!HOST_NAME.test(name) || /^[\d.]+$/.test(name)) return null;
  return { protocol, network: null, name, port };
}

function hostAndPort(text: string): readonly [host: string, port: string | undefined] {
  const bracketed = BRACKETED.exec(text);
  if (bracketed) return [`${bracketed[1]}${bracketed[2] ?? ""}`, bracketed[3]];
  const [, host = "", port] = HOST_AND_PORT.exec(text) ?? [];
  return [host, port];
}

function networkOf(text: string): IpNetwork | null {
  const [base = "", mask = ""] = text.split("/");
  return parseIpNetwork(mask.includes(".") ? `${base}/${bitsOf(mask)}` : text);
}

/** Of a mask of ones and then zeros; anything else gives what no network has. */
function bitsOf(mask: string): number {
  const address = parseIpNetwork(mask);
  if (!address || address[1] !== 32 || mask.includes("/")) return 255;
  const bits = address[0].toByteArray().map((octet) => octet.toString(2).padStart(8, "0")).join("");
  return /^1*0*$/.test(bits) ? bits.lastIndexOf("1") + 1 : 255;
}
