import { deepEqual, equal } from "node:assert/strict";
import { parseGardenEntry } from "../../../src/aaa/identity/garden_entry.ts";

/** As `protocol network name port`. */
function read(text: string): string | null {
  const entry = parseGardenEntry(text);
  return entry && [entry.protocol, entry.network?.join("/"), entry.name, entry.port].map(String).join(" ");
}

Deno.test("uamallowed takes hosts, addresses and networks, with a protocol before and a port after", () => {
  const entries: Readonly<Record<string, string>> = {
    "example.org": "null undefined example.org null",
    " Www.Example.org:443 ": "null undefined www.example.org 443",
    "tcp:example.org:443": "tcp undefined example.org 443",
    "UDP:10.0.0.1:53": "udp 10.0.0.1/32  53",
    "icmp:1.1.1.1": "icmp 1.1.1.1/32  null",
    "6:example.org:80": "tcp undefined example.org 80",
    "47:10.0.0.1": "47 10.0.0.1/32  null",
    "10.0.0.0/8": "null 10.0.0.0/8  null",
    "10.0.0.0/255.128.0.0:80": "null 10.0.0.0/9  80",
    "2001:db8::/32": "null 2001:db8::/32  null",
    "tcp:2001:db8::1": "tcp 2001:db8::1/128  null",
    "tcp:[2001:db8::1]:443": "tcp 2001:db8::1/128  443",
    "[2001:db8::]/48:443": "null 2001:db8::/48  443",
  };
  deepEqual(Object.keys(entries).map(read), Object.values(entries));
});

Deno.test("uamallowed refuses what would not be what was meant", () => {
  const wrong = [
    "",
    "http://example.org",
    "a b",
    "tcp:",
    "1.2.3",
    "10.0.0.0/33",
    "10.0.0.0/255.0.255.0",
    "example.org/24",
    "example.org:0",
    "example.org:65536",
    "tcp:example.org:80:90",
    "icmp:example.org:80",
    "47:example.org:80",
    "256:example.org",
    "-x.example.org",
    "example.org;flush ruleset",
  ];
  for (const text of wrong) equal(read(text), null, text);
});
