import type { InStatement } from "@libsql/client";
import { and, asc, eq, gt, isNull, lte, sql } from "drizzle-orm";
import { v7 as uuid } from "uuid";
import type { Database } from "../../storage/database.ts";
import { builder, compiled, given, query } from "../../storage/prepared.ts";
import { radacct } from "../../storage/schema/ledger.ts";
import { loginPlace } from "../../storage/schema/state.ts";
import type { OrganizationId } from "../../values/organization_id.ts";
import { toSqlDateTime } from "../../values/sql_date_time.ts";
import type { AccessRequest } from "./access_request.ts";

const HELD_MILLISECONDS = 10_000;

export interface Place {
  readonly organizationId: OrganizationId;
  readonly userId: string;
  readonly request: AccessRequest;
  /** How many sessions the user may have, at least 1. */
  readonly allowed: number;
}

const openSessionsFields = { called: radacct.calledStationId, calling: radacct.callingStationId };
const openSessions = query(
  openSessionsFields,
  builder.select(openSessionsFields).from(radacct)
    .where(and(
      eq(radacct.organizationId, given("organizationId")),
      eq(radacct.userId, given("userId")),
      isNull(radacct.stoppedAt),
    )),
);
const heldPlacesFields = { id: loginPlace.id, pair: loginPlace.pair };
const heldPlaces = query(
  heldPlacesFields,
  builder.select(heldPlacesFields).from(loginPlace)
    .where(and(
      eq(loginPlace.organizationId, given("organizationId")),
      eq(loginPlace.userId, given("userId")),
      gt(loginPlace.expiresAt, given("now")),
    )).orderBy(asc(loginPlace.id)),
);
const takePlace = compiled(
  builder.insert(loginPlace).values({
    organizationId: given("organizationId"),
    userId: given("userId"),
    pair: given("pair"),
    expiresAt: given("expiresAt"),
  }).onConflictDoUpdate({
    target: [loginPlace.organizationId, loginPlace.userId, loginPlace.pair],
    set: { expiresAt: sql`excluded.expires_at` },
  }),
);
const leavePlace = compiled(
  builder.delete(loginPlace).where(and(
    eq(loginPlace.organizationId, given("organizationId")),
    eq(loginPlace.userId, given("userId")),
    eq(loginPlace.pair, given("pair")),
  )),
);
/** An expired place must not come back to life before those who came later. */
const clearExpiredPlaces = compiled(
  builder.delete(loginPlace).where(and(
    eq(loginPlace.organizationId, given("organizationId")),
    eq(loginPlace.userId, given("userId")),
    lte(loginPlace.expiresAt, given("now")),
  )),
);
const usersPlace = and(
  eq(loginPlace.organizationId, given("organizationId")),
  eq(loginPlace.userId, given("userId")),
  gt(loginPlace.expiresAt, given("now")),
);
const leavePairsPlace = compiled(
  builder.delete(loginPlace).where(and(usersPlace, eq(loginPlace.pair, given("pair")))),
);
// Without `order by`: with every Start, setting up a sort would take longer than all else.
const leaveOldestPlace = compiled(
  builder.delete(loginPlace).where(and(
    sql`changes() = 0`,
    usersPlace,
    sql`not exists (select 1 from ${loginPlace} as earlier
      where earlier.organization_id = ${given("organizationId")} and earlier.user_id = ${given("userId")}
      and earlier.expires_at > ${given("now")} and earlier.id < ${loginPlace.id})`,
  )),
);

/** How many sessions and places the user has besides the requesting pair's own. */
export async function countOpenSessions(db: Database, place: Place, now: Date): Promise<number> {
  const pair = pairOf(place.request.calledStationId, place.request.callingStationId);
  return occupied(await readOccupation(db, place, now), pair, Infinity);
}

/**
 * Holds a place for ten seconds, or until a Start takes it over, when fewer than `allowed` are occupied. Check and
 * hold are one step: everybody takes a place first and then looks who came before, so that of parallel log-ins
 * exactly as many pass as there are places, on any database.
 *
 * `pair` names the place to `leavePlaceOf()`; null when the station pair has a session already and needs none.
 */
export async function holdPlace(
  db: Database,
  place: Place,
  now: Date,
): Promise<{ readonly held: boolean; readonly pair: string | null }> {
  const { organizationId, userId, request, allowed } = place;
  const own = pairOf(request.calledStationId, request.callingStationId);
  const before = await readOccupation(db, place, now);
  if (own !== null && before.sessions.has(own)) {
    return { held: occupied(before, own, Infinity) < allowed, pair: null };
  }
  if (occupied({ ...before, places: [] }, own, 0) >= allowed) return { held: false, pair: null };

  const pair = own ?? `log-in ${uuid()}`;
  const expiresAt = toSqlDateTime(new Date(now.getTime() + HELD_MILLISECONDS));
  await db.state.$client.batch([
    clearExpiredPlaces({ organizationId, userId, now: toSqlDateTime(now) }),
    takePlace({ organizationId, userId, pair, expiresAt }),
  ], "write");
  const after = await readOccupation(db, place, now);
  const mine = after.places.find((held) => held.pair === pair)?.id ?? Infinity;
  const held = occupied(after, pair, mine) < allowed;
  if (!held) await leavePlaceOf(db, place, pair);
  return { held, pair };
}

export async function leavePlaceOf(db: Database, place: Place, pair: string): Promise<void> {
  const { organizationId, userId } = place;
  await db.state.$client.batch([leavePlace({ organizationId, userId, pair })], "write");
}

/** A new session takes over its pair's place, else the user's oldest. The statements belong together, in this order. */
export function placeTakenOver(session: {
  readonly organizationId: OrganizationId;
  readonly userId: string;
  readonly calledStationId: string | null;
  readonly callingStationId: string | null;
}, now: Date): InStatement[] {
  const { organizationId, userId, calledStationId, callingStationId } = session;
  const pair = pairOf(calledStationId ?? "", callingStationId ?? "") ?? "";
  const values = { organizationId, userId, pair, now: toSqlDateTime(now) };
  return [leavePairsPlace(values), leaveOldestPlace(values)];
}

interface Occupation {
  /** Station pairs with an open session, and how many each has. */
  readonly sessions: ReadonlyMap<string, number>;
  /** Oldest first. */
  readonly places: readonly { readonly id: number; readonly pair: string }[];
}

// Places before sessions: a Start removes its place after its session is there, so that one of the two is seen.
async function readOccupation(
  db: Database,
  { organizationId, userId }: Place,
  now: Date,
): Promise<Occupation> {
  const places = await heldPlaces(db.state, { organizationId, userId, now: toSqlDateTime(now) });
  const rows = await openSessions(db.ledger, { organizationId, userId });
  const sessions = new Map<string, number>();
  rows.forEach(({ called, calling }, index) => {
    const pair = pairOf(called ?? "", calling ?? "") ?? `session ${index}`;
    sessions.set(pair, (sessions.get(pair) ?? 0) + 1);
  });
  return { sessions, places };
}

/** Sessions and earlier places but the pair's own; a place whose session has begun counts once. */
function occupied({ sessions, places }: Occupation, own: string | null, before: number): number {
  let count = 0;
  for (const [pair, open] of sessions) if (pair !== own) count += open;
  for (const { id, pair } of places) if (id < before && pair !== own && !sessions.has(pair)) count++;
  return count;
}

function pairOf(called: string, calling: string): string | null {
  return called && calling ? `${called}|${calling}` : null;
}
