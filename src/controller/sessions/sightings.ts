import type { Zone } from "../../aaa/identity/zones.ts";
import { normalizeIpAddress } from "../../values/ip_address.ts";
import type { Sighting, Whereabouts } from "../sighting.ts";
import { tryMacOnce } from "./mac_authentication.ts";
import { followAddresses } from "./open_addresses.ts";
import type { SessionContext } from "./session_context.ts";
import { endLater } from "./sign_out.ts";
import type { StationRecord } from "./station_record.ts";

/** A lease, or a station that spoke under an address: known already or not. */
export function stationSeen(context: SessionContext, sighting: Sighting): StationRecord | null {
  const zone = context.zones.get(sighting.zoneId);
  if (!zone || context.isStopping) return null;
  const record = context.stations.meet(zone, sighting.mac, context.now());
  for (const moved of context.stations.place(record, sighting.address)) {
    if (moved.session) context.later(followAddresses(context, moved));
  }
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
  if (!session) return;
  context.later(
    isAway
      ? endLater(context, record, session, "Lost-Carrier", context.now())
      : followAddresses(context, record),
  );
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
  return known;
}
