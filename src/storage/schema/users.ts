import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { sql } from "drizzle-orm";
import { date, flag, instant, organizationReference, stamps } from "./columns.ts";
import { organization } from "./organizations.ts";

/** A person or device, known to all organizations; membership says where it may log in. */
export const user = sqliteTable("user", {
  id: text("id").primaryKey(),
  username: text("username").notNull().unique(),
  /** The user name without regard to case: `foldCase()`. */
  usernameKey: text("username_key").notNull().unique(),
  email: text("email"),
  emailKey: text("email_key"),
  password: text("password").notNull(),
  firstName: text("first_name").notNull().default(""),
  lastName: text("last_name").notNull().default(""),
  bio: text("bio").notNull().default(""),
  url: text("url").notNull().default(""),
  company: text("company").notNull().default(""),
  location: text("location").notNull().default(""),
  /** E.164. */
  phoneNumber: text("phone_number"),
  birthDate: date("birth_date"),
  notes: text("notes").notNull().default(""),
  /** The day the password was last set; password expiry counts from it. */
  passwordUpdated: date("password_updated"),
  /** HMAC of the password that a setup file last set, so that applying it again changes nothing. */
  appliedPassword: text("applied_password"),
  expirationDate: date("expiration_date"),
  isActive: flag("is_active").notNull().default(true),
  isStaff: flag("is_staff").notNull().default(false),
  isSuperuser: flag("is_superuser").notNull().default(false),
  dateJoined: instant("date_joined").notNull(),
  modified: instant("modified").notNull(),
}, (table) => [
  // Without those who have none: after ANALYZE, SQLite would think that an address names half of all users.
  uniqueIndex("user_email_key_unique").on(table.emailKey).where(sql`email_key is not null`),
  uniqueIndex("user_phone_number_unique").on(table.phoneNumber).where(sql`phone_number is not null`),
]);

export const emailAddress = sqliteTable("email_address", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  userId: text("user_id").notNull().references(() => user.id, { onDelete: "cascade" }),
  email: text("email").notNull(),
  emailKey: text("email_key").notNull(),
  verified: flag("verified").notNull().default(false),
  primary: flag("primary").notNull().default(false),
}, (table) => [
  uniqueIndex("email_address_user_email").on(table.userId, table.emailKey),
  index("email_address_verified").on(table.emailKey).where(sql`verified = 1`),
]);

/** Membership: where a user may log in, and whether it administers the organization. */
export const organizationUser = sqliteTable("organization_user", {
  id: text("id").primaryKey(),
  userId: text("user_id").notNull().references(() => user.id, { onDelete: "cascade" }),
  organizationId: organizationReference().notNull()
    .references(() => organization.id, { onDelete: "cascade" }),
  isAdmin: flag("is_admin").notNull().default(false),
  ...stamps(),
}, (table) => [
  uniqueIndex("organization_user_member").on(table.userId, table.organizationId),
  index("organization_user_organization").on(table.organizationId),
]);

export const organizationOwner = sqliteTable("organization_owner", {
  id: text("id").primaryKey(),
  organizationUserId: text("organization_user_id").notNull().unique()
    .references(() => organizationUser.id, { onDelete: "cascade" }),
  organizationId: organizationReference().notNull().unique()
    .references(() => organization.id, { onDelete: "cascade" }),
  ...stamps(),
});

/** How a member's identity was established in one organization. */
export const registeredUser = sqliteTable("registered_user", {
  id: text("id").primaryKey(),
  userId: text("user_id").notNull().references(() => user.id, { onDelete: "cascade" }),
  organizationId: organizationReference().notNull()
    .references(() => organization.id, { onDelete: "cascade" }),
  method: text("method").notNull().default(""),
  isVerified: flag("is_verified").notNull().default(false),
  modified: instant("modified").notNull(),
}, (table) => [uniqueIndex("registered_user_member").on(table.userId, table.organizationId)]);

/** Named sets of permissions for staff, such as `Operator` and `Administrator`. */
export const permissionGroup = sqliteTable("permission_group", {
  id: integer("id").primaryKey({ autoIncrement: true }),
  name: text("name").notNull().unique(),
  /** Codenames, such as `view_radiusaccounting`. */
  permissions: text("permissions", { mode: "json" }).$type<readonly string[]>().notNull(),
});

export const userPermissionGroup = sqliteTable("user_permission_group", {
  userId: text("user_id").notNull().references(() => user.id, { onDelete: "cascade" }),
  groupId: integer("group_id").notNull().references(() => permissionGroup.id, { onDelete: "cascade" }),
}, (table) => [primaryKey({ columns: [table.userId, table.groupId] })]);

/** One key per user, wherever it is a member: HMAC(server key, `api` ‖ user ‖ nonce). */
export const apiToken = sqliteTable("api_token", {
  userId: text("user_id").primaryKey().references(() => user.id, { onDelete: "cascade" }),
  nonce: text("nonce").notNull(),
  /** HMAC of the key, by which a presented key is found. */
  lookup: text("lookup").notNull().unique(),
  created: instant("created").notNull(),
});
