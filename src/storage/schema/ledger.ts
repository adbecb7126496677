import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { sql } from "drizzle-orm";
import { count64, date, instant, organizationReference } from "./columns.ts";

/**
 * One row per session a NAS reported (RFC 2866); `stoppedAt` is null while it is open. Rows only move forward:
 * totals rise, the start falls, a closed row stays closed, whatever order the packets come in.
 */
export const radacct = sqliteTable("radacct", {
  uniqueId: text("acctuniqueid").notNull(),
  organizationId: organizationReference().notNull(),
  sessionId: text("acctsessionid").notNull(),
  /** As the NAS sent it; CoA needs it. Whose session it is says `userId`. */
  username: text("username"),
  userId: text("user_id"),
  groupname: text("groupname"),
  realm: text("realm"),
  nasIpAddress: text("nasipaddress").notNull(),
  nasPortId: text("nasportid"),
  nasPortType: text("nasporttype"),
  startedAt: instant("acctstarttime"),
  updatedAt: instant("acctupdatetime"),
  stoppedAt: instant("acctstoptime"),
  interval: integer("acctinterval"),
  sessionSeconds: count64("acctsessiontime"),
  authentication: text("acctauthentic"),
  connectionInfoStart: text("connectinfo_start"),
  connectionInfoStop: text("connectinfo_stop"),
  inputOctets: count64("acctinputoctets"),
  outputOctets: count64("acctoutputoctets"),
  calledStationId: text("calledstationid"),
  callingStationId: text("callingstationid"),
  terminateCause: text("acctterminatecause"),
  serviceType: text("servicetype"),
  framedProtocol: text("framedprotocol"),
  framedIpAddress: text("framedipaddress"),
  framedIpv6Address: text("framedipv6address"),
  framedIpv6Prefix: text("framedipv6prefix"),
  framedInterfaceId: text("framedinterfaceid"),
  delegatedIpv6Prefix: text("delegatedipv6prefix"),
  /** `callingStationId` without its spelling: 12 lower-case hex digits; null when it is no MAC address. */
  callingMac: text("calling_mac"),
  /** Receipt of the newest packet that reported more than was known: where the next one's usage begins. */
  heardAt: instant("heard_at").notNull(),
  /** Which packet the descriptive columns come from: 1 Start, 2 Interim-Update, 3 Stop. */
  describedBy: integer("described_by").$type<1 | 2 | 3>().notNull(),
  /** `nas` once a Stop came, `server` while only we have closed it, null while open. */
  closedBy: text("closed_by", { enum: ["nas", "server"] }),
  nodeId: text("node_id").notNull(),
  /** Rises with every change a node makes; rows changed by one statement share a number. */
  changeSeq: integer("change_seq").notNull(),
}, (table) => [
  primaryKey({ columns: [table.organizationId, table.uniqueId] }),
  index("radacct_organization_start").on(table.organizationId, table.startedAt),
  // With what lists are narrowed by: a count does not look at the rows.
  index("radacct_user_start").on(
    table.organizationId,
    table.userId,
    table.startedAt,
    table.username,
    table.callingStationId,
  ),
  index("radacct_called_start").on(table.organizationId, table.calledStationId, table.startedAt),
  index("radacct_stop").on(table.stoppedAt).where(sql`acctstoptime is not null`),
  index("radacct_open_user").on(table.organizationId, table.userId, table.startedAt).where(
    sql`acctstoptime is null`,
  ),
  index("radacct_open_start").on(table.organizationId, table.startedAt).where(sql`acctstoptime is null`),
  index("radacct_open_station").on(table.callingMac, table.startedAt).where(sql`acctstoptime is null`),
  // Each index of everything is a page more that a new session writes; `session_alias` finds whose they are.
  index("radacct_stranger_username").on(table.organizationId, table.username, table.startedAt)
    .where(sql`user_id is null`),
  index("radacct_stranger_calling").on(table.organizationId, table.callingStationId, table.startedAt)
    .where(sql`user_id is null`),
]);

// Without rowid, which migration 0007 says and Drizzle cannot.
/**
 * Whose sessions came under a user name, or from a station: lists are narrowed to these users' own. Kept by triggers
 * (migration 0010). For a session like those before it something is written once a month.
 */
export const sessionAlias = sqliteTable("session_alias", {
  organizationId: organizationReference().notNull(),
  kind: text("kind", { enum: ["username", "station"] }).notNull(),
  value: text("value").notNull(),
  userId: text("user_id").notNull(),
  /** `YYYY-MM`, in which or before which the last of the sessions began. */
  lastMonth: text("last_month").notNull(),
}, (table) => [
  primaryKey({ columns: [table.organizationId, table.kind, table.value, table.userId] }),
  index("session_alias_month").on(table.lastMonth),
]);

/** How many sessions an organization has; kept by triggers (migration 0002), since counting them takes as long as there are many. */
export const sessionCount = sqliteTable("session_count", {
  organizationId: organizationReference().primaryKey(),
  sessions: integer("sessions").notNull(),
});

/** The last number that a node gave to a change. */
export const nodeSequence = sqliteTable("node_sequence", {
  nodeId: text("node_id").primaryKey(),
  changeSeq: integer("change_seq").notNull(),
});

const usedOnDay = {
  organizationId: organizationReference().notNull(),
  userId: text("user_id").notNull(),
  /** `YYYY-MM-DD` in the organization's time zone. */
  day: date("day").notNull(),
  nodeId: text("node_id").notNull(),
  sessionSeconds: count64("session_seconds").notNull(),
  inputOctets: count64("input_octets").notNull(),
  outputOctets: count64("output_octets").notNull(),
};

// Both are without rowid, which migrations 0000 and 0013 say and Drizzle cannot: a packet then writes one page instead of
// two. The view `usage_by_day` has the rows of both.
/**
 * What a user used on one day of the organization's calendar, as far as one node knows: each user's days together. What
 * `usageLatest` has of a day comes on top.
 */
export const usageDay = sqliteTable(
  "usage_day",
  usedOnDay,
  (table) => [primaryKey({ columns: [table.organizationId, table.userId, table.day, table.nodeId] })],
);

/**
 * Each user's latest day, users side by side: accounting changes these rows all the time. Triggers (migration 0013) add a
 * row to `usageDay` when a later day begins, and what comes for an earlier one.
 */
export const usageLatest = sqliteTable(
  "usage_latest",
  usedOnDay,
  (table) => [primaryKey({ columns: [table.organizationId, table.userId, table.nodeId] })],
);

/** What came of a log-in, as the NAS side reports it; a refusal carries our reason. */
export const radpostauth = sqliteTable("radpostauth", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  username: text("username").notNull(),
  pass: text("pass").notNull(),
  reply: text("reply").notNull(),
  calledStationId: text("calledstationid"),
  callingStationId: text("callingstationid"),
  authdate: instant("authdate").notNull(),
  organizationId: organizationReference().notNull(),
  reason: text("reason"),
  explanation: text("explanation"),
}, (table) => [
  index("radpostauth_organization_date").on(table.organizationId, table.authdate),
  index("radpostauth_date").on(table.authdate),
]);

/** Why `authorize` said no: the rule, its value and the counter at that moment. */
export const accessRefusal = sqliteTable("access_refusal", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  organizationId: organizationReference().notNull(),
  userId: text("user_id"),
  username: text("username").notNull(),
  calledStationId: text("calledstationid"),
  callingStationId: text("callingstationid"),
  refusedAt: instant("refused_at").notNull(),
  reason: text("reason").notNull(),
  /** The sentence for guest and operator. */
  explanation: text("explanation").notNull(),
  rule: text("rule"),
  ruleValue: text("rule_value"),
  counted: text("counted"),
}, (table) => [
  index("access_refusal_username").on(table.organizationId, table.username, table.refusedAt),
  index("access_refusal_date").on(table.refusedAt),
]);

/** Every change that an operator or a key made. */
export const auditLog = sqliteTable("audit_log", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  at: instant("at").notNull(),
  /** Who: a user's id, or `command line`. */
  actor: text("actor").notNull(),
  action: text("action").notNull(),
  organizationId: organizationReference(),
  /** What was changed, named as its operator knows it; never a secret. */
  subject: text("subject").notNull(),
}, (table) => [index("audit_log_at").on(table.at)]);
