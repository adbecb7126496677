import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { OrganizationId } from "../../values/organization_id.ts";
import { flag, organizationReference, stamps } from "./columns.ts";

/** One tenant. Every other row but a user's belongs to one. */
export const organization = sqliteTable("organization", {
  id: text("id").$type<OrganizationId>().primaryKey(),
  slug: text("slug").notNull().unique(),
  name: text("name").notNull(),
  isActive: flag("is_active").notNull().default(true),
  description: text("description").notNull().default(""),
  email: text("email").notNull().default(""),
  url: text("url").notNull().default(""),
  ...stamps(),
});

type FieldRule = "disabled" | "allowed" | "mandatory";

/** An organization's RADIUS settings; null follows the global setting of the same name. */
export const organizationRadiusSettings = sqliteTable("organization_radius_settings", {
  organizationId: organizationReference().primaryKey()
    .references(() => organization.id, { onDelete: "cascade" }),
  token: text("token").notNull(),
  smsVerification: flag("sms_verification"),
  needsIdentityVerification: flag("needs_identity_verification"),
  smsSender: text("sms_sender"),
  smsMessage: text("sms_message"),
  smsCooldown: integer("sms_cooldown"),
  smsMetaData: text("sms_meta_data"),
  /** AES-256-GCM, base64: where this organization's text messages go, with its credentials there, as JSON. */
  smsGateway: text("sms_gateway"),
  freeradiusAllowedHosts: text("freeradius_allowed_hosts"),
  coaEnabled: flag("coa_enabled"),
  allowedMobilePrefixes: text("allowed_mobile_prefixes"),
  firstName: text("first_name").$type<FieldRule>(),
  lastName: text("last_name").$type<FieldRule>(),
  location: text("location").$type<FieldRule>(),
  birthDate: text("birth_date").$type<FieldRule>(),
  registrationEnabled: flag("registration_enabled"),
  /** A JSON list: those that guests may name. */
  registrationMethods: text("registration_methods"),
  samlRegistrationEnabled: flag("saml_registration_enabled"),
  socialRegistrationEnabled: flag("social_registration_enabled"),
  macAddrRoamingEnabled: flag("mac_addr_roaming_enabled"),
  loginUrl: text("login_url"),
  statusUrl: text("status_url"),
  passwordResetUrl: text("password_reset_url"),
  gigawordsReplies: flag("gigawords_replies"),
  magicLinksEnabled: flag("magic_links_enabled"),
  sessionMailEnabled: flag("session_mail_enabled"),
  timeZone: text("time_zone"),
  ...stamps(),
});

/** A NAS or a network of them; `nasname` is an address or a CIDR. */
export const nas = sqliteTable("nas", {
  id: text("id").primaryKey(),
  nasname: text("nasname").notNull(),
  shortname: text("shortname").notNull(),
  type: text("type").notNull().default("other"),
  ports: integer("ports"),
  secret: text("secret").notNull(),
  server: text("server"),
  community: text("community"),
  description: text("description"),
  organizationId: organizationReference().notNull()
    .references(() => organization.id, { onDelete: "cascade" }),
  ...stamps(),
}, (table) => [
  index("nas_nasname").on(table.nasname),
  uniqueIndex("nas_organization_nasname").on(table.organizationId, table.nasname),
]);
