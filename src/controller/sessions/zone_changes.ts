import type { Zone } from "../../aaa/identity/zones.ts";
import type { TerminateCause } from "../controller.ts";
import { inGroups } from "./in_groups.ts";
import { inTurn, type SessionContext } from "./session_context.ts";
import { endSession, finishEndings } from "./sign_out.ts";
import type { StationRecord } from "./station_record.ts";

/**
 * Makes the box be as the zones say now. Sessions of zones that stay are not touched; those of a zone that is gone, or
 * is another's or behind another gate, end with `Admin-Reset`.
 *
 * @throws {Error} when the machine refuses; the zones are then what they were.
 */
export async function changeZones(context: SessionContext, next: readonly Zone[]): Promise<void> {
  const { passage, stations, zones } = context;
  const before = new Map(zones);
  const after = new Map(next.map((zone) => [zone.id, zone]));
  const leaving = [...before.values()].filter((zone) => !staysOpen(zone, after.get(zone.id)));
  // Nothing begins there from now on.
  for (const { id } of leaving) zones.delete(id);
  const ended = new Set(leaving.map(({ id }) => id));
  await endMany(
    context,
    [...stations.all()].filter(({ zone, session, busy }) => ended.has(zone.id) && (session || busy)),
    "Admin-Reset",
  );
  try {
    await passage.apply(next);
  } catch (fault) {
    replace(zones, before);
    throw fault;
  }
  replace(zones, after);
  for (const record of stations.all()) {
    const zone = after.get(record.zone.id);
    if (zone && zone !== record.zone) takeOver(record, zone);
  }
  for (const { id } of before.values()) if (!after.has(id)) stations.forgetZone(id);
}

/** Ends every session; what is recorded of it is durable when the promise is kept. */
export async function endAll(context: SessionContext): Promise<void> {
  const { stations } = context;
  await endMany(context, [...stations.all()].filter(({ session, busy }) => session || busy), "NAS-Reboot");
  if (context.endings.size) await finishEndings(context);
}

async function endMany(
  context: SessionContext,
  records: readonly StationRecord[],
  cause: TerminateCause,
): Promise<void> {
  await inGroups(records, (record) =>
    inTurn(context, record, async () => {
      if (record.session) await endSession(context, record, record.session, cause, context.now());
    }));
}

function staysOpen(zone: Zone, next: Zone | undefined): boolean {
  return next?.gate === zone.gate && next.organizationId === zone.organizationId;
}

/** What decides who is tried by its MAC address, and what the answer is. */
const MAC_OPTIONS = ["macauth", "macallowed", "macsuffix", "macpasswd", "localusers"] as const;

function takeOver(record: StationRecord, zone: Zone): void {
  const before = record.zone;
  record.zone = zone;
  // Another zone command must not bring back whom an operator has sent away.
  if (MAC_OPTIONS.some((option) => String(before.options[option]) !== String(zone.options[option]))) {
    record.isMacTried = false;
  }
  if (!zone.options.macauthdeny) record.isDenied = false;
}

function replace(zones: Map<string, Zone>, by: ReadonlyMap<string, Zone>): void {
  zones.clear();
  for (const [id, zone] of by) zones.set(id, zone);
}
