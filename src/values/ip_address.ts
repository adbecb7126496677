import ipaddr from "ipaddr.js";

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** What a network provider gives one line at the least. */
const SUBSCRIBER_BITS = 64;

type Address = ReturnType<typeof ipaddr.parse>;
/** A network and the number of bits that name it; a single address has all of them. */
export type IpNetwork = readonly [Address, number];

/** Four decimal numbers, or IPv6; an IPv4 address in IPv6 clothes (`::ffff:10.0.0.1`) is the IPv4 address. */
export function parseIpAddress(text: string): Address | null {
  const address = parse(text);
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()) return address.toIPv4Address();
  return address;
}

/** The address in its shortest lower-case form, as `parseIpAddress()` reads it; null when it is none. */
export function normalizeIpAddress(text: string): string | null {
  // By far the most frequent kind, and already in its only form.
  if (IPV4.test(text)) return text;
  const address = parseIpAddress(text);
  return address && show(address);
}

/** An IPv6 address without its zone, mapped IPv4 shown in dots (`::ffff:192.168.182.3`); null when it is none. */
export function normalizeIpv6Address(text: string): string | null {
  const address = parse(text.split("%", 1)[0] ?? "");
  if (!(address instanceof ipaddr.IPv6)) return null;
  return address.isIPv4MappedAddress() ? `::ffff:${address.toIPv4Address()}` : show(address);
}

/** An IPv6 network without host bits, or a bare address (RFC 3162 section 2.3 prefixes as text). */
export function isIpv6Network(text: string): boolean {
  const [base = "", bits, ...more] = text.split("/");
  const address = parse(base);
  if (!(address instanceof ipaddr.IPv6) || more.length || base.includes("%")) return false;
  if (bits === undefined) return true;
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > 128) return false;
  return ipaddr.IPv6.networkAddressFromCIDR(`${address}/${bits}`).toString() === address.toString();
}

/** `10.0.0.0/8` or a single address; host bits are allowed and ignored. Null when it is neither. */
export function parseIpNetwork(text: string): IpNetwork | null {
  const [base = "", bits, ...more] = text.split("/");
  const address = parse(base);
  if (!address || more.length || base.includes("%")) return null;
  const most = address.kind() === "ipv4" ? 32 : 128;
  if (bits === undefined) return [address, most];
  return /^\d{1,3}$/.test(bits) && Number(bits) <= most ? [address, Number(bits)] : null;
}

/** IPv4 and IPv6 never match each other. */
export function isInNetwork(address: Address, [network, bits]: IpNetwork): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}

/**
 * What an address is counted under where addresses have limits. Every line has a whole IPv6 network (RFC 6177), so of an
 * IPv6 address the first 64 bits count: `2001:db8:1:2::/64`. A text that is no address stays as it is.
 */
export function subscriberOf(text: string): string {
  const address = parseIpAddress(text.split("%", 1)[0] ?? "");
  if (!address) return text;
  if (!(address instanceof ipaddr.IPv6)) return address.toString();
  return `${show(ipaddr.IPv6.networkAddressFromCIDR(`${address}/${SUBSCRIBER_BITS}`))}/${SUBSCRIBER_BITS}`;
}

function parse(text: string): Address | null {
  if (IPV4.test(text)) return ipaddr.IPv4.parse(text);
  return text.includes(":") && ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : null;
}

function show(address: Address): string {
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
}
