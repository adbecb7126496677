import { and, asc, desc, eq, getTableColumns, gte, isNotNull, isNull, lte, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { Database } from "../../storage/database.ts";
import { builder, given, query } from "../../storage/prepared.ts";
import { radacct, sessionCount } from "../../storage/schema/ledger.ts";
import { macKey } from "../../values/mac_address.ts";
import type { OrganizationId } from "../../values/organization_id.ts";
import type { SqlDateTime } from "../../values/sql_date_time.ts";
import type { Session } from "./accounting_packet.ts";
import { type Alias, haveStrangers, ofEverybody, usersOf } from "./session_alias.ts";

export interface SessionFilter {
  readonly username?: string;
  /** Whose sessions, under whatever name they were opened. */
  readonly userId?: string;
  readonly calledStationId?: string;
  readonly callingStationId?: string;
  /** Station ids match without regard to letter case, and to what separates the pairs of a MAC address. */
  readonly stationsInAnySpelling?: boolean;
  /** Sessions that began then or later. */
  readonly startedFrom?: SqlDateTime;
  /** Sessions that ended then or earlier. */
  readonly stoppedUntil?: SqlDateTime;
  readonly isOpen?: boolean;
}

/** A filter with what is known of those whom a user name or a station belongs to. */
interface Narrowed extends SessionFilter {
  /** Only sessions of nobody who is known. */
  readonly strangers?: true;
  /** Several have it. */
  readonly aliased?: Alias;
}

/** A session in a list, with the number that SQLite gave its row: it stays while the row does. */
export interface ListedSession extends Session {
  readonly rowId: number;
}

/**
 * How many sessions a filter finds in an organization. How many there are in all is known, and what is closed is the
 * difference: the indexes count what is open, and everything, without a look at the rows.
 */
export async function countSessions(
  db: Database,
  organizationId: OrganizationId,
  filter: SessionFilter,
): Promise<number> {
  return await countNarrowed(db, organizationId, await narrow(db, organizationId, filter));
}

async function countNarrowed(
  db: Database,
  organizationId: OrganizationId,
  filter: Narrowed,
): Promise<number> {
  const { isOpen, ...others } = filter;
  if (isOpen === false) {
    const all = await countNarrowed(db, organizationId, others);
    return Math.max(0, all - await countRows(db, organizationId, { ...others, isOpen: true }));
  }
  if (Object.keys(others).length || isOpen) return await countRows(db, organizationId, filter);
  const [row] = await sessionsOf(db.ledger, { organizationId });
  return row?.sessions ?? 0;
}

async function countRows(
  db: Database,
  organizationId: OrganizationId,
  filter: Narrowed,
): Promise<number> {
  const [row] = await statementsFor(filter).count(db.ledger, valuesOf(organizationId, filter));
  return row?.sessions ?? 0;
}

/**
 * One page of an organization's sessions, the newest first.
 *
 * @param found how many there are: the pages of the older half are read from the other end.
 */
export async function listSessions(
  db: Database,
  organizationId: OrganizationId,
  filter: SessionFilter,
  { offset, limit }: { readonly offset: number; readonly limit: number },
  found: number,
): Promise<readonly ListedSession[]> {
  const narrowed = await narrow(db, organizationId, filter);
  const { newestFirst, oldestFirst } = statementsFor(narrowed);
  const values = valuesOf(organizationId, narrowed);
  if (offset <= found / 2) return await newestFirst(db.ledger, { ...values, limit, offset });
  const after = Math.max(0, found - offset - limit);
  const rows = await oldestFirst(db.ledger, {
    ...values,
    limit: Math.min(limit, found - offset),
    offset: after,
  });
  return rows.toReversed();
}

/** A user name or a station is nearly always one user's, whose sessions an index has in their order. */
async function narrow(
  db: Database,
  organizationId: OrganizationId,
  filter: SessionFilter,
): Promise<Narrowed> {
  const { username, userId, callingStationId, stationsInAnySpelling } = filter;
  const alias = username !== undefined ? "username" : stationsInAnySpelling ? undefined : "callingStationId";
  const value = username ?? callingStationId;
  if (alias === undefined || value === undefined || userId !== undefined) return filter;
  const users = await usersOf(db, organizationId, alias, value);
  const [only] = users;
  if (only === undefined) return { ...filter, strangers: true };
  const isOnly = users.length === 1 && !await haveStrangers(db, organizationId, alias, value);
  return isOnly ? { ...filter, userId: only } : { ...filter, aliased: alias };
}

const columns = { ...getTableColumns(radacct), rowId: sql<number>`${radacct}.rowid` };
const rowId = sql`${radacct}.rowid`;
const counted = { sessions: sql<number>`count(*)` };
const sessionsOfFields = { sessions: sessionCount.sessions };
const sessionsOf = query(
  sessionsOfFields,
  builder.select(sessionsOfFields).from(sessionCount)
    .where(eq(sessionCount.organizationId, given("organizationId"))),
);

/** Compiled once for each set of things that are asked for: status pages ask for the same few all the time. */
const statementsFor = remembered((filter) => ({
  count: query(counted, builder.select(counted).from(radacct).where(where(filter))),
  newestFirst: page(filter, desc),
  oldestFirst: page(filter, asc),
}));

/** Sessions that began at one moment come in the order that the index has them in, so that nothing need be sorted. */
function page(filter: Narrowed, direction: typeof asc) {
  const { startedAt, username, callingStationId } = radacct;
  const ofUser = filter.userId === undefined || filter.isOpen ? [] : [username, callingStationId];
  const order = [startedAt, ...ofUser, rowId].map((by) => direction(by));
  const select = builder.select(columns).from(radacct).where(where(filter)).orderBy(...order)
    .limit(given("limit")).offset(given("offset"));
  return query(columns, select);
}

function remembered<Statements>(make: (filter: Narrowed) => Statements): typeof make {
  const made = new Map<string, Statements>();
  return (filter) => {
    const { isOpen, stationsInAnySpelling, aliased, ...texts } = filter;
    const shape = JSON.stringify([
      Object.keys(texts),
      isOpen,
      stationsInAnySpelling,
      macOf(filter) === null,
      aliased,
    ]);
    let statements = made.get(shape);
    if (!statements) made.set(shape, statements = make(filter));
    return statements;
  };
}

function valuesOf(organizationId: OrganizationId, filter: Narrowed): Record<string, unknown> {
  return { ...filter, organizationId, callingMac: macOf(filter) };
}

/** Whether the station is known by its address, however it is spelled. */
function macOf({ callingStationId, stationsInAnySpelling }: SessionFilter): string | null {
  return stationsInAnySpelling && callingStationId !== undefined ? macKey(callingStationId) : null;
}

function where(filter: Narrowed): SQL | undefined {
  const { username, userId, strangers, aliased, startedFrom, stoppedUntil, isOpen } = filter;
  // Of an alias that several have the rows are gathered; then nothing else may be what is searched by.
  const organization = aliased ? sql`+${radacct.organizationId}` : radacct.organizationId;
  const isNarrow = userId !== undefined || strangers || aliased;
  return and(
    sql`${organization} = ${given("organizationId")}`,
    userId === undefined ? undefined : eq(radacct.userId, given("userId")),
    strangers ? isNull(radacct.userId) : undefined,
    aliased ? ofEverybody(aliased) : undefined,
    username === undefined ? undefined : same(radacct.username, "username", filter),
    ...(filter.stationsInAnySpelling ? inAnySpelling(filter) : asSent(filter)),
    startedFrom && gte(radacct.startedAt, given("startedFrom")),
    // The plus sign keeps the planner on the narrower index: everybody's ends are far more than one user's sessions.
    stoppedUntil &&
      (isNarrow
        ? sql`+${radacct.stoppedAt} <= ${given("stoppedUntil")}`
        : lte(radacct.stoppedAt, given("stoppedUntil"))),
    isOpen === undefined ? undefined : isOpen ? isNull(radacct.stoppedAt) : isNotNull(radacct.stoppedAt),
  );
}

function asSent(filter: Narrowed): (SQL | undefined)[] {
  const { calledStationId, callingStationId } = filter;
  return [
    calledStationId === undefined ? undefined : eq(radacct.calledStationId, given("calledStationId")),
    callingStationId === undefined ? undefined : same(radacct.callingStationId, "callingStationId", filter),
  ];
}

/** Of one user: a plus sign, without which the planner would leave the column out of its order and sort. */
function same(column: SQLiteColumn, name: string, { userId }: Narrowed): SQL {
  return userId === undefined ? eq(column, given(name)) : sql`+${column} = ${given(name)}`;
}

/** No index has other spellings, so what else is asked for has to narrow the search. */
function inAnySpelling(filter: SessionFilter): (SQL | undefined)[] {
  const { calledStationId, callingStationId } = filter;
  const isMac = macOf(filter) !== null;
  return [
    calledStationId === undefined ? undefined : sameSpelling(radacct.calledStationId, "calledStationId"),
    // The plus sign keeps the planner off an index of open stations, which would have to be sorted.
    isMac
      ? sql`+${radacct.callingMac} = ${given("callingMac")}`
      : callingStationId === undefined
      ? undefined
      : sameSpelling(radacct.callingStationId, "callingStationId"),
  ];
}

function sameSpelling(column: SQLiteColumn, name: string): SQL {
  return sql`lower(replace(${column}, '-', ':')) = lower(replace(${given(name)}, '-', ':'))`;
}
