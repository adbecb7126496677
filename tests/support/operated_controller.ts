import type { Zone } from "../../src/aaa/identity/zones.ts";
import type { Controller } from "../../src/controller/controller.ts";
import type { Session, Station } from "../../src/controller/station.ts";
import { memoryController, UNLIMITED } from "./memory_controller.ts";

const NOON = new Date("2026-11-22T12:00:00Z");

/** The station 10.1.0.`slot`, a stranger unless told. */
export function testStation(zone: Zone, slot: number, fields: Partial<Station> = {}): Station {
  return {
    zone,
    mac: `02:00:00:00:00:${slot.toString(16).padStart(2, "0")}`,
    slot,
    ip: `10.1.0.${slot}`,
    ip6: [],
    state: "stranger",
    isDenied: false,
    sessionId: `1795318557000000${slot.toString().padStart(2, "0")}`,
    userName: "",
    challenge: "",
    originalUrl: "",
    lang: "",
    session: null,
    lastSession: null,
    ...fields,
  };
}

/** A session since noon that has sent 100 octets and received 2,000. */
export function testSession(userName: string, fields: Partial<Session> = {}): Session {
  return {
    uniqueId: "0123456789abcdef0123456789abcdef",
    sessionId: "179531855700000001",
    userName,
    startedAt: NOON,
    grant: {
      ...UNLIMITED,
      sessionTimeout: 3600,
      bandwidthDown: 2_000_000,
      maxTotalOctets: 5_000_000_000n,
    },
    traffic: { upOctets: 100, downOctets: 2_000, upPackets: 1, downPackets: 2 },
    countedAt: NOON,
    activeAt: NOON,
    ...fields,
  };
}

/** A controller in memory with these stations, and what an operator's commands have made it do, the newest last. */
export function operatedController(zones: readonly Zone[], stations: readonly Station[]) {
  const memory = memoryController(zones, () => NOON);
  for (const station of stations) memory.put(station.ip, station);
  const done: string[] = [];
  const controller: Controller = {
    ...memory,
    logOff(station, cause) {
      done.push(`log off ${station.mac} ${cause}`);
      return memory.logOff(station, cause);
    },
    admit(station, admission) {
      done.push(`admit ${station.mac} ${admission.userName} ${admission.sessionTimeout}`);
      return memory.admit(station, admission);
    },
    reload() {
      done.push("reload");
      return memory.reload();
    },
  };
  return { controller, done };
}
