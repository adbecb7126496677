import { integer, text } from "drizzle-orm/sqlite-core";
import { customType } from "drizzle-orm/sqlite-core";
import type { OrganizationId } from "../../values/organization_id.ts";
import type { SqlDateTime } from "../../values/sql_date_time.ts";

/** An instant, UTC, `YYYY-MM-DD HH:MM:SS.ffffff`. */
export const instant = (name: string) => text(name).$type<SqlDateTime>();

/** A calendar date, `YYYY-MM-DD`. */
export const date = (name: string) => text(name);

export const flag = (name: string) => integer(name, { mode: "boolean" });

export const organizationReference = () => text("organization_id").$type<OrganizationId>();

/** Moments of the row's creation and last change. */
export const stamps = () => ({
  created: instant("created").notNull(),
  modified: instant("modified").notNull(),
});

/**
 * A count that may pass 2^53 (RFC 2866 octets with Gigawords go to 2^63-1): the driver gives a number while it
 * is safe and a bigint above; TypeScript always sees a bigint.
 */
export const count64 = customType<{ data: bigint; driverData: bigint | number }>({
  dataType: () => "integer",
  fromDriver: (value) => BigInt(value),
  toDriver: (value) => value,
});
