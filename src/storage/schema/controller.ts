import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { flag, instant, organizationReference } from "./columns.ts";

/**
 * The sessions of this box's stations, as far as a new process needs them to go on. One that has an end waits for its
 * Stop to be recorded, and is then gone.
 */
export const controllerSession = sqliteTable("controller_session", {
  /** Of the record: 32 lower-case hex digits. */
  uniqueId: text("unique_id").primaryKey(),
  organizationId: organizationReference().notNull(),
  zoneId: text("zone_id").notNull(),
  /** Lower case with colons. */
  mac: text("mac").notNull(),
  slot: integer("slot").notNull(),
  /** Acct-Session-Id. */
  sessionId: text("session_id").notNull(),
  username: text("username").notNull(),
  serviceType: text("service_type", { enum: ["Login", "Framed"] }).notNull(),
  nasIpAddress: text("nas_ip_address").notNull(),
  calledStationId: text("called_station_id").notNull(),
  startedAt: instant("started_at").notNull(),
  /** What the accept allowed, as JSON. */
  allowed: text("allowed").notNull(),
  /** The limits come from an accept, so that what is left of the user's quotas may lower them. */
  isAccepted: flag("is_accepted").notNull(),
  isSplash: flag("is_splash").notNull(),
  /** A JSON list of the addresses that the gate lets pass, IPv4 first. */
  addresses: text("addresses").notNull(),
  /** JSON: what was counted before, and what the gate has counted. */
  traffic: text("traffic").notNull(),
  countedAt: instant("counted_at").notNull(),
  activeAt: instant("active_at").notNull(),
  endedAt: instant("ended_at"),
  terminateCause: text("terminate_cause"),
});
