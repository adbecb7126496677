import type { Zone } from "../../aaa/identity/zones.ts";
import { ADVERTISEMENT_SECONDS, isAnOption, ROUTER_SECONDS, slaacPrefixes } from "./dnsmasq_configuration.ts";

/**
 * The program that tells stations the captive portal API by router advertisements (RFC 8910 section 2.3): dnsmasq 2.90
 * cannot, radvd can from 2.20 on, which Debian 12 has not, and Node has no raw sockets. Perl has, and is on every Debian.
 * What a router has to say may be spread over several advertisements (RFC 4861 section 6.2.3), so that it speaks beside
 * dnsmasq with the same flags and lifetime, and with this option alone. Null when there is nothing to say.
 */
export function portalAdvertisement(
  { zone, device, captivePortalUrl, processId }: {
    readonly zone: Zone;
    readonly device: string;
    readonly captivePortalUrl: string | null;
    readonly processId: string;
  },
): string | null {
  if (!slaacPrefixes(zone).length || !isAnOption(captivePortalUrl)) return null;
  return [
    // Whatever is in them, in a language where a text can be a program.
    `my $device = pack "H*", "${hex(device)}";`,
    `my $url = pack "H*", "${hex(captivePortalUrl)}";`,
    `my $pid_file = pack "H*", "${hex(processId)}";`,
    `my $interval = ${ADVERTISEMENT_SECONDS};`,
    `my $lifetime = ${ROUTER_SECONDS};`,
    PROGRAM,
  ].join("\n");
}

function hex(text: string): string {
  return [...new TextEncoder().encode(text)].map((octet) => octet.toString(16).padStart(2, "0")).join("");
}

/**
 * Speaks three times at first, then now and then, and to each station that asks. Numbers that Perl's Socket does not
 * name are Linux's: 25 is SO_BINDTODEVICE, 1 ICMP6_FILTER.
 */
const PROGRAM = `use strict;
use warnings;
use Socket qw(:all);

my $index = index_of($device);
socket my $socket, PF_INET6, SOCK_RAW, 58 or die "no raw socket: $!\\n";
setsockopt $socket, SOL_SOCKET, 25, "$device\\0" or die "$device: $!\\n";
setsockopt $socket, IPPROTO_IPV6, IPV6_MULTICAST_IF, pack "i", $index or die "$device: $!\\n";
setsockopt $socket, IPPROTO_IPV6, $_, pack "i", 255 or die "hop limit: $!\\n"
  for IPV6_MULTICAST_HOPS, IPV6_UNICAST_HOPS;
# Router solicitations only; a bit that is set keeps its type out.
my @filter = (0xffffffff) x 8;
$filter[133 >> 5] &= ~(1 << (133 & 31));
setsockopt $socket, 58, 1, pack "L8", @filter or die "filter: $!\\n";
setsockopt $socket, IPPROTO_IPV6, IPV6_JOIN_GROUP, inet_pton(AF_INET6, "ff02::2") . pack "i", $index
  or die "$device: $!\\n";

defined(my $child = fork) or die "fork: $!\\n";
if ($child) {
  open my $file, ">", $pid_file or die "$pid_file: $!\\n";
  print $file "$child\\n";
  exit 0;
}
open STDIN, "<", "/dev/null";
open STDOUT, ">", "/dev/null";
open STDERR, ">", "/dev/null";
if ($> == 0 and my @nobody = getpwnam "nobody") {
  $) = $( = "$nobody[3] $nobody[3]";
  $< = $> = $nobody[2];
}

# Hop limit 64, other configuration by DHCPv6; the kernel writes the checksum.
my $message = pack("CCnCCnNN", 134, 0, 0, 64, 0x40, $lifetime, 0, 0)
  . pack("CC", 37, int((length($url) + 9) / 8)) . $url . "\\0" x (-(length($url) + 2) % 8);
my ($spoken, $next) = (0, 0);
for (;;) {
  my $pause = $next - time;
  if ($pause <= 0) {
    send $socket, $message, 0, pack_sockaddr_in6(0, inet_pton(AF_INET6, "ff02::1"), $index);
    $next = time + (++$spoken < 3 ? 5 : $interval / 3 + rand $interval * 2 / 3);
    next;
  }
  my $ready = "";
  vec($ready, fileno $socket, 1) = 1;
  next unless select($ready, undef, undef, $pause) > 0;
  my $from = recv($socket, my $question, 1500, 0) or next;
  my (undef, $address) = unpack_sockaddr_in6($from);
  # A station that has no address yet is answered with all others, at most every three seconds.
  if (inet_ntop(AF_INET6, $address) eq "::") { $next = time + 3 if $next > time + 3 }
  else { send $socket, $message, 0, pack_sockaddr_in6(0, $address, $index) }
}

sub index_of {
  my ($name) = @_;
  socket my $any, PF_INET, SOCK_DGRAM, 0 or die "no socket: $!\\n";
  my $request = pack "a16 x24", $name;
  # SIOCGIFINDEX
  ioctl $any, 0x8933, $request or die "$name: $!\\n";
  return unpack "x16 i", $request;
}
`;
