import { and, desc, eq, inArray, isNull } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { builder, given, prepared, query } from "../../storage/prepared.ts";
import { radacct } from "../../storage/schema/ledger.ts";
import { user } from "../../storage/schema/users.ts";
import { DomainError } from "../../errors.ts";
import { foldCase } from "../../values/fold_case.ts";
import { isInNetwork, parseIpAddress } from "../../values/ip_address.ts";
import { isMacAddress, macKey } from "../../values/mac_address.ts";
import { findRadiusToken, findTokensOf, type RadiusToken } from "../credentials/radius_token.ts";
import {
  type AllowedHost,
  findOrganization,
  findOrganizationBySlug,
  type OrganizationRecord,
  parseAllowedHosts,
} from "../identity/organization_record.ts";
import type { Settings } from "../settings.ts";
import type { AccessContext } from "./access_context.ts";
import { identifies, phoneNumbersOf } from "./find_user.ts";

/** What a NAS, or the FreeRADIUS before it, shows of itself. */
export interface NasProof {
  /** The `Authorization` header; it replaces `uuid` and `token`. */
  readonly authorization: string | undefined;
  readonly uuid: string | undefined;
  readonly token: string | undefined;
  readonly username: string;
  /** What came as password: a user's RADIUS key names its organization. */
  readonly password: string;
  readonly statusType: string;
  /** Of an accounting packet: a session that is known says whose it is. */
  readonly uniqueId: string;
  readonly clientAddress: string;
}

declare const proven: unique symbol;

/** What an old django-freeradius installation shows of itself: one token for everything. */
export interface LegacyProof {
  /** The `Authorization` header: `Bearer <token>` takes the place of `token`. */
  readonly authorization: string | undefined;
  readonly token: string | undefined;
  readonly clientAddress: string;
}

/** Who is asking, for which organization; only `authenticateNas()`, `authenticateLegacyNas()` and `ownNas()` make one. */
export interface Nas {
  readonly [proven]: true;
  readonly organization: OrganizationRecord;
  /** The open session of a roaming MAC address: its user is let in without a password. */
  readonly roaming: { readonly username: string; readonly userId: string | null } | null;
}

/** Null: nobody to answer for, without an error (a MAC address that roams nowhere, Accounting-On without credentials). */
export type NasAuthentication = Nas | null;

/**
 * Step 1: which organization is asked for, by its credentials, a roaming MAC address or a user's RADIUS token, and
 * whether the request comes from a host that may ask.
 *
 * @throws {DomainError} `invalid_input` for a header of fewer than three parts, else `forbidden`.
 */
export async function authenticateNas(
  context: AccessContext,
  proof: NasProof,
  now: Date,
): Promise<NasAuthentication> {
  const { uuid, token } = credentialsOf(proof);
  if (uuid || token) {
    const organization = uuid && token
      ? await findOrganization(context.db, context.settings, uuid, now)
      : null;
    return byCredentials(context, proof, organization, token);
  }
  if (proof.statusType === "Accounting-On" || proof.statusType === "Accounting-Off") {
    requireAllowedHost(allowedEverywhere(context.settings), proof.clientAddress);
    return null;
  }
  if (isMacAddress(proof.username)) return await byRoamingMac(context, proof, now);
  return await byUserToken(context, proof, now);
}

const BEARER = /^Bearer (\S+)$/i;

/**
 * Step 1 for the routes of radius-api 16: the one token of the installation stands for its one organization. Nobody
 * roams there, and no user's token speaks for anybody.
 *
 * @throws {DomainError} `forbidden`, also as long as no token is configured.
 */
export async function authenticateLegacyNas(
  { crypto, db, serverKey, settings }: AccessContext,
  { authorization, token, clientAddress }: LegacyProof,
  now: Date,
): Promise<Nas> {
  const sent = BEARER.exec(authorization ?? "")?.[1] ?? token ?? "";
  const expected = settings.legacyApiToken;
  // Hashed first, so that the time does not tell the token's length either.
  const genuine = crypto.equal(crypto.hmacSha256(serverKey, sent), crypto.hmacSha256(serverKey, expected));
  if (!expected || !genuine) throw new DomainError("forbidden", "The API token is missing or not right");
  const organization = await findOrganizationBySlug(db, settings, settings.legacyOrganization, now);
  if (!organization) {
    throw new DomainError("forbidden", "The organization that the API token stands for does not exist");
  }
  requireAllowedHost(organization.allowedHosts, clientAddress);
  return nas(organization, null);
}

function credentialsOf({ authorization, uuid, token }: NasProof) {
  if (authorization === undefined) return { uuid, token };
  const parts = authorization.split(" ");
  if (parts.length < 3) {
    throw new DomainError(
      "invalid_input",
      "Invalid token header: expected Bearer, organization UUID and token",
    );
  }
  return { uuid: parts[1], token: parts[2] };
}

function byCredentials(
  { crypto }: AccessContext,
  proof: NasProof,
  organization: OrganizationRecord | null,
  token: string | undefined,
): Nas {
  if (!token || organization?.token == null || !crypto.equal(octets(organization.token), octets(token))) {
    throw new DomainError("forbidden", "The organization's UUID or token is not right");
  }
  requireAllowedHost(organization.allowedHosts, proof.clientAddress);
  return nas(organization, null);
}

/**
 * Step 1 where the box itself is the NAS: a zone of this installation's own directory says which organization it is,
 * and this process asks itself, so that there is nobody who could prove anything. It understands Gigawords.
 */
export function ownNas(organization: OrganizationRecord): Nas {
  return nas({ ...organization, gigawordsReplies: true }, null);
}

const openSessionsOfStationFields = {
  organizationId: radacct.organizationId,
  username: radacct.username,
  userId: radacct.userId,
};
const openSessionsOfStation = query(
  openSessionsOfStationFields,
  builder.select(openSessionsOfStationFields).from(radacct).where(
    and(eq(radacct.callingMac, given("mac")), isNull(radacct.stoppedAt)),
  )
    .orderBy(desc(radacct.startedAt)).limit(1),
);

async function byRoamingMac(context: AccessContext, proof: NasProof, now: Date): Promise<NasAuthentication> {
  const { db, settings } = context;
  const [session] = await openSessionsOfStation(db.ledger, { mac: macKey(proof.username) });
  const organization = session && await findOrganization(db, settings, session.organizationId, now);
  if (!session?.username || !organization?.macAddrRoamingEnabled) return null;
  requireAllowedHost(organization.allowedHosts, proof.clientAddress);
  return nas(organization, { username: session.username, userId: session.userId });
}

async function byUserToken(context: AccessContext, proof: NasProof, now: Date): Promise<Nas> {
  if (!proof.username) {
    throw new DomainError("forbidden", "The user name is mandatory without organization credentials");
  }
  const token = await tokenOf(context, proof, now);
  const organization = token &&
    await findOrganization(context.db, context.settings, token.organizationId, now);
  if (!organization) {
    // Hosts that may not ask are not told who has a token.
    requireAllowedHost(allowedEverywhere(context.settings), proof.clientAddress);
    throw new DomainError(
      "forbidden",
      "There is no RADIUS token of this user: log in again to get one, or send the organization's credentials",
    );
  }
  requireAllowedHost(organization.allowedHosts, proof.clientAddress);
  return nas(organization, null);
}

const globalHosts = new WeakMap<Settings, readonly AllowedHost[]>();

function allowedEverywhere(settings: Settings): readonly AllowedHost[] {
  const hosts = globalHosts.get(settings) ?? parseAllowedHosts(settings.freeradiusAllowedHosts);
  globalHosts.set(settings, hosts);
  return hosts;
}

/** No user has a longer name, address or number. */
const LONGEST_IDENTIFIER = 255;
const usersNamed = prepared((handle) =>
  handle.select({ id: user.id }).from(user).where(identifies()).prepare()
);
const knownSession = (db: Database, uniqueId: string, tokens: readonly RadiusToken[]) =>
  db.ledger.select({ organizationId: radacct.organizationId }).from(radacct).where(and(
    inArray(radacct.organizationId, tokens.map(({ organizationId }) => organizationId)),
    eq(radacct.uniqueId, uniqueId),
    inArray(radacct.userId, tokens.map(({ userId }) => userId)),
  ));

/** Of the tokens of everybody the name may mean: the known session's, else the one sent as password, else the newest. */
async function tokenOf(context: AccessContext, proof: NasProof, now: Date): Promise<RadiusToken | undefined> {
  const { db, settings } = context;
  const { username, uniqueId, password } = proof;
  if (username.length > LONGEST_IDENTIFIER) return undefined;
  const users = await db.cache.read(`users ${username}`, now, () =>
    usersNamed(db.directory).all({
      identifier: username,
      email: foldCase(username),
      phones: JSON.stringify(phoneNumbersOf(username, settings.authBackendAutoPrefixes)),
      userId: "",
    }));
  const tokens = await findTokensOf(db, users.map(({ id }) => id));
  if (uniqueId && tokens.length > 1) {
    const [session] = await knownSession(db, uniqueId, tokens);
    const owner = tokens.find(({ organizationId }) => organizationId === session?.organizationId);
    if (owner) return owner;
  }
  const sent = password ? await findRadiusToken(db, context, password) : null;
  return tokens.find(({ key }) => key === sent?.key) ?? tokens[0];
}

/** Addresses that a list was found to allow; a list lives as long as the cached organization it belongs to. */
const allowed = new WeakMap<readonly AllowedHost[], Set<string>>();
const MOST_REMEMBERED = 1000;

/** @throws {DomainError} `forbidden` */
function requireAllowedHost(hosts: readonly AllowedHost[], clientAddress: string): void {
  const known = allowed.get(hosts) ?? new Set();
  if (known.has(clientAddress)) return;
  requireListedHost(hosts, clientAddress);
  if (known.size < MOST_REMEMBERED) allowed.set(hosts, known.add(clientAddress));
}

function requireListedHost(hosts: readonly AllowedHost[], clientAddress: string): void {
  const address = parseIpAddress(clientAddress);
  for (const { text, network } of hosts) {
    if (!network) {
      throw new DomainError(
        "forbidden",
        `The list of allowed hosts cannot be used: "${text}" is no address or network`,
      );
    }
    if (address && isInNetwork(address, network)) return;
  }
  throw new DomainError(
    "forbidden",
    `Requests from ${clientAddress} are not allowed: add it to the allowed hosts`,
  );
}

function nas(organization: OrganizationRecord, roaming: Nas["roaming"]): Nas {
  // The one place that makes the brand: every caller has proven itself by now, or is this box.
  return { organization, roaming } as Nas;
}

const encoder = new TextEncoder();
function octets(text: string): Uint8Array {
  return encoder.encode(text);
}
