import {
  and,
  asc,
  count,
  desc,
  eq,
  getTableColumns,
  gte,
  isNotNull,
  isNull,
  lte,
  type SQL,
  sql,
} from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { Database } from "../../storage/database.ts";
import { radacct, sessionCount } from "../../storage/schema/ledger.ts";
import { macKey } from "../../values/mac_address.ts";
import type { OrganizationId } from "../../values/organization_id.ts";
import type { SqlDateTime } from "../../values/sql_date_time.ts";
import type { Session } from "./accounting_packet.ts";

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

/** A session in a list, with the number that SQLite gave its row: it stays while the row does. */
export interface ListedSession extends Session {
  readonly rowId: number;
}

const columns = { ...getTableColumns(radacct), rowId: sql<number>`${radacct}.rowid` };

/**
 * How many sessions a filter finds in an organization. How many there are in all is known, and what is closed is the
 * difference: the indexes count what is open, and everything, without a look at the rows.
 */
export async function countSessions(
  db: Database,
  organizationId: OrganizationId,
  filter: SessionFilter,
): Promise<number> {
  const { isOpen, ...others } = filter;
  if (isOpen === false) {
    const all = await countSessions(db, organizationId, others);
    return Math.max(0, all - await countRows(db, organizationId, { ...others, isOpen: true }));
  }
  if (Object.keys(others).length || isOpen) return await countRows(db, organizationId, filter);
  const [row] = await db.ledger.select({ sessions: sessionCount.sessions }).from(sessionCount)
    .where(eq(sessionCount.organizationId, organizationId));
  return row?.sessions ?? 0;
}

async function countRows(
  db: Database,
  organizationId: OrganizationId,
  filter: SessionFilter,
): Promise<number> {
  const [row] = await db.ledger.select({ sessions: count() }).from(radacct).where(
    where(organizationId, filter),
  );
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
  const select = db.ledger.select(columns).from(radacct).where(where(organizationId, filter));
  const rowId = sql`${radacct}.rowid`;
  if (offset <= found / 2) {
    return await select.orderBy(desc(radacct.startedAt), desc(rowId)).limit(limit).offset(offset);
  }
  const after = Math.max(0, found - offset - limit);
  const rows = await select.orderBy(asc(radacct.startedAt), asc(rowId))
    .limit(Math.min(limit, found - offset)).offset(after);
  return rows.reverse();
}

function where(organizationId: OrganizationId, filter: SessionFilter): SQL | undefined {
  const { username, userId, startedFrom, stoppedUntil, isOpen } = filter;
  return and(
    eq(radacct.organizationId, organizationId),
    username === undefined ? undefined : eq(radacct.username, username),
    userId === undefined ? undefined : eq(radacct.userId, userId),
    ...(filter.stationsInAnySpelling ? inAnySpelling(filter) : asSent(filter)),
    startedFrom && gte(radacct.startedAt, startedFrom),
    // The plus sign keeps the planner on the user's index: everybody's ends are far more than one user's sessions.
    stoppedUntil &&
      (userId === undefined
        ? lte(radacct.stoppedAt, stoppedUntil)
        : sql`+${radacct.stoppedAt} <= ${stoppedUntil}`),
    isOpen === undefined ? undefined : isOpen ? isNull(radacct.stoppedAt) : isNotNull(radacct.stoppedAt),
  );
}

function asSent({ calledStationId, callingStationId }: SessionFilter): (SQL | undefined)[] {
  return [
    calledStationId === undefined ? undefined : eq(radacct.calledStationId, calledStationId),
    callingStationId === undefined ? undefined : eq(radacct.callingStationId, callingStationId),
  ];
}

/** No index has other spellings, so what else is asked for has to narrow the search. */
function inAnySpelling({ calledStationId, callingStationId }: SessionFilter): (SQL | undefined)[] {
  const mac = callingStationId === undefined ? null : macKey(callingStationId);
  return [
    calledStationId === undefined ? undefined : sameSpelling(radacct.calledStationId, calledStationId),
    // The plus sign keeps the planner off an index of open stations, which would have to be sorted.
    mac !== null
      ? sql`+${radacct.callingMac} = ${mac}`
      : callingStationId === undefined
      ? undefined
      : sameSpelling(radacct.callingStationId, callingStationId),
  ];
}

function sameSpelling(column: SQLiteColumn, text: string): SQL {
  return sql`lower(replace(${column}, '-', ':')) = lower(replace(${text}, '-', ':'))`;
}
