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
    session.isMisplaced = false;
    try {
      await openAddresses(context, record, session);
    } catch (fault) {
      session.isMisplaced = true;
      context.report("a station's new address", fault);
    }
  });
}

/**
 * Waits until an open session passes under all addresses that its station has.
 *
 * @returns since when it does under this one, which it took after it had been let in; else null.
 */
export async function passesSince(
  context: SessionContext,
  record: StationRecord,
  address: string,
): Promise<Date | null> {
  await followAddresses(context, record);
  const since = record.session?.laterAddresses.get(address);
  return since === undefined ? null : new Date(since);
}

/**
 * Opens the gate for a session under its station's addresses, in the station's turn.
 *
 * @throws {Error} when the gate or the database refuses; it can be repeated.
 */
export async function openAddresses(
  context: SessionContext,
  record: StationRecord,
  session: LiveSession,
): Promise<void> {
  const { zoneId, mac, grant: { bandwidthUp, bandwidthDown } } = session.facts;
  for (;;) {
    const addresses = addressesOf(record);
    const isOpened = session.isInGate;
    session.isInGate = true;
    await context.passage.open(record.zone, { zoneId, mac, addresses, bandwidthUp, bandwidthDown });
    if (!isOpened) session.countableFrom = context.sweeps + 1;
    if (!isSame(session.addresses, addresses)) {
      if (isOpened) session.laterAddresses = laterAddresses(session, addresses, context.now());
      session.addresses = addresses;
      // A new process must not let pass who has the old ones by then.
      await storeNow(context, session);
    }
    if (isSame(addressesOf(record), addresses)) return;
  }
}

function laterAddresses(
  { addresses: before, laterAddresses: later }: LiveSession,
  addresses: readonly string[],
  now: Date,
): ReadonlyMap<string, number> {
  return new Map(addresses.flatMap((address) => {
    const since = before.includes(address) ? later.get(address) : now.getTime();
    return since === undefined ? [] : [[address, since] as const];
  }));
}

async function storeNow({ access: { db } }: SessionContext, session: LiveSession): Promise<void> {
  session.isUnstored = false;
  try {
    await storeProgress(db, [session]);
  } catch (fault) {
    session.isUnstored = true;
    throw fault;
  }
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((address, at) => address === others[at]);
}
