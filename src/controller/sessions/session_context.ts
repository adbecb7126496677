import type { AccessContext } from "../../aaa/access/access_context.ts";
import type { Zone } from "../../aaa/identity/zones.ts";
import { DomainError } from "../../errors.ts";
import type { Turns } from "../../storage/turns.ts";
import type { Authority } from "../authority/authority.ts";
import type { Station } from "../station.ts";
import type { LiveSession } from "./live_session.ts";
import type { Passage } from "./passage.ts";
import type { SessionIds } from "./session_ids.ts";
import type { Recording } from "./session_record.ts";
import type { SharedQuota } from "./shared_quota.ts";
import type { StationRecord } from "./station_record.ts";
import type { Stations } from "./stations.ts";

/** What all that happens to stations and sessions shares. */
export interface SessionContext extends Recording {
  readonly access: AccessContext;
  readonly authority: Authority;
  readonly stations: Stations;
  readonly ids: SessionIds;
  readonly passage: Passage;
  /** By organization and user. */
  readonly quotas: Map<string, SharedQuota>;
  /** Sessions that ended, until their Stop is recorded. */
  readonly endings: Set<LiveSession>;
  /** For what happens to one station. */
  readonly turns: Turns;
  /** Zones by their id. */
  readonly zones: Map<string, Zone>;
  readonly calledStationId: (zone: Zone) => string;
  readonly now: () => Date;
  /** Goes on by itself; a failure is reported. */
  readonly later: (work: Promise<unknown>) => void;
  /** What of it is said again and again is reported once in a while. */
  readonly report: (what: string, fault: unknown) => void;
  /** Counts the sweeps. */
  sweeps: number;
  isStopping: boolean;
}

/** Runs `work` when what else is going on with the station is done; it is not forgotten meanwhile. */
export async function inTurn<T>(
  { turns }: SessionContext,
  record: StationRecord,
  work: () => Promise<T>,
): Promise<T> {
  record.busy++;
  try {
    return await turns.take(record.key, work);
  } finally {
    record.busy--;
  }
}

/**
 * The station of a picture as it is now.
 *
 * @throws {DomainError} not_found when its zone is no more.
 */
export function recordOf(context: SessionContext, { zone, mac, ip, ip6 }: Station): StationRecord {
  const served = context.zones.get(zone.id);
  if (!served) throw new DomainError("not_found", `The zone "${zone.name}" is no longer served`);
  const known = context.stations.find(zone.id, mac);
  const record = context.stations.meet(served, mac, context.now());
  if (!known) {
    for (const address of ip ? [ip, ...ip6] : ip6) context.stations.place(record, address);
  }
  return record;
}
