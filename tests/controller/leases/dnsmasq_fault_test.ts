import { equal, match } from "node:assert/strict";
import { dnsmasqFault } from "../../../src/controller/leases/dnsmasq_fault.ts";

Deno.test("why dnsmasq did not start is said with what to do", () => {
  const sentences = [
    [127, "env: 'dnsmasq': No such file or directory", /is not installed; `apt-get install dnsmasq-base`/],
    [2, "\ndnsmasq: failed to bind DHCP server socket: Address already in use\n", /port 67 \(DHCP\)/],
    [
      2,
      "\ndnsmasq: failed to create listening socket for 10.1.0.1: Address already in use",
      /port 53 \(DNS\)/,
    ],
    [
      2,
      "dnsmasq: failed to create listening socket for port 53: Permission denied",
      /as root, or with the capabilities/,
    ],
  ] as const;
  for (const [code, stderr, sentence] of sentences) match(dnsmasqFault("guests", code, stderr), sentence);
  const start = 'Stations of the zone "guests" get no addresses and no DNS: dnsmasq did not start: ';
  equal(dnsmasqFault("guests", 1, "\ndnsmasq: bad option at line 3\n"), `${start}bad option at line 3`);
  equal(dnsmasqFault("guests", 5, ""), `${start}it ended with 5`);
});
