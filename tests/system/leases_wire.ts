import type { Namespace } from "./network_namespace.ts";

/** An option of DHCPv6 or of a router advertisement, with its value. */
export interface WireOption {
  readonly type: number;
  readonly value: Uint8Array;
}

/**
 * Sends a datagram and prints the first answer in hex, or nothing. Raw sockets and a fixed source port are things that
 * Deno has not; Perl is on every Debian.
 */
const ASK_UDP = `use strict; use Socket qw(:all);
my ($to, $port, $from, $device, $hex) = @ARGV;
my $six = $to =~ /:/;
socket my $s, $six ? PF_INET6 : PF_INET, SOCK_DGRAM, 0 or die $!;
setsockopt $s, SOL_SOCKET, 25, "$device\\0" or die "$device $!";
my $index = 0;
if ($six) { open my $f, "<", "/proc/net/if_inet6"; while (<$f>) { my @w = split; $index = hex $w[1] if $w[5] eq $device } }
bind $s, $six ? pack_sockaddr_in6($from, IN6ADDR_ANY) : pack_sockaddr_in($from, INADDR_ANY) or die $!;
send $s, pack("H*", $hex), 0, $six ? pack_sockaddr_in6($port, inet_pton(AF_INET6, $to), $index)
  : pack_sockaddr_in($port, inet_aton($to)) or die $!;
my $r = ""; vec($r, fileno $s, 1) = 1;
exit 0 unless select $r, undef, undef, 1;
recv $s, my $answer, 4096, 0;
print unpack "H*", $answer;
`;

/** Asks for routers and prints every router advertisement of two seconds in hex, a line each. */
const ASK_ROUTERS = `use strict; use Socket qw(:all); use Time::HiRes qw(time);
my ($device) = @ARGV;
socket my $s, PF_INET6, SOCK_RAW, 58 or die $!;
my $index = 0;
open my $f, "<", "/proc/net/if_inet6"; while (<$f>) { my @w = split; $index = hex $w[1] if $w[5] eq $device }
setsockopt $s, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, pack "i", 255 or die $!;
send $s, pack("C8", 133, (0) x 7), 0, pack_sockaddr_in6(0, inet_pton(AF_INET6, "ff02::2"), $index) or die $!;
my $end = time + 2;
while ((my $left = $end - time) > 0) {
  my $r = ""; vec($r, fileno $s, 1) = 1;
  last unless select $r, undef, undef, $left;
  recv $s, my $answer, 4096, 0;
  print unpack("H*", $answer), "\\n" if ord $answer == 134;
}
`;

/** An answer of a DNS server. */
export interface DnsAnswer {
  /** 0 is no error, 3 NXDOMAIN (RFC 1035 section 4.1.1). */
  readonly rcode: number;
  readonly addresses: readonly string[];
  /** Of the first record, in seconds. */
  readonly ttl: number | undefined;
}

/** RFC 1035 section 3.2.2, RFC 3596 section 2.1. */
const DNS_TYPES = { A: 1, PTR: 12, AAAA: 28 } as const;

/** @returns null when nobody answers within a second. */
export async function askDns(
  asker: Namespace,
  name: string,
  type: keyof typeof DNS_TYPES = "A",
  { server = "10.1.0.1", device = "eth0" } = {},
): Promise<DnsAnswer | null> {
  const labels = name.split(".").flatMap((label) => [label.length, ...new TextEncoder().encode(label)]);
  const number = DNS_TYPES[type];
  const question = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, number, 0, 1];
  const answer = await askUdp(asker, { address: server, port: 53, from: 0, device }, question);
  if (!answer.length) return null;
  const records = new DataView(answer.buffer, question.length);
  const addresses: string[] = [];
  let ttl: number | undefined;
  for (let at = 0; at < records.byteLength;) {
    // Names are pointers of two octets in the answers to such questions.
    const length = records.getUint16(at + 10);
    ttl ??= records.getUint32(at + 6);
    if (records.getUint16(at + 2) === number) {
      addresses.push(
        addressText(answer.subarray(question.length + at + 12, question.length + at + 12 + length)),
      );
    }
    at += 12 + length;
  }
  return { rcode: (answer[3] ?? 0) & 15, addresses, ttl };
}

/** A stateless DHCPv6 exchange (RFC 8415 section 18.2.6). @returns the options of the reply. */
export async function askDhcpv6(
  station: Namespace,
  ...options: readonly number[]
): Promise<readonly WireOption[]> {
  const wanted = options.flatMap((option) => [option >> 8, option & 255]);
  const request = [
    ...[11, 1, 2, 3],
    ...[0, 1, 0, 10, 0, 3, 0, 1, 2, 0xaa, 0, 0, 0, 1],
    ...[0, 6, 0, wanted.length, ...wanted],
    ...[0, 8, 0, 2, 0, 0],
  ];
  const reply = await askUdp(
    station,
    { address: "ff02::1:2", port: 547, from: 546, device: "eth0" },
    request,
  );
  const found: WireOption[] = [];
  for (let at = 4; at < reply.length;) {
    const [type, length] = [word(reply, at), word(reply, at + 2)];
    found.push({ type, value: reply.subarray(at + 4, at + 4 + length) });
    at += 4 + length;
  }
  return found;
}

/** Solicits routers. @returns the options of each advertisement that came, with its header. */
export async function askRouters(
  station: Namespace,
): Promise<readonly { readonly header: Uint8Array; readonly options: readonly WireOption[] }[]> {
  const output = await station.must("perl", "-e", ASK_ROUTERS, "eth0");
  return output.trim().split("\n").filter(Boolean).map((line) => {
    const octets = fromHex(line);
    const options: WireOption[] = [];
    for (let at = 16; at < octets.length;) {
      const length = (octets[at + 1] ?? 0) * 8;
      options.push({ type: octets[at] ?? 0, value: octets.subarray(at + 2, at + length) });
      at += length || octets.length;
    }
    return { header: octets.subarray(0, 16), options };
  });
}

export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

async function askUdp(
  asker: Namespace,
  { address, port, from, device }: {
    readonly address: string;
    readonly port: number;
    readonly from: number;
    readonly device: string;
  },
  octets: readonly number[],
): Promise<Uint8Array<ArrayBuffer>> {
  const hex = octets.map((octet) => octet.toString(16).padStart(2, "0")).join("");
  return fromHex(await asker.must("perl", "-e", ASK_UDP, address, `${port}`, `${from}`, device, hex));
}

function word(octets: Uint8Array, at: number): number {
  return (octets[at] ?? 0) * 256 + (octets[at + 1] ?? 0);
}

/** IPv6 without shortening. */
function addressText(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join(".");
  return Array.from({ length: 8 }, (_, at) => word(octets, at * 2).toString(16)).join(":");
}
