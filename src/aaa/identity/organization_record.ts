import { eq, type SQL } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { given, prepared } from "../../storage/prepared.ts";
import { organization, organizationRadiusSettings } from "../../storage/schema/organizations.ts";
import { type IpNetwork, parseIpNetwork } from "../../values/ip_address.ts";
import { OrganizationId } from "../../values/organization_id.ts";
import type { FieldRule } from "../setting_values.ts";
import type { Settings } from "../settings.ts";
import * as v from "valibot";

type OrganizationRow = typeof organization.$inferSelect;
type SettingsRow = typeof organizationRadiusSettings.$inferSelect;

/** A field of a person that sign-up may ask for, in the order in which its absence is noticed. */
export const PROFILE_FIELDS = ["first_name", "last_name", "location", "birth_date"] as const;
export type ProfileField = typeof PROFILE_FIELDS[number];

/** An entry of an allowed-hosts list: what it says, and null when it cannot be read. */
export interface AllowedHost {
  readonly text: string;
  readonly network: IpNetwork | null;
}

/** An organization and its settings, those it leaves open taken from the installation's. */
export interface OrganizationRecord {
  readonly id: OrganizationId;
  readonly slug: string;
  readonly name: string;
  readonly isActive: boolean;
  /** Null without a settings row: then there are no credentials for its NASes. */
  readonly token: string | null;
  readonly allowedHosts: readonly AllowedHost[];
  readonly timeZone: string;
  readonly needsIdentityVerification: boolean;
  readonly macAddrRoamingEnabled: boolean;
  readonly gigawordsReplies: boolean;
  /** False without a settings row: everything follows the installation, and nobody can join. */
  readonly hasSettings: boolean;
  /** Guests may sign up, and join with an account that they have elsewhere. */
  readonly registrationEnabled: boolean;
  /** Where guests log in: what links lead to. */
  readonly loginUrl: string | null;
  /** Where passwords are reset, with `{uid}` and `{token}`; null follows the installation. */
  readonly passwordResetUrl: string | null;
  /** Links that log in without a password are made and taken. */
  readonly magicLinksEnabled: boolean;
  /** Users are told by mail that a session began. */
  readonly sessionMailEnabled: boolean;
  /** Telephone numbers are verified by a code. */
  readonly smsVerification: boolean;
  /** Whom the codes are from; null for the gateway's own. */
  readonly smsSender: string | null;
  /** With `{code}`, perhaps `{organization}`. */
  readonly smsMessage: string;
  readonly smsCooldownSeconds: number;
  /** Handed to gateways that can use it. */
  readonly smsMetaData: Readonly<Record<string, unknown>> | null;
  /** Its text messages go another way than the installation's. */
  readonly hasSmsGateway: boolean;
  /** Calling codes such as `+39`; empty for all countries. */
  readonly allowedMobilePrefixes: readonly string[];
  /** Registration methods that guests may name. */
  readonly registrationMethods: readonly string[];
  /** Which fields of a person sign-up asks for. */
  readonly profileFields: Readonly<Record<ProfileField, FieldRule>>;
}

const readOrganization = (where: SQL) =>
  prepared((handle) =>
    handle.select().from(organization)
      .leftJoin(organizationRadiusSettings, eq(organizationRadiusSettings.organizationId, organization.id))
      .where(where).prepare()
  );
const byId = readOrganization(eq(organization.id, given("key")));
const bySlug = readOrganization(eq(organization.slug, given("key")));

/** Null for an unknown organization and for a text that is no UUID. */
export function findOrganization(
  db: Database,
  settings: Settings,
  id: string,
  now: Date,
): Promise<OrganizationRecord | null> {
  const parsed = v.safeParse(OrganizationId, id);
  return parsed.success ? load(db, settings, byId, "id", parsed.output, now) : Promise.resolve(null);
}

export async function findOrganizationBySlug(
  db: Database,
  settings: Settings,
  slug: string,
  now: Date,
): Promise<OrganizationRecord | null> {
  return await load(db, settings, bySlug, "slug", slug, now);
}

function load(
  db: Database,
  settings: Settings,
  query: typeof byId,
  by: "id" | "slug",
  key: string,
  now: Date,
) {
  return db.cache.read(`organization by ${by} ${key}`, now, async () => {
    const [row] = await query(db.directory).all({ key });
    return row ? toRecord(row.organization, row.organization_radius_settings, settings) : null;
  });
}

function toRecord(row: OrganizationRow, own: SettingsRow | null, settings: Settings): OrganizationRecord {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    isActive: row.isActive,
    token: own?.token ?? null,
    allowedHosts: parseAllowedHosts(
      own?.freeradiusAllowedHosts ? own.freeradiusAllowedHosts.split(",") : settings.freeradiusAllowedHosts,
    ),
    timeZone: own?.timeZone ?? settings.timeZone,
    needsIdentityVerification: own?.needsIdentityVerification ?? settings.needsIdentityVerification,
    macAddrRoamingEnabled: own?.macAddrRoamingEnabled ?? settings.macAddrRoamingEnabled,
    gigawordsReplies: own?.gigawordsReplies ?? false,
    hasSettings: own !== null,
    registrationEnabled: own?.registrationEnabled ?? settings.registrationApiEnabled,
    loginUrl: own?.loginUrl || null,
    passwordResetUrl: own?.passwordResetUrl || null,
    magicLinksEnabled: own?.magicLinksEnabled ?? settings.magicLinksEnabled,
    sessionMailEnabled: own?.sessionMailEnabled ?? settings.sessionMailEnabled,
    smsVerification: own?.smsVerification ?? settings.smsVerificationEnabled,
    smsSender: own?.smsSender ?? null,
    smsMessage: own?.smsMessage ?? settings.smsMessageTemplate,
    smsCooldownSeconds: own?.smsCooldown ?? settings.smsCooldown,
    // Written by `draftSettings()`, from an object.
    smsMetaData: own?.smsMetaData ? JSON.parse(own.smsMetaData) as Record<string, unknown> : null,
    hasSmsGateway: own !== null && own.smsGateway !== null,
    allowedMobilePrefixes: own?.allowedMobilePrefixes
      ? own.allowedMobilePrefixes.split(",")
      : settings.allowedMobilePrefixes,
    registrationMethods: own?.registrationMethods
      // Written by `draftSettings()`.
      ? JSON.parse(own.registrationMethods) as string[]
      : settings.userSettableRegistrationMethods,
    profileFields: profileFields(own, settings),
  };
}

function profileFields(own: SettingsRow | null, { optionalRegistrationFields: common }: Settings) {
  return {
    first_name: own?.firstName ?? common.first_name,
    last_name: own?.lastName ?? common.last_name,
    location: own?.location ?? common.location,
    birth_date: own?.birthDate ?? common.birth_date,
  };
}

export function parseAllowedHosts(texts: readonly string[]): AllowedHost[] {
  return texts.map((text) => ({ text, network: parseIpNetwork(text) }));
}
