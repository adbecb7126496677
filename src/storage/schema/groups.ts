import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { sql } from "drizzle-orm";
import { date, flag, organizationReference, stamps } from "./columns.ts";
import { organization } from "./organizations.ts";
import { user } from "./users.ts";

/** A set of checks and replies that an organization's members share. */
export const radiusGroup = sqliteTable("radius_group", {
  id: text("id").primaryKey(),
  /** Stored as `<slug>-<name>`. */
  name: text("name").notNull().unique(),
  description: text("description"),
  isDefault: flag("default").notNull().default(false),
  organizationId: organizationReference().notNull()
    .references(() => organization.id, { onDelete: "cascade" }),
  ...stamps(),
}, (table) => [
  uniqueIndex("radius_group_default").on(table.organizationId).where(sql`"default" = 1`),
  index("radius_group_organization").on(table.organizationId),
]);

const attribute = () => ({
  attribute: text("attribute").notNull(),
  value: text("value").notNull(),
  ...stamps(),
});

export const radgroupcheck = sqliteTable("radgroupcheck", {
  id: text("id").primaryKey(),
  groupname: text("groupname").notNull(),
  op: text("op").notNull().default(":="),
  groupId: text("group_id").references(() => radiusGroup.id, { onDelete: "cascade" }),
  ...attribute(),
}, (table) => [
  index("radgroupcheck_groupname").on(table.groupname),
  index("radgroupcheck_group").on(table.groupId),
]);

export const radgroupreply = sqliteTable("radgroupreply", {
  id: text("id").primaryKey(),
  groupname: text("groupname").notNull(),
  op: text("op").notNull().default("="),
  groupId: text("group_id").references(() => radiusGroup.id, { onDelete: "cascade" }),
  ...attribute(),
}, (table) => [
  index("radgroupreply_groupname").on(table.groupname),
  index("radgroupreply_group").on(table.groupId),
]);

export const radusergroup = sqliteTable("radusergroup", {
  id: text("id").primaryKey(),
  username: text("username").notNull(),
  groupname: text("groupname").notNull(),
  /** The lowest number wins. */
  priority: integer("priority").notNull().default(1),
  userId: text("user_id").references(() => user.id, { onDelete: "cascade" }),
  groupId: text("group_id").references(() => radiusGroup.id, { onDelete: "cascade" }),
  ...stamps(),
}, (table) => [
  uniqueIndex("radusergroup_user_group").on(table.userId, table.groupId),
  index("radusergroup_username").on(table.username),
  index("radusergroup_group").on(table.groupId),
]);

export const radcheck = sqliteTable("radcheck", {
  id: text("id").primaryKey(),
  username: text("username").notNull(),
  op: text("op").notNull().default(":="),
  userId: text("user_id").references(() => user.id, { onDelete: "cascade" }),
  organizationId: organizationReference().notNull()
    .references(() => organization.id, { onDelete: "cascade" }),
  ...attribute(),
}, (table) => [
  index("radcheck_username").on(table.username),
  uniqueIndex("radcheck_user_attribute").on(table.userId, table.attribute, table.organizationId),
]);

export const radreply = sqliteTable("radreply", {
  id: text("id").primaryKey(),
  username: text("username").notNull(),
  op: text("op").notNull().default("="),
  userId: text("user_id").references(() => user.id, { onDelete: "cascade" }),
  organizationId: organizationReference().notNull()
    .references(() => organization.id, { onDelete: "cascade" }),
  ...attribute(),
}, (table) => [
  index("radreply_username").on(table.username),
  uniqueIndex("radreply_user_attribute").on(table.userId, table.attribute, table.organizationId),
]);

/** Users made together, by a prefix or from a CSV file. */
export const radbatch = sqliteTable("radbatch", {
  id: text("id").primaryKey(),
  organizationId: organizationReference().notNull()
    .references(() => organization.id, { onDelete: "cascade" }),
  strategy: text("strategy", { enum: ["prefix", "csv"] }).notNull(),
  status: text("status", { enum: ["pending", "processing", "completed", "failed"] }).notNull(),
  name: text("name").notNull(),
  prefix: text("prefix"),
  /** Path below the organization's private files. */
  csvfile: text("csvfile"),
  /** Name and clear password of each user of a prefix batch. */
  userCredentials: text("user_credentials", { mode: "json" }).$type<readonly (readonly [string, string])[]>(),
  expirationDate: date("expiration_date"),
  groupId: text("group_id").references(() => radiusGroup.id, { onDelete: "set null" }),
  notes: text("notes").notNull().default(""),
  ...stamps(),
}, (table) => [uniqueIndex("radbatch_organization_name").on(table.organizationId, table.name)]);

export const radbatchUser = sqliteTable("radbatch_users", {
  batchId: text("radiusbatch_id").notNull().references(() => radbatch.id, { onDelete: "cascade" }),
  userId: text("user_id").notNull().references(() => user.id, { onDelete: "cascade" }),
}, (table) => [uniqueIndex("radbatch_users_pair").on(table.batchId, table.userId)]);
