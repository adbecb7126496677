import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { flag, instant, organizationReference } from "./columns.ts";

/** A key that a log-in gave out as RADIUS password; up to five alive per user and organization. */
export const radiustoken = sqliteTable("radiustoken", {
  /** HMAC of the key. */
  key: text("key").primaryKey(),
  userId: text("user_id").notNull(),
  organizationId: organizationReference().notNull(),
  canAuth: flag("can_auth").notNull().default(false),
  passwordBased: flag("password_based"),
  created: instant("created").notNull(),
  takenAt: instant("taken_at"),
  /** Credentials and station ids of the log-in that took it. */
  takenBy: text("taken_by"),
  /** AES-256-GCM, base64. For CHAP and for showing the same key again; cleared 30 s after the key was taken. */
  encryptedKey: text("encrypted_key"),
}, (table) => [
  index("radiustoken_user").on(table.userId, table.organizationId, table.created),
  index("radiustoken_shown").on(table.takenAt).where(sql`taken_at is not null and encrypted_key is not null`),
]);

/** A code sent to a telephone. Only a member's newest counts; older ones are there for the daily limits. */
export const phoneToken = sqliteTable("phone_token", {
  id: text("id").primaryKey(),
  userId: text("user_id").notNull(),
  organizationId: organizationReference().notNull(),
  /** HMAC of the code. */
  token: text("token").notNull(),
  phoneNumber: text("phone_number").notNull(),
  /** Of who asked for it; of IPv6 the network, `2001:db8:1:2::/64`. */
  ip: text("ip").notNull(),
  validUntil: instant("valid_until").notNull(),
  attempts: integer("attempts").notNull().default(0),
  verified: flag("verified").notNull().default(false),
  created: instant("created").notNull(),
  modified: instant("modified").notNull(),
}, (table) => [
  index("phone_token_user_created").on(table.userId, table.created),
  index("phone_token_ip_created").on(table.ip, table.created),
  index("phone_token_created").on(table.created),
]);

/** The number that a member changed to and has not verified: until then it stands for the account's own in that organization. */
export const pendingNumber = sqliteTable("pending_number", {
  organizationId: organizationReference().notNull(),
  userId: text("user_id").notNull(),
  /** E.164. */
  phoneNumber: text("phone_number").notNull(),
  changedAt: instant("changed_at").notNull(),
}, (table) => [primaryKey({ columns: [table.userId, table.organizationId] })]);

/** A link that logs in once without a password, in one organization. */
export const magicLink = sqliteTable("magic_link", {
  /** HMAC of the link's token. */
  token: text("token").primaryKey(),
  userId: text("user_id").notNull(),
  organizationId: organizationReference().notNull(),
  /** HMAC of the password's hash: another password makes the link worthless. */
  passwordMark: text("password_mark").notNull(),
  expiresAt: instant("expires_at").notNull(),
}, (table) => [index("magic_link_expires").on(table.expiresAt)]);

/** What log-ins leave behind about a user. */
export const userState = sqliteTable("user_state", {
  userId: text("user_id").primaryKey(),
  lastLogin: instant("last_login"),
  language: text("language"),
  /** False when the API token was last issued without a password (magic link, social, SAML). */
  passwordBasedToken: flag("password_based_token"),
});

/** A place under Simultaneous-Use, held by an accepted log-in until its Start takes it over or it expires. */
export const loginPlace = sqliteTable("login_place", {
  /** Order of arrival: of parallel log-ins the earlier wins. */
  id: integer("id").primaryKey({ autoIncrement: true }),
  organizationId: organizationReference().notNull(),
  userId: text("user_id").notNull(),
  /** `called|calling`, or a random text when a station id is missing. */
  pair: text("pair").notNull(),
  expiresAt: instant("expires_at").notNull(),
}, (table) => [uniqueIndex("login_place_pair").on(table.organizationId, table.userId, table.pair)]);

/** Which of several users that one identifier names logged in with it. */
export const loginIdentity = sqliteTable("login_identity", {
  organizationId: organizationReference().notNull(),
  username: text("username").notNull(),
  userId: text("user_id").notNull(),
  at: instant("at").notNull(),
}, (table) => [primaryKey({ columns: [table.organizationId, table.username] })]);

/** When a NAS last said Accounting-On: a repetition closes nothing that began since. */
export const nasRestart = sqliteTable("nas_restart", {
  organizationId: organizationReference().notNull(),
  nasIpAddress: text("nas_ip_address").notNull(),
  calledStationId: text("called_station_id").notNull(),
  firstAt: instant("first_at").notNull(),
}, (table) => [primaryKey({ columns: [table.organizationId, table.nasIpAddress, table.calledStationId] })]);

/** Requests counted in fixed windows. */
export const throttle = sqliteTable("throttle", {
  scope: text("scope").notNull(),
  client: text("client").notNull(),
  /** Seconds since 1970 of the window's start. */
  windowStart: integer("window_start").notNull(),
  windowSeconds: integer("window_seconds").notNull(),
  requests: integer("requests").notNull(),
}, (table) => [
  primaryKey({ columns: [table.scope, table.client, table.windowStart] }),
  index("throttle_end").on(sql`(window_start + window_seconds)`),
]);

/** Small facts about this installation: `node_id`, the first operator's one-time link, the write probe. */
export const installation = sqliteTable("installation", {
  name: text("name").primaryKey(),
  value: text("value").notNull(),
});
