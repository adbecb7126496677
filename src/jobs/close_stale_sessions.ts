import type { InStatement } from "@libsql/client";
import { takeChangeNumber } from "../storage/change_sequence.ts";
import type { Database } from "../storage/database.ts";
import { toSqlDateTime } from "../values/sql_date_time.ts";
import { BATCH_ROWS, inBatches } from "./in_batches.ts";

/**
 * Closes open sessions that were not updated since: their Stop was lost. They ended when they were last heard of and
 * lasted as long as was reported then, so that nobody is charged for silence; a true Stop that comes later still counts.
 */
export async function closeStaleSessions(db: Database, before: Date): Promise<number> {
  const { nodeId, ledger } = db;
  const close: InStatement = {
    sql:
      `update radacct set acctstoptime = max(heard_at, coalesce(acctupdatetime, heard_at)), acctterminatecause = 'Session-Timeout', closed_by = 'server',
        node_id = ?, change_seq = (select change_seq from node_sequence where node_id = ?)
      where rowid in (select rowid from radacct where acctstoptime is null
        and coalesce(acctupdatetime, acctstarttime) < ? limit ${BATCH_ROWS})`,
    args: [nodeId, nodeId, toSqlDateTime(before)],
  };
  return await inBatches(ledger.$client, close, [takeChangeNumber({ nodeId })]);
}
