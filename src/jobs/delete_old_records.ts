import type { Database } from "../storage/database.ts";
import { toSqlDateTime } from "../values/sql_date_time.ts";
import { BATCH_ROWS, inBatches } from "./in_batches.ts";

/** Deletes sessions that ended before; open ones stay, and so does the usage they added up to. */
export async function deleteOldSessions(db: Database, before: Date): Promise<number> {
  const deleted = await inBatches(db.ledger.$client, {
    sql:
      `delete from radacct where rowid in (select rowid from radacct where acctstoptime < ? limit ${BATCH_ROWS})`,
    args: [toSqlDateTime(before)],
  });
  await deleteAliases(db, before);
  return deleted;
}

/**
 * Forgets by whom user names and stations were used in months that are gone whole. Few sessions can be left of these,
 * those that took long: only they are looked at.
 */
async function deleteAliases(db: Database, before: Date): Promise<void> {
  const month = toSqlDateTime(before).slice(0, "YYYY-MM".length);
  await inBatches(db.ledger.$client, {
    sql: `delete from session_alias where (organization_id, kind, value, user_id) in (
      select organization_id, kind, value, user_id from session_alias as alias
      where last_month < ? and not exists (select 1 from radacct
        where radacct.organization_id = alias.organization_id and radacct.user_id = alias.user_id and acctstarttime < ?
        and case kind when 'username' then coalesce(username, '') else coalesce(callingstationid, '') end = alias.value)
      limit ${BATCH_ROWS})`,
    args: [month, month],
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
