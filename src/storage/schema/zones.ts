import { sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { flag, organizationReference, stamps } from "./columns.ts";
import { organization } from "./organizations.ts";

/** A network of guests behind this box, or one that is only thought (gate `none`). */
export const zone = sqliteTable("zone", {
  id: text("id").primaryKey(),
  organizationId: organizationReference().notNull()
    .references(() => organization.id, { onDelete: "cascade" }),
  name: text("name").notNull(),
  isActive: flag("is_active").notNull().default(true),
  /** What its owner set, as `ZoneEntry` takes it; what is absent has its default. */
  options: text("options", { mode: "json" }).$type<Readonly<Record<string, unknown>>>().notNull(),
  ...stamps(),
}, (table) => [uniqueIndex("zone_organization_name").on(table.organizationId, table.name)]);
