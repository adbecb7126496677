import { deepEqual, equal } from "node:assert/strict";
import { parseGardenEntry } from "../../../src/aaa/identity/garden_entry.ts";

/** As `protocol target port`. */
function read(text: string): string | null {
  const entry = parseGardenEntry(text);
  if (!entry) return null;
  const { target, protocol, port } = entry;
  return [protocol, typeof target === "string" ? target : target.join("/"), port].join(" ");
}

Deno.test("uamallowed takes hosts, addresses and networks, with a protocol before and a port after", () => {
  const entries: Readonly<Record<string, string>> = {
    "example.org": " example.org ",
    " Www.Example.org:443 ": " www.example.org 443",
    "tcp:example.org.:443": "6 example.org. 443",
    "UDP:10.0.0.1:53": "17 10.0.0.1/32 53",
    "icmp:1.1.1.1": "1 1.1.1.1/32 ",
    "6:example.org:80": "6 example.org 80",
    "47:10.0.0.1": "47 10.0.0.1/32 ",
    "10.0.0.0/8": " 10.0.0.0/8 ",
    "10.0.0.0/255.128.0.0:80": " 10.0.0.0/9 80",
    "2001:db8::/32": " 2001:db8::/32 ",
    "tcp:2001:db8::1": "6 2001:db8::1/128 ",
    "tcp:[2001:db8::1]:443": "6 2001:db8::1/128 443",
    "[2001:db8::]/48:443": " 2001:db8::/48 443",
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
