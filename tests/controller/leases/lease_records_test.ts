import { deepEqual } from "node:assert/strict";
import { parseLeaseEvent, parseLeases } from "../../../src/controller/leases/lease_records.ts";

Deno.test("the lease file is read up to DHCPv6's part; other networks than Ethernet are left out", () => {
  const file = `1795352982 62:52:45:79:1D:00 10.1.0.172 * *
0 02:aa:00:00:00:01 10.1.0.9 name 01:02:aa:00:00:00:01
1795352982 06-02:aa:00:00:00:02 10.1.0.10 * *
1795352982 02:aa:00:00:00:0
duid 00:01:00:01:32:95:a5:9e:8a:ec:2a:89:bb:52
1795352982 1234 fd00:1::5 * 00:01
`;
  deepEqual(parseLeases(file), [
    { mac: "62:52:45:79:1d:00", address: "10.1.0.172", endsAt: 1795352982 },
    { mac: "02:aa:00:00:00:01", address: "10.1.0.9", endsAt: 0 },
  ]);
  deepEqual(parseLeases(""), []);
});

Deno.test("events of leases are read; what else dnsmasq calls its script for is not", () => {
  const station = { mac: "02:aa:00:00:00:01", address: "10.1.0.9" };
  deepEqual(parseLeaseEvent("add 02:AA:00:00:00:01 10.1.0.9"), { kind: "begun", ...station });
  deepEqual(parseLeaseEvent("old 02:aa:00:00:00:01 10.1.0.9"), { kind: "begun", ...station });
  deepEqual(parseLeaseEvent("del 02:aa:00:00:00:01 10.1.0.9"), { kind: "ended", ...station });
  for (
    const line of [
      "",
      "init  ",
      "arp-add 02:aa:00:00:00:01 10.1.0.9",
      "add 00:01:02 fd00:1::5",
      "del 02:aa:00:00:00:01",
    ]
  ) {
    deepEqual(parseLeaseEvent(line), null, line);
  }
});
