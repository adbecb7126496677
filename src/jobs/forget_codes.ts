import type { Database } from "../storage/database.ts";
import { toSqlDateTime } from "../values/sql_date_time.ts";
import { BATCH_ROWS, inBatches } from "./in_batches.ts";

/** Long enough to ask who was sent codes, and from where they were asked for. */
const KEPT_MILLISECONDS = 30 * 86_400_000;

/** Forgets whom codes were sent to, and from which address they were asked for. */
export async function forgetCodes(db: Database, now: Date): Promise<void> {
  await inBatches(db.state.$client, {
    sql:
      `delete from phone_token where rowid in (select rowid from phone_token where created < ? limit ${BATCH_ROWS})`,
    args: [toSqlDateTime(new Date(now.getTime() - KEPT_MILLISECONDS))],
  });
}
