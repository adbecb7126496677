import { type IpNetwork, parseIpNetwork } from "../../values/ip_address.ts";

/** What an entry of `uamallowed` names (coova 8); null is any protocol, any port. */
export interface GardenEntry {
  /** A network, or the name of a host in lower case. */
  readonly target: IpNetwork | string;
  /** Number of the IP protocol; ICMP's is ICMPv6's too where the target is IPv6. */
  readonly protocol: number | null;
  /** TCP's and UDP's. */
  readonly port: number | null;
}

const NUMBERS: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17 };
const WITH_PORTS: readonly (number | null)[] = [null, 6, 17];
const PROTOCOL = /^(tcp|udp|icmp|\d{1,3}):(?!\/)/i;
const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/;
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
  if (whole) return { target: whole, protocol: null, port: null };
  const written = PROTOCOL.exec(trimmed)?.[1]?.toLowerCase();
  const rest = written === undefined ? trimmed : trimmed.slice(written.length + 1);
  const protocol = written === undefined ? null : NUMBERS[written] ?? Number(written);
  if ((protocol ?? 0) > 255) return null;
  const bare = networkOf(rest);
  if (bare) return { target: bare, protocol, port: null };
  const [host, digits] = hostAndPort(rest);
  const port = digits === undefined ? null : Number(digits);
  if (port !== null && (port < 1 || port > 65_535 || !WITH_PORTS.includes(protocol))) return null;
  const network = networkOf(host);
  if (network) return { target: network, protocol, port };
  const name = host.toLowerCase();
  // Of numbers alone it is an address that was mistyped.
  return HOST_NAME.test(name) && !/^[\d.]+$/.test(name) ? { target: name, protocol, port } : null;
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
