import { deepEqual, throws } from "node:assert/strict";
import { parseNeighbourEvent, parseNeighbours } from "../../../src/controller/leases/neighbour_records.ts";

Deno.test("the neighbour table is read; groups and those who did not answer have no MAC", () => {
  const table = `[{"dst":"10.1.0.172","state":["FAILED"]},
    {"dst":"ff02::2","lladdr":"33:33:00:00:00:02","state":["NOARP"]},
    {"dst":"FD00:1:0:0::5","lladdr":"62:52:45:79:1D:00","state":["REACHABLE"]},
    {"dst":"10.1.0.9","lladdr":"8a:ec:2a:89:bb:52","router":null,"state":["STALE"]},
    {"dst":"10.1.0.10","lladdr":"01:00:5e:00:00:01","state":["REACHABLE"]}]`;
  deepEqual(parseNeighbours(table), [
    { address: "10.1.0.172", mac: null, proven: false },
    { address: "ff02::2", mac: null, proven: false },
    { address: "fd00:1::5", mac: "62:52:45:79:1d:00", proven: true },
    { address: "10.1.0.9", mac: "8a:ec:2a:89:bb:52", proven: false },
    { address: "10.1.0.10", mac: null, proven: false },
  ]);
  deepEqual(parseNeighbours(""), []);
  throws(() => parseNeighbours('{"dst":1}'));
});

Deno.test("changes of the neighbour table are read as the kernel tells them", () => {
  const station = { device: "lan0", address: "10.1.0.9", mac: "02:aa:00:00:00:01" };
  deepEqual(parseNeighbourEvent("10.1.0.9 dev lan0 lladdr 02:aa:00:00:00:01 REACHABLE "), {
    ...station,
    proven: true,
  });
  deepEqual(parseNeighbourEvent("10.1.0.9 dev lan0 lladdr 02:aa:00:00:00:01 router STALE"), {
    ...station,
    proven: false,
  });
  for (
    const line of [
      "Deleted 10.1.0.9 dev lan0 lladdr 02:aa:00:00:00:01 STALE",
      "10.1.0.9 dev lan0 FAILED",
      "10.1.0.9 dev lan0  INCOMPLETE",
    ]
  ) {
    deepEqual(parseNeighbourEvent(line), { ...station, mac: null, proven: false }, line);
  }
  for (
    const line of [
      "",
      "lladdr 02:aa:00:00:00:01 dev lan0 PERMANENT",
      "netlink receive error No buffer space available (105)",
    ]
  ) {
    deepEqual(parseNeighbourEvent(line), null, line);
  }
});
