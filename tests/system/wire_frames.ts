import type { Namespace } from "./network_namespace.ts";

const SEND = `use strict; use Socket;
my ($device, @frames) = @ARGV;
open my $f, "<", "/sys/class/net/$device/ifindex"; chomp(my $index = <$f>);
socket my $s, 17, SOCK_RAW, 0 or die $!;
my $to = pack "S n i S C C a8", 17, 0, $index, 0, 0, 0, "";
for (@frames) { send $s, pack("H*", $_), 0, $to or die $! }
`;

const ECHO_REQUEST = 8;
const ROUTER_ADVERTISEMENT = 134;
const ICMP = 1;
const UDP = 17;
const ICMPV6 = 58;
const EVERY_HOST = "33:33:00:00:00:01";

/** The addresses of a frame and of the packet in it, whoever they really belong to. */
export interface Ends {
  readonly fromMac: string;
  readonly toMac: string;
  readonly from: string;
  readonly to: string;
}

/** Sends Ethernet frames as they are: what no socket would let a station say. */
export async function sendFrames(station: Namespace, frames: readonly Uint8Array[]): Promise<void> {
  await station.must("perl", "-e", SEND, "eth0", ...frames.map((frame) => frame.toHex()));
}

/** @param id another one is another connection to the kernel. */
export function pingFrame(ends: Ends, id = 7): Uint8Array {
  const echo = [ECHO_REQUEST, 0, 0, 0, ...sixteen(id), 0, 1, ...new TextEncoder().encode("carried out")];
  return ipv4Frame(ends, ICMP, withChecksum(echo, 2));
}

/** @param port the destination's. */
export function datagramFrame(ends: Ends, port: number): Uint8Array {
  // No checksum (RFC 768).
  return ipv4Frame(ends, UDP, [...sixteen(5353), ...sixteen(port), ...sixteen(9), 0, 0, 0x78]);
}

/** RFC 4861 section 4.2: a router for half an hour, whatever it is asked for. */
export function routerFrame({ fromMac, from }: Pick<Ends, "fromMac" | "from">): Uint8Array {
  const [source, group] = [ipv6Octets(from), ipv6Octets("ff02:0:0:0:0:0:0:1")];
  const message = [ROUTER_ADVERTISEMENT, 0, 0, 0, 64, 0, ...sixteen(1800), 0, 0, 0, 0, 0, 0, 0, 0];
  const pseudo = [...source, ...group, 0, 0, ...sixteen(message.length), 0, 0, 0, ICMPV6];
  const checked = withChecksum([...pseudo, ...message], pseudo.length + 2).slice(pseudo.length);
  const header = [0x60, 0, 0, 0, ...sixteen(message.length), ICMPV6, 255, ...source, ...group];
  return new Uint8Array([...macOctets(EVERY_HOST), ...macOctets(fromMac), 0x86, 0xdd, ...header, ...checked]);
}

function ipv4Frame({ fromMac, toMac, from, to }: Ends, protocol: number, payload: readonly number[]) {
  const [source, destination] = [from, to].map((address) => address.split(".").map(Number));
  const length = sixteen(20 + payload.length);
  const header = [0x45, 0, ...length, 0, 1, 0, 0, 64, protocol, 0, 0, ...source ?? [], ...destination ?? []];
  return new Uint8Array([
    ...macOctets(toMac),
    ...macOctets(fromMac),
    0x08,
    0x00,
    ...withChecksum(header, 10),
    ...payload,
  ]);
}

/** RFC 1071, put at `at`, where zeros were. */
function withChecksum(octets: readonly number[], at: number): number[] {
  let sum = octets.reduce((total, octet, index) => total + (index % 2 ? octet : octet << 8), 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return octets.with(at, (~sum >>> 8) & 0xff).with(at + 1, ~sum & 0xff);
}

function sixteen(number: number): [number, number] {
  return [number >>> 8, number & 0xff];
}

function macOctets(mac: string): number[] {
  return mac.split(":").map((pair) => parseInt(pair, 16));
}

/** @param address all eight groups written out. */
function ipv6Octets(address: string): number[] {
  return address.split(":").flatMap((group) => sixteen(parseInt(group, 16)));
}
