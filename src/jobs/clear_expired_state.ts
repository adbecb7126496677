import type { Database } from "../storage/database.ts";
import { toSqlDateTime } from "../values/sql_date_time.ts";
import { BATCH_ROWS, inBatches } from "./in_batches.ts";

/** A taken key may be repeated for 30 s; then nobody needs to know it any more. */
const TAKEN_KEY_SECONDS = 30;
/** Repetitions of Accounting-On matter for a minute. */
const NAS_RESTART_SECONDS = 3_600;
const DAY_MILLISECONDS = 86_400_000;
const LOGIN_IDENTITY_DAYS = 90;
/** What became of a message: its words are wiped long before. */
const SETTLED_MESSAGE_SECONDS = 7 * 86_400;

/** Forgets what log-ins left behind and nothing asks for any more. */
export async function clearExpiredState(db: Database, now: Date): Promise<void> {
  const client = db.state.$client;
  const ago = (seconds: number) => toSqlDateTime(new Date(now.getTime() - seconds * 1_000));
  await inBatches(client, {
    sql: `update radiustoken set encrypted_key = null where key in (select key from radiustoken
      where taken_at < ? and can_auth = 0 and encrypted_key is not null limit ${BATCH_ROWS})`,
    args: [ago(TAKEN_KEY_SECONDS)],
  });
  await inBatches(client, {
    sql: `delete from throttle where rowid in (select rowid from throttle
      where window_start + window_seconds < ? limit ${BATCH_ROWS})`,
    args: [Math.floor(now.getTime() / 1_000)],
  });
  await inBatches(client, {
    sql:
      `delete from login_place where id in (select id from login_place where expires_at < ? limit ${BATCH_ROWS})`,
    args: [ago(0)],
  });
  await inBatches(client, {
    sql:
      `delete from magic_link where rowid in (select rowid from magic_link where expires_at < ? limit ${BATCH_ROWS})`,
    args: [ago(0)],
  });
  await inBatches(client, {
    sql:
      `delete from nas_restart where rowid in (select rowid from nas_restart where first_at < ? limit ${BATCH_ROWS})`,
    args: [ago(NAS_RESTART_SECONDS)],
  });
  await inBatches(client, {
    sql: `delete from outbox where id in (select id from outbox
      where settled_at is not null and settled_at < ? limit ${BATCH_ROWS})`,
    args: [ago(SETTLED_MESSAGE_SECONDS)],
  });
}

/** Forgets which of several users an identifier meant, after a time that no session lasts. */
export async function forgetIdentities(db: Database, now: Date): Promise<void> {
  const before = new Date(now.getTime() - LOGIN_IDENTITY_DAYS * DAY_MILLISECONDS);
  await inBatches(db.state.$client, {
    sql:
      `delete from login_identity where rowid in (select rowid from login_identity where at < ? limit ${BATCH_ROWS})`,
    args: [toSqlDateTime(before)],
  });
}
