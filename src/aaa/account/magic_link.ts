import type { InStatement } from "@libsql/client";
import { and, eq, gt } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { builder, compiled, given } from "../../storage/prepared.ts";
import { magicLink } from "../../storage/schema/state.ts";
import { toHex } from "../../values/hex.ts";
import { toSqlDateTime } from "../../values/sql_date_time.ts";
import { newRadiusKey } from "../credentials/radius_key.ts";
import type { Keyring } from "../credentials/radius_token.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import type { Settings } from "../settings.ts";
import { type Account, findAccount } from "./account.ts";

interface Context extends Keyring {
  readonly db: Database;
  readonly settings: Settings;
}

/** A link that logs its owner in, and the row that makes it good. */
export interface MagicLink {
  readonly url: string;
  readonly expiresAt: Date;
  /** To be run on `db.state` before the link is given out. */
  readonly insert: InStatement;
}

const TOKEN_FORM = /^[A-Za-z0-9]{40}$/;

const insert = compiled(
  builder.insert(magicLink).values({
    token: given("token"),
    userId: given("userId"),
    organizationId: given("organizationId"),
    passwordMark: given("passwordMark"),
    expiresAt: given("expiresAt"),
  }),
);
const take = compiled(
  builder.delete(magicLink).where(and(
    eq(magicLink.token, given("token")),
    eq(magicLink.organizationId, given("organizationId")),
    gt(magicLink.expiresAt, given("now")),
  )).returning({ userId: magicLink.userId, passwordMark: magicLink.passwordMark }),
);

/**
 * Makes a link that logs a member in once, in this organization, for a short time, and as long as the password stays
 * what it is (radius-api 10.5). Null where the organization has no page to log in at or does not want such links, and
 * for somebody who is no member.
 */
export function createMagicLink(
  { crypto, serverKey, settings }: Omit<Context, "db">,
  organization: OrganizationRecord,
  account: Account,
  now: Date,
): MagicLink | null {
  const { loginUrl, magicLinksEnabled } = organization;
  if (!loginUrl || !magicLinksEnabled || !account.isMember) return null;
  const token = newRadiusKey(crypto);
  const url = new URL(loginUrl);
  url.searchParams.set(settings.sesameTokenName, token);
  const expiresAt = new Date(now.getTime() + settings.sesameMaxAge * 1000);
  return {
    url: url.href,
    expiresAt,
    insert: insert({
      token: hashToken({ crypto, serverKey }, token),
      userId: account.id,
      organizationId: organization.id,
      passwordMark: passwordMark({ crypto, serverKey }, account),
      expiresAt: toSqlDateTime(expiresAt),
    }),
  };
}

/**
 * Whose link it was: it is good for nothing from now on. Null when it was used or has expired, belongs to another
 * organization, or the password was changed since.
 */
export async function takeMagicLink(
  context: Context,
  organization: OrganizationRecord,
  token: string,
  now: Date,
): Promise<Account | null> {
  if (!organization.magicLinksEnabled || !TOKEN_FORM.test(token)) return null;
  const { db } = context;
  const [taken] = await db.state.$client.batch([
    take({ token: hashToken(context, token), organizationId: organization.id, now: toSqlDateTime(now) }),
  ], "write");
  const [row] = taken?.rows ?? [];
  const account = row && await findAccount(db, organization, String(row[0]));
  return account && passwordMark(context, account) === row[1] ? account : null;
}

function hashToken({ crypto, serverKey }: Keyring, token: string): string {
  return toHex(crypto.hmacSha256(serverKey, `magic link ${token}`));
}

function passwordMark({ crypto, serverKey }: Keyring, { password }: Account): string {
  return toHex(crypto.hmacSha256(serverKey, `password mark ${password}`));
}
