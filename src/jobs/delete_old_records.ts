import type { Database } from "../storage/database.ts";
import { toSqlDateTime } from "../values/sql_date_time.ts";
import { BATCH_ROWS, inBatches } from "./in_batches.ts";

/** Deletes sessions that ended before; open ones stay, and so does the usage they added up to. */
export async function deleteOldSessions(db: Database, before: Date): Promise<number> {
  return await inBatches(db.ledger.$client, {
    sql:
      `delete from radacct where rowid in (select rowid from radacct where acctstoptime < ? limit ${BATCH_ROWS})`,
    args: [toSqlDateTime(before)],
  });
}

/** Deletes what is known of log-ins from before: post-auth records and the reasons of refusals. */
export async function deleteOldPostAuth(db: Database, before: Date): Promise<number> {
  const args = [toSqlDateTime(before)];
  const reports = await inBatches(db.ledger.$client, {
    sql:
      `delete from radpostauth where id in (select id from radpostauth where authdate < ? limit ${BATCH_ROWS})`,
    args,
  });
  const refusals = await inBatches(db.ledger.$client, {
    sql: `delete from access_refusal where id in (select id from access_refusal where refused_at < ?
      limit ${BATCH_ROWS})`,
    args,
  });
  return reports + refusals;
}
