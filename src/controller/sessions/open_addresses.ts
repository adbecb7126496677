import type { Traffic } from "../gate/gate.ts";
import type { LiveSession } from "./live_session.ts";
import type { SessionContext } from "./session_context.ts";
import { storeProgress } from "./session_store.ts";
import { inTurn } from "./session_context.ts";
import { addressesOf, type StationRecord } from "./station_record.ts";

/** Lets an open session pass under the addresses that its station has now. */
export async function followAddresses(context: SessionContext, record: StationRecord): Promise<void> {
  await inTurn(context, record, async () => {
    const { session } = record;
    if (!session || session.isSplash || isSame(session.addresses, addressesOf(record))) return;
    try {
      await openAddresses(context, record, session);
    } catch (fault) {
      context.report("a station's new address", fault);
    }
  });
}

/**
 * Opens the gate for a session under its station's addresses, in the station's turn. What is stored names at any
 * moment every address that may have passed: a new process then finds all that was counted.
 *
 * @throws {Error} when the gate or the database refuses; it can be repeated.
 */
export async function openAddresses(
  context: SessionContext,
  record: StationRecord,
  session: LiveSession,
): Promise<void> {
  const { access: { db }, passage } = context;
  const { zoneId, mac, grant: { bandwidthUp, bandwidthDown } } = session.facts;
  for (;;) {
    const addresses = addressesOf(record);
    const known = session.addresses;
    // Until the gate has answered nobody knows which addresses a count is of.
    session.countableFrom = Infinity;
    if (addresses.some((address) => !known.includes(address))) {
      session.addresses = [...addresses, ...known.filter((address) => !addresses.includes(address))];
      await storeProgress(db, [session]);
    }
    const station = { zoneId, mac, addresses, bandwidthUp, bandwidthDown };
    await passage.open(record.zone, station, (passed) => keepDropped(context, session, addresses, passed));
    if (!isSame(session.addresses, addresses)) {
      session.addresses = addresses;
      session.isUnstored = true;
    }
    session.countableFrom = context.sweeps + 1;
    if (isSame(addressesOf(record), addresses)) return;
  }
}

/** Stores what passed for addresses that go, and that they are gone, as one. */
async function keepDropped(
  { access: { db } }: SessionContext,
  session: LiveSession,
  addresses: readonly string[],
  passed: Traffic,
): Promise<void> {
  const { counted, addresses: before } = session;
  session.countDropped(passed);
  session.addresses = addresses;
  try {
    await storeProgress(db, [session]);
  } catch (fault) {
    // The gate still counts for them.
    Object.assign(session, { counted, addresses: before });
    throw fault;
  }
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((address, at) => address === others[at]);
}
