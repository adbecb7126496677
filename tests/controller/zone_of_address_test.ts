import { equal } from "node:assert/strict";
import { zoneOfAddress } from "../../src/controller/zone_of_address.ts";
import { testZone } from "../support/memory_controller.ts";

const lobby = testZone({ interface: ["lan0"], address: ["10.1.0.1/24", "2001:db8:1::1/64"] }, "lobby");
const bar = testZone({ interface: ["lan1"], address: ["10.2.0.1/24"] }, "bar");
const thought = testZone({}, "thought");

Deno.test("a guest's zone is the one whose network has the address", () => {
  equal(zoneOfAddress([lobby, bar], "10.1.0.255"), lobby);
  equal(zoneOfAddress([lobby, bar], "10.2.0.9"), bar);
  equal(zoneOfAddress([lobby, bar], "2001:DB8:1::ffff"), lobby);
  equal(zoneOfAddress([lobby, bar], "::ffff:10.2.0.9"), bar);
  for (const other of ["10.3.0.1", "2001:db8:2::1", "fe80::1%lan0", "", "nonsense"]) {
    equal(zoneOfAddress([lobby, bar], other), null, other);
  }
});

Deno.test("a zone without a network takes whoever is in no other", () => {
  equal(zoneOfAddress([thought, lobby], "10.1.0.9"), lobby);
  equal(zoneOfAddress([lobby, thought], "192.0.2.1"), thought);
});
