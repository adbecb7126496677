import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant } from "./columns.ts";

/**
 * What happened to a message: `waiting` for its next attempt; `sending`, claimed by one attempt; and for good `sent`,
 * `refused` by the gateway, `expired` before it could be delivered, or `unknown` (a text message that was perhaps sent,
 * and is not sent again).
 */
export type OutboxState = "waiting" | "sending" | "sent" | "refused" | "expired" | "unknown";

/** Mail and text messages on their way. What they say and to whom is wiped as soon as their way has ended. */
export const outbox = sqliteTable("outbox", {
  /** Random; also the left part of a mail's Message-ID, the same in each attempt. */
  id: text("id").primaryKey(),
  kind: text("kind").$type<"mail" | "sms">().notNull(),
  /** Messages of one lane share a gateway, and wait for nobody else's: `mail`, `sms`, `sms ORGANIZATION`. */
  lane: text("lane").notNull(),
  state: text("state").$type<OutboxState>().notNull().default("waiting"),
  /** AES-256-GCM, base64: the message as JSON. Null once it is settled. */
  sealed: text("sealed"),
  created: instant("created").notNull(),
  /** When the next attempt may begin; while `sending`, when its claim ends. */
  dueAt: instant("due_at").notNull(),
  /** The message is worth nothing from then on. */
  expiresAt: instant("expires_at").notNull(),
  attempts: integer("attempts").notNull().default(0),
  /** Random, by attempt: only the one that claimed it may say what came of it. */
  claim: text("claim"),
  /** Why the last attempt failed; never a word of the message. */
  failure: text("failure"),
  settledAt: instant("settled_at"),
}, (table) => [
  index("outbox_due").on(table.dueAt).where(sql`settled_at is null`),
  index("outbox_lane").on(table.lane, table.dueAt, table.created).where(sql`settled_at is null`),
  index("outbox_settled").on(table.settledAt).where(sql`settled_at is not null`),
]);
