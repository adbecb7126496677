import type { Zone } from "../../aaa/identity/zones.ts";
import { normalizeIpAddress } from "../../values/ip_address.ts";
import type { Sighting, Whereabouts } from "../sighting.ts";
import { tryMacOnce } from "./mac_authentication.ts";
import type { LiveSession } from "./live_session.ts";
import { followAddresses } from "./open_addresses.ts";
import { inTurn, type SessionContext } from "./session_context.ts";
import { endSession } from "./sign_out.ts";
import { addressesOf, type StationRecord } from "./station_record.ts";

/** A lease, or a station that spoke under an address: known already or not. */
export function stationSeen(context: SessionContext, sighting: Sighting): StationRecord | null {
  const zone = context.zones.get(sighting.zoneId);
  if (!zone || context.isStopping) return null;
  const record = context.stations.meet(zone, sighting.mac, context.now());
  for (const moved of context.stations.place(record, sighting.address)) {
    if (moved !== record) missWithoutAddress(context, moved);
    if (moved.session) context.later(followAddresses(context, moved));
  }
  if (record.session) record.session.missed = null;
  context.later(tryMacOnce(context, record));
  return record;
}

/** The lease has ended, or the station has been silent for too long to be there. */
export function stationGone(context: SessionContext, { zoneId, mac, address }: Sighting): void {
  const { stations } = context;
  const record = stations.findByAddress(zoneId, address);
  // Another station may have the address by now.
  if (!record || record.mac !== mac) return;
  const hadLease = record.ip === address;
  stations.leave(record, address);
  const isAway = hadLease || (!record.ip && !record.ip6.length);
  if (isAway) record.isMacTried = record.isDenied = false;
  const { session } = record;
  // One may be about to begin.
  if (!session && !record.busy) return;
  context.later(isAway ? endAway(context, record, session, hadLease) : followAddresses(context, record));
}

/** The station is looked for from now on: when nobody sees it in time, it has left. */
export function miss(session: LiveSession, zone: Zone, since: number, lastThereAt: number): void {
  // Without a network nobody is ever seen.
  if (zone.gate === "nftables") session.missed = { since, lastThereAt };
}

/** Somebody else has its address now. */
function missWithoutAddress({ now }: SessionContext, record: StationRecord): void {
  const at = now().getTime();
  if (record.session && !addressesOf(record).length) miss(record.session, record.zone, at, at);
}

/** A session that began when the station was gone ends too, unless the station has come back by then. */
async function endAway(
  context: SessionContext,
  record: StationRecord,
  known: LiveSession | null,
  hadLease: boolean,
): Promise<void> {
  const at = context.now();
  await inTurn(context, record, async () => {
    const { session, ip, ip6 } = record;
    const isBack = ip !== "" || (!hadLease && ip6.length > 0);
    if (!session || (session !== known && (known || isBack))) return;
    const { startedAt } = session.facts;
    await endSession(context, record, session, "Lost-Carrier", at < startedAt ? startedAt : at);
  });
}

/**
 * The station that has an address now: who borrowed it from another is nobody, and never taken for its owner.
 */
export async function stationWithAddress(
  context: SessionContext,
  whereabouts: Pick<Whereabouts, "find">,
  { id: zoneId }: Zone,
  text: string,
): Promise<StationRecord | null> {
  const address = normalizeIpAddress(text.split("%", 1)[0] ?? "");
  if (address === null) return null;
  const sighting = await whereabouts.find(zoneId, address);
  if (!sighting) return null;
  const known = context.stations.findByAddress(zoneId, address);
  if (known?.mac !== sighting.mac) return stationSeen(context, sighting);
  context.stations.hear(known, context.now());
  if (known.session) known.session.missed = null;
  return known;
}
