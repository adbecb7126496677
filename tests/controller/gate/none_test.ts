import { deepEqual, equal, rejects } from "node:assert/strict";
import { noneGate } from "../../../src/controller/gate/none.ts";
import { NO_TRAFFIC, stationKey } from "../../../src/controller/gate/gate.ts";
import { ZONE } from "./gated_zone.ts";

const station = { zoneId: ZONE, mac: "02:aa:00:00:00:01", addresses: [], bandwidthUp: 0, bandwidthDown: 0 };
const SOME = { upOctets: 100, downOctets: 900, upPackets: 1, downPackets: 2 };

Deno.test("the gate that is only thought counts what it is told, of who is open", async () => {
  const gate = noneGate();
  gate.pass(station, SOME);
  await gate.open(station);
  deepEqual((await gate.traffic()).get(stationKey(station)), NO_TRAFFIC);
  gate.pass(station, SOME);
  await gate.apply([], [station]);
  gate.pass(station, SOME);
  equal((await gate.traffic()).get(stationKey(station))?.downOctets, 1800);
  await rejects(gate.close(station, () => Promise.reject(new Error("full"))), /full/);
  equal(gate.isOpen(station), false);
  gate.pass(station, SOME);
  equal((await gate.close(station)).downOctets, 1800);
  deepEqual(await gate.close(station), NO_TRAFFIC);
  await gate.open(station);
  deepEqual((await gate.traffic()).get(stationKey(station)), NO_TRAFFIC);
});
