import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { NO_TRAFFIC, type OpenStation, stationKey } from "../../../src/controller/gate/gate.ts";
import { type KernelTable, NO_TABLE } from "../../../src/controller/gate/kernel_table.ts";
import { OpenStations } from "../../../src/controller/gate/open_stations.ts";
import { gatedZone, ZONE } from "./gated_zone.ts";

const station = (n: number, more: Partial<OpenStation> = {}): OpenStation => ({
  zoneId: ZONE,
  mac: `02:aa:00:00:00:0${n}`,
  addresses: [`10.1.0.1${n}`],
  bandwidthUp: 0,
  bandwidthDown: 0,
  ...more,
});
const counts = (...pairs: [number, number][]) =>
  new Map(pairs.map(([number, octets]) => [number, { packets: octets / 100, octets }]));
const zones = [gatedZone()];

Deno.test("opening a station again changes only what is different", () => {
  const open = new OpenStations();
  ok(open.open(station(1)).text.includes("add element"));
  equal(open.open(station(1)).text, "");
  const { text, left, isSlow } = open.open(station(1, { addresses: ["10.1.0.11", "fd00::1", "fe80::1"] }));
  deepEqual([left, isSlow], [[], false]);
  deepEqual(
    text.match(/fd00::1|fe80::1|10\.1\.0\.11/g),
    ["fd00::1", "fd00::1"],
    "each way, and link-local nowhere",
  );
  deepEqual(open.open(station(1, { addresses: ["fd00::1"] })).left, ["10.1.0.11"]);
});

Deno.test("an address belongs to the station that was last told to have it", () => {
  const open = new OpenStations();
  open.open(station(1, { addresses: ["10.1.0.11", "fd00::1"] }));
  const taken = open.open(station(2, { addresses: ["10.1.0.11"] }));
  deepEqual(taken.left, ["10.1.0.11"]);
  ok(taken.keys.includes(stationKey(station(1))) && taken.isSlow);
  ok(
    !(open.close(stationKey(station(1)))?.text ?? "").includes("10.1.0.11"),
    "the first one has no say in it",
  );
});

Deno.test("counters that fall had been lost: what was read of them stays", () => {
  const open = new OpenStations();
  open.open(station(1));
  const key = stationKey(station(1));
  open.count(counts([2, 500], [3, 900]));
  open.count(counts([2, 100], [3, 100]));
  deepEqual(open.trafficOf(key), { upOctets: 600, downOctets: 1000, upPackets: 6, downPackets: 10 });
  open.count(new Map());
  equal(open.trafficOf(key).upOctets, 600);
});

Deno.test("numbers, counters and classes of before go on; who opens anew begins at nothing", () => {
  const kernel: KernelTable = {
    ...NO_TABLE,
    numbers: new Map([[stationKey(station(1)), 40]]),
    shapes: new Map([[41, 7]]),
    counts: counts([40, 300], [41, 300]),
  };
  const open = OpenStations.of(
    [station(1, { bandwidthDown: 5 }), station(2, { bandwidthUp: 9 }), station(3, { zoneId: "gone" })],
    zones,
    kernel,
    new OpenStations(),
  );
  deepEqual(open.shapeOf(stationKey(station(1))), { minor: 7, up: 0, down: 5 });
  deepEqual(open.shapeOf(stationKey(station(2))), { minor: 1, up: 9, down: 0 });
  open.count(kernel.counts);
  equal(open.trafficOf(stationKey(station(1))).upOctets, 300);
  deepEqual(open.trafficOf(stationKey(station(2))), NO_TRAFFIC);
  equal(open.stations().length, 2, "nobody of a zone that is no more");
  deepEqual(
    [...open.rates(zones)].map(([device, rates]) => [device, [...rates]]),
    [["lan0", [[7, 5]]], ["wan", [[1, 9]]]],
  );
});

Deno.test("one that is closed keeps its counters until it is forgotten", () => {
  const open = new OpenStations();
  open.open(station(1));
  const key = stationKey(station(1));
  open.count(counts([2, 500], [3, 900]));
  equal(open.forget(key).text, "", "nobody forgets one that is open");
  open.close(key);
  deepEqual([...open.traffic()], []);
  equal(open.trafficOf(key).downOctets, 900);
  const after = OpenStations.of([], zones, { ...NO_TABLE, counts: counts([2, 500], [3, 900]) }, open);
  equal(after.trafficOf(key).downOctets, 900);
  ok(after.forget(key).text.includes("delete element"));
  equal(open.close("nobody"), null);
});

Deno.test("what is no MAC address, address or zone comes into no rule", () => {
  const open = new OpenStations();
  for (
    const wrong of [{ mac: '02:aa } ; flush ruleset "' }, { addresses: ["10.1.0.1; drop"] }, {
      zoneId: "../zone",
    }]
  ) {
    throws(() => open.open(station(1, wrong)), /is (no|not)/);
  }
});
