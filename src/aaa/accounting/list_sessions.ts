import {
  and,
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
import { radacct } from "../../storage/schema/ledger.ts";
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

/** How many sessions a filter finds in an organization. */
export async function countSessions(
  db: Database,
  organizationId: OrganizationId,
  filter: SessionFilter,
): Promise<number> {
  const [row] = await db.ledger.select({ sessions: count() }).from(radacct).where(
    where(organizationId, filter),
  );
  return row?.sessions ?? 0;
}

/** One page of an organization's sessions, the newest first. */
export async function listSessions(
  db: Database,
  organizationId: OrganizationId,
  filter: SessionFilter,
  page: { readonly offset: number; readonly limit: number },
): Promise<readonly ListedSession[]> {
  return await db.ledger.select(columns).from(radacct).where(where(organizationId, filter))
    .orderBy(desc(radacct.startedAt)).limit(page.limit).offset(page.offset);
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
