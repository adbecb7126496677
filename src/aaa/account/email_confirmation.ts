import { and, eq, sql } from "drizzle-orm";
import { changeDirectory, type Database } from "../../storage/database.ts";
import { builder, compiled, given, query } from "../../storage/prepared.ts";
import { organization, organizationRadiusSettings } from "../../storage/schema/organizations.ts";
import { emailAddress, registeredUser, user } from "../../storage/schema/users.ts";
import type { OrganizationId } from "../../values/organization_id.ts";
import { toHex } from "../../values/hex.ts";
import { toSqlDateTime } from "../../values/sql_date_time.ts";
import type { Keyring } from "../credentials/radius_token.ts";

/** User, organization, when it ends (seconds since 1970 to base 36), and 160 bits of an HMAC. */
const TOKEN = /^([0-9a-f]{32})([0-9a-f]{32})-([0-9a-z]{1,9})-([0-9a-f]{40})$/;
const UUID = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/;
const PROOF_DIGITS = 40;

type ConfirmationContext = Keyring & { readonly db: Database };

/** Whose address it is, and at which organization it was given. */
export interface AddressOwner {
  readonly userId: string;
  readonly organizationId: string;
  /** `foldCase()` of the address. */
  readonly emailKey: string;
}

/** What a link is about. */
export interface Confirmable {
  readonly user: { readonly id: string; readonly username: string; readonly email: string };
  readonly organization: {
    readonly id: OrganizationId;
    readonly name: string;
    readonly loginUrl: string | null;
  };
}

export type Confirmation =
  | { readonly kind: "open"; readonly about: Confirmable }
  /** The link did its work, or another one did. */
  | { readonly kind: "done"; readonly about: Confirmable }
  | { readonly kind: "expired"; readonly about: Confirmable }
  /** Not ours, or of an account that has another address by now. */
  | { readonly kind: "unknown" };

const addressFields = {
  id: emailAddress.id,
  email: emailAddress.email,
  emailKey: emailAddress.emailKey,
  verified: emailAddress.verified,
  accountKey: user.emailKey,
  username: user.username,
};
const addressesOf = query(
  addressFields,
  builder.select(addressFields).from(emailAddress).innerJoin(user, eq(user.id, emailAddress.userId))
    .where(eq(emailAddress.userId, given("userId"))),
);
const organizationFields = {
  id: organization.id,
  name: organization.name,
  loginUrl: organizationRadiusSettings.loginUrl,
};
const organizationOf = query(
  organizationFields,
  builder.select(organizationFields).from(organization)
    .leftJoin(organizationRadiusSettings, eq(organizationRadiusSettings.organizationId, organization.id))
    .where(eq(organization.id, given("organizationId"))),
);
const recordFields = { method: registeredUser.method };
const openRecordsOf = query(
  recordFields,
  builder.select(recordFields).from(registeredUser).where(and(
    eq(registeredUser.userId, given("userId")),
    eq(registeredUser.method, "email"),
    eq(registeredUser.isVerified, false),
  )),
);
const verifyAddress = compiled(
  builder.update(emailAddress).set({ verified: true }).where(eq(emailAddress.id, given("addressId"))),
);
const verifyRecords = compiled(
  builder.update(registeredUser).set({ isVerified: true, modified: sql`${given("now")}` }).where(and(
    eq(registeredUser.userId, given("userId")),
    eq(registeredUser.method, "email"),
    eq(registeredUser.isVerified, false),
  )),
);

/**
 * What the link in a confirmation mail carries: letters, digits and two `-`. Nothing is stored for it; it is good for one
 * address of one account until it ends, and confirms nothing twice.
 */
export function newConfirmationToken(keyring: Keyring, owner: AddressOwner, endsAt: Date): string {
  const seconds = Math.floor(endsAt.getTime() / 1000).toString(36);
  const ids = `${owner.userId}${owner.organizationId}`.replaceAll("-", "");
  return `${ids}-${seconds}-${proofOf(keyring, owner, seconds)}`;
}

/** What a link would do now. */
export async function readConfirmation(
  context: ConfirmationContext,
  token: string,
  now: Date,
): Promise<Confirmation> {
  const found = await find(context, token);
  return found ? stateOf(found, now) : { kind: "unknown" };
}

/**
 * Notes that whoever has the link reads the address. Where the account is registered by the method `email`, its identity
 * is verified with that, as long as the address is the account's own.
 */
export async function confirmEmail(
  context: ConfirmationContext,
  token: string,
  now: Date,
): Promise<Confirmation> {
  const found = await find(context, token);
  if (!found) return { kind: "unknown" };
  const state = stateOf(found, now);
  if (state.kind !== "open") {
    // A second click at the same moment: what the first one stored may still be on its way to the disk.
    if (state.kind === "done") await context.db.directory.$client.sync();
    return state;
  }
  await changeDirectory(context.db, [
    verifyAddress({ addressId: found.addressId }),
    ...(found.isAccounts ? [verifyRecords({ userId: found.about.user.id, now: toSqlDateTime(now) })] : []),
  ]);
  return { kind: "done", about: found.about };
}

interface Found {
  readonly about: Confirmable;
  readonly addressId: number;
  /** It is the account's own address, not a further one. */
  readonly isAccounts: boolean;
  /** There is something left to confirm. */
  readonly isOpen: boolean;
  readonly endsAtSeconds: number;
}

function stateOf({ about, isOpen, endsAtSeconds }: Found, now: Date): Confirmation {
  if (!isOpen) return { kind: "done", about };
  return { kind: now.getTime() / 1000 > endsAtSeconds ? "expired" : "open", about };
}

async function find(context: ConfirmationContext, token: string): Promise<Found | null> {
  const [, user = "", organization = "", seconds = "", proof = ""] = TOKEN.exec(token) ?? [];
  if (!proof) return null;
  const [userId, organizationId] = [user, organization].map((id) => id.replace(UUID, "$1-$2-$3-$4-$5"));
  if (!userId || !organizationId) return null;
  const { directory } = context.db;
  const addresses = await addressesOf(directory, { userId });
  const address = addresses.find(({ emailKey }) =>
    isSame(context, proof, proofOf(context, { userId, organizationId, emailKey }, seconds))
  );
  const [place] = address ? await organizationOf(directory, { organizationId }) : [];
  if (!address || !place) return null;
  const { email, username, emailKey, accountKey, verified, id: addressId } = address;
  const isAccounts = emailKey === accountKey;
  return {
    about: { user: { id: userId, username, email }, organization: place },
    addressId,
    isAccounts,
    isOpen: !verified || (isAccounts && (await openRecordsOf(directory, { userId })).length > 0),
    endsAtSeconds: Number.parseInt(seconds, 36),
  };
}

function proofOf({ crypto, serverKey }: Keyring, owner: AddressOwner, seconds: string): string {
  const { userId, organizationId, emailKey } = owner;
  // As JSON, since joined texts could be cut elsewhere and mean another address.
  const message = JSON.stringify(["confirm e-mail", userId, organizationId, emailKey, seconds]);
  return toHex(crypto.hmacSha256(serverKey, message)).slice(0, PROOF_DIGITS);
}

function isSame({ crypto }: Keyring, a: string, b: string): boolean {
  const encoder = new TextEncoder();
  return crypto.equal(encoder.encode(a), encoder.encode(b));
}
