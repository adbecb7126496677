import type { InStatement, Row } from "@libsql/client";
import type { OutboxEvent } from "../aaa/messages/outbox_event.ts";
import type { Delivery } from "../aaa/messages/senders.ts";
import type { Database } from "../storage/database.ts";
import type { outbox } from "../storage/schema/outbox.ts";
import { fromSqlDateTime, type SqlDateTime, toSqlDateTime } from "../values/sql_date_time.ts";

/** Rows of one lane that are looked at together. */
export const LANE_ROWS = 50;
/** A claim outlives the longest attempt: when it ends, whoever held it is gone. */
const CLAIM_MILLISECONDS = 120_000;
/** Between attempts: 5 s, 15 s, 45 s, 2¼, 6¾, 20¼ minutes, then half an hour each. */
const FIRST_PAUSE_SECONDS = 5;
const PAUSE_GROWTH = 3;
const LONGEST_PAUSE_SECONDS = 1_800;

type OutboxRow = typeof outbox.$inferSelect;
/** A message that is due, or whose claim has lapsed. */
export type DueMessage = Pick<OutboxRow, "id" | "kind" | "lane" | "state" | "claim" | "expiresAt">;
/** A message that is ours until its claim ends. */
export interface ClaimedMessage extends DueMessage {
  readonly claim: string;
  readonly sealed: string;
  /** This one included. */
  readonly attempts: number;
}
type Result = OutboxEvent["result"];

/** Hops from lane to lane in the index, and reads no more of a lane than is wanted of it: its backlog may be long. */
const DUE_OF_EACH_LANE = `with recursive lanes(name) as (
    select min(lane) from outbox where settled_at is null
    union all
    select (select min(lane) from outbox where settled_at is null and lane > name) from lanes where name is not null
  )
  select id, kind, lane, state, claim, expires_at from lanes cross join outbox on outbox.rowid in (
    select rowid from outbox where settled_at is null and lane = name and due_at <= ?
    order by due_at, created limit ${LANE_ROWS}
  ) order by due_at, created`;

/** The oldest due messages of each lane, and when the next one after them is due. */
export async function dueMessages(
  { state }: Database,
  now: Date,
): Promise<{ readonly due: readonly DueMessage[]; readonly nextAt: Date | null }> {
  const at = toSqlDateTime(now);
  const [found, next] = await state.$client.batch([
    { sql: DUE_OF_EACH_LANE, args: [at] },
    { sql: "select min(due_at) from outbox where settled_at is null and due_at > ?", args: [at] },
  ], "read");
  const nextAt = next?.rows[0]?.[0];
  return {
    due: found?.rows.map(toDueMessage) ?? [],
    nextAt: nextAt ? fromSqlDateTime(nextAt as SqlDateTime) : null,
  };
}

/** Takes a due message for one attempt; null when another process was faster, or it was settled meanwhile. */
export async function claimMessage(
  { state }: Database,
  message: DueMessage,
  claim: string,
  now: Date,
): Promise<ClaimedMessage | null> {
  const [result] = await state.$client.batch([{
    sql: `update outbox set state = 'sending', claim = ?, attempts = attempts + 1, due_at = ?
      where id = ? and state = ? and claim is ? and settled_at is null and due_at <= ? returning sealed, attempts`,
    args: [claim, later(now, CLAIM_MILLISECONDS), ...heldAs(message), toSqlDateTime(now)],
  }], "write");
  const row = result?.rows[0];
  return row ? { ...message, claim, sealed: String(row[0]), attempts: Number(row[1]) } : null;
}

/** What a message says; null once it is settled. */
export async function readSealed({ state }: Database, { id }: DueMessage): Promise<string | null> {
  const { rows } = await state.$client.execute({ sql: "select sealed from outbox where id = ?", args: [id] });
  const sealed = rows[0]?.[0];
  return typeof sealed === "string" ? sealed : null;
}

/** Ends a message's way; what it said is wiped. False when it is somebody else's by now. */
export async function settleMessage(
  { state }: Database,
  message: DueMessage,
  settled: Exclude<Result, "waiting">,
  failure: string | null,
  now: Date,
): Promise<boolean> {
  return await changesOne(state, {
    sql: `update outbox set state = ?, settled_at = ?, failure = coalesce(?, failure), sealed = null
      where id = ? and state = ? and claim is ? and settled_at is null`,
    args: [settled, toSqlDateTime(now), failure, ...heldAs(message)],
  });
}

/**
 * Notes what came of an attempt. Rules: what was certainly not delivered is tried again until the message expires; a
 * refusal is the end; of what nobody knows a mail is repeated, under the same Message-ID, a text message never.
 *
 * @returns null when the claim has ended meanwhile, and the message is somebody else's.
 */
export async function recordAttempt(
  db: Database,
  message: ClaimedMessage,
  delivery: Delivery,
  now: Date,
): Promise<Result | null> {
  const mine = held(message);
  const settle = async (result: "sent" | "refused" | "unknown" | "expired", reason: string | null) =>
    await settleMessage(db, mine, result, reason, now) ? result : null;
  if (delivery.kind === "sent") return await settle("sent", null);
  const { reason } = delivery;
  if (delivery.kind === "refused" || delivery.kind === "unknown" && message.kind === "sms") {
    return await settle(delivery.kind, reason);
  }
  const told = delivery.kind === "not_now" ? delivery.retryAfterSeconds ?? 0 : 0;
  const pause = Math.max(pauseSeconds(message.attempts), Math.min(told, LONGEST_PAUSE_SECONDS));
  const dueAt = later(now, pause * 1_000);
  if (dueAt >= message.expiresAt) return await settle("expired", reason);
  const waits = await changesOne(db.state, {
    sql: `update outbox set state = 'waiting', claim = null, due_at = ?, failure = ?
      where id = ? and state = ? and claim is ? and settled_at is null`,
    args: [dueAt, reason, ...heldAs(mine)],
  });
  return waits ? "waiting" : null;
}

/** After so many attempts. */
export function pauseSeconds(attempts: number): number {
  return Math.min(FIRST_PAUSE_SECONDS * PAUSE_GROWTH ** (attempts - 1), LONGEST_PAUSE_SECONDS);
}

function held(message: ClaimedMessage): DueMessage {
  return { ...message, state: "sending" };
}

/** Compare-and-set: only as long as the row is as it was read. */
function heldAs({ id, state, claim }: DueMessage): [string, string, string | null] {
  return [id, state, claim];
}

async function changesOne(state: Database["state"], statement: InStatement): Promise<boolean> {
  const [result] = await state.$client.batch([statement], "write");
  return result?.rowsAffected === 1;
}

function later(now: Date, milliseconds: number): SqlDateTime {
  return toSqlDateTime(new Date(now.getTime() + milliseconds));
}

function toDueMessage(row: Row): DueMessage {
  // The table's own columns, in the order of the select.
  const [id, kind, lane, state, claim, expiresAt] = Array.from(row as unknown as Iterable<unknown>) as [
    DueMessage["id"],
    DueMessage["kind"],
    DueMessage["lane"],
    DueMessage["state"],
    DueMessage["claim"],
    DueMessage["expiresAt"],
  ];
  return { id, kind, lane, state, claim, expiresAt };
}
