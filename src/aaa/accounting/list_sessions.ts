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
import type { Database } from "../../storage/database.ts";
import { radacct, sessionCount } from "../../storage/schema/ledger.ts";
import type { OrganizationId } from "../../values/organization_id.ts";
import type { SqlDateTime } from "../../values/sql_date_time.ts";
import type { Session } from "./accounting_packet.ts";

export interface SessionFilter {
  readonly username?: string;
  readonly calledStationId?: string;
  readonly callingStationId?: string;
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

/** How many sessions a filter finds in an organization; of all of them and of all closed ones it is known. */
export async function countSessions(
  db: Database,
  organizationId: OrganizationId,
  filter: SessionFilter,
): Promise<number> {
  const { isOpen, ...others } = filter;
  if (Object.keys(others).length || isOpen) return await countRows(db, organizationId, filter);
  const [row] = await db.ledger.select({ sessions: sessionCount.sessions }).from(sessionCount)
    .where(eq(sessionCount.organizationId, organizationId));
  const all = row?.sessions ?? 0;
  return isOpen === undefined ? all : all - await countRows(db, organizationId, { isOpen: true });
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
  const { username, calledStationId, callingStationId, startedFrom, stoppedUntil, isOpen } = filter;
  return and(
    eq(radacct.organizationId, organizationId),
    username === undefined ? undefined : eq(radacct.username, username),
    calledStationId === undefined ? undefined : eq(radacct.calledStationId, calledStationId),
    callingStationId === undefined ? undefined : eq(radacct.callingStationId, callingStationId),
    startedFrom && gte(radacct.startedAt, startedFrom),
    stoppedUntil && lte(radacct.stoppedAt, stoppedUntil),
    isOpen === undefined ? undefined : isOpen ? isNull(radacct.stoppedAt) : isNotNull(radacct.stoppedAt),
  );
}
