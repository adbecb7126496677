import { and, eq, type SQL } from "drizzle-orm";
import * as v from "valibot";
import { DomainError } from "../../errors.ts";
import type { Database } from "../../storage/database.ts";
import { organization, zone } from "../../storage/schema/mod.ts";
import type { OrganizationId } from "../../values/organization_id.ts";
import { ZoneOptions } from "./zone_options.ts";

/** A zone as the controller uses it: every option has its value. */
export interface Zone {
  /** A UUID. */
  readonly id: string;
  readonly organizationId: OrganizationId;
  readonly organizationSlug: string;
  /** Unique in its organization: letters, digits, `-` and `_`. */
  readonly name: string;
  readonly gate: "nftables" | "none";
  readonly options: ZoneOptions;
}

/** A zone as an operator sees it. */
export interface StoredZone extends Zone {
  readonly isActive: boolean;
}

/**
 * The zones that this box serves: active ones of active organizations, the oldest first, as the database has them now.
 *
 * @throws {DomainError} invalid_input for an option, stored by another version, that this one does not take.
 */
export async function listZones(db: Database): Promise<Zone[]> {
  const zones = await read(db, and(eq(zone.isActive, true), eq(organization.isActive, true)));
  return zones.map(({ isActive: _, ...served }) => served);
}

/** All of them, those too that are switched off, the oldest first. */
export async function listStoredZones(db: Database): Promise<StoredZone[]> {
  return await read(db);
}

/** Options as they are stored, with the defaults of those that are absent. */
export function withDefaults(
  name: string,
  stored: Readonly<Record<string, unknown>>,
): Pick<Zone, "gate" | "options"> {
  const parsed = v.safeParse(ZoneOptions, stored, { abortEarly: true });
  if (!parsed.success) {
    const [{ path, message }] = parsed.issues;
    const place = path?.map(({ key }) => String(key)).join(".");
    throw new DomainError("invalid_input", `The zone "${name}" cannot be used: ${place}: ${message}`);
  }
  const { output: options } = parsed;
  return { gate: options.gate || (options.interface.length ? "nftables" : "none"), options };
}

/**
 * Finds a zone by its name, or by `organization/name` where several organizations have one of that name.
 *
 * @param slug of the organization, when that is known already.
 * @throws {DomainError} not_found; invalid_input when several have the name.
 */
export function findZone<Z extends Zone>(zones: readonly Z[], reference: string, slug?: string): Z {
  const found = zones.filter(({ name, organizationSlug }) =>
    [name, `${organizationSlug}/${name}`].includes(reference) &&
    (slug === undefined || slug === organizationSlug)
  );
  const [only, ...more] = found;
  if (!only) {
    throw new DomainError(
      "not_found",
      `There is no zone "${reference}"${slug === undefined ? "" : ` in "${slug}"`}`,
    );
  }
  if (!more.length) return only;
  const names = found.map(({ name, organizationSlug }) => `${organizationSlug}/${name}`).join(", ");
  throw new DomainError("invalid_input", `Several zones have the name "${reference}": say which of ${names}`);
}

async function read(db: Database, which?: SQL): Promise<StoredZone[]> {
  const rows = await db.directory.select({
    id: zone.id,
    organizationId: zone.organizationId,
    organizationSlug: organization.slug,
    name: zone.name,
    isActive: zone.isActive,
    stored: zone.options,
  }).from(zone).innerJoin(organization, eq(organization.id, zone.organizationId))
    // Identifiers sort by the time they were made.
    .where(which).orderBy(zone.id);
  return rows.map(({ stored, ...row }) => ({ ...row, ...withDefaults(row.name, stored) }));
}
