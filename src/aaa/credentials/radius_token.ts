import type { InStatement } from "@libsql/client";
import { and, desc, eq, inArray, isNull, lt, sql } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { builder, compiled, given, prepared, query } from "../../storage/prepared.ts";
import { radiustoken } from "../../storage/schema/state.ts";
import { encodeBase64 } from "../../values/base64.ts";
import { toHex } from "../../values/hex.ts";
import type { OrganizationId } from "../../values/organization_id.ts";
import { type SqlDateTime, toSqlDateTime } from "../../values/sql_date_time.ts";
import type { Crypto } from "./crypto.ts";
import { newRadiusKey } from "./radius_key.ts";

const KEY_FORM = /^[A-Za-z0-9]{40}$/;
/** A taken key stays good this long for the NAS and station that took it: a lost answer must not become a reject. */
const REPEAT_MILLISECONDS = 30_000;
const UNTAKEN_MILLISECONDS = 5 * 60_000;
const MOST_ALIVE = 5;

export type RadiusToken = Pick<
  typeof radiustoken.$inferSelect,
  "key" | "userId" | "organizationId" | "canAuth" | "passwordBased" | "created" | "takenAt" | "takenBy"
>;

/** The keyring: how keys are hashed and kept. */
export interface Keyring {
  readonly crypto: Crypto;
  readonly serverKey: Uint8Array;
}

const columns = {
  key: radiustoken.key,
  userId: radiustoken.userId,
  organizationId: radiustoken.organizationId,
  canAuth: radiustoken.canAuth,
  passwordBased: radiustoken.passwordBased,
  created: radiustoken.created,
  takenAt: radiustoken.takenAt,
  takenBy: radiustoken.takenBy,
};
const byKey = query(
  columns,
  builder.select(columns).from(radiustoken).where(eq(radiustoken.key, given("key"))),
);
const newestOf = query(
  columns,
  builder.select(columns).from(radiustoken)
    .where(sql`${radiustoken.userId} in (select value from json_each(${given("users")}))`)
    .orderBy(desc(radiustoken.created)),
);
const ofMember = prepared((handle) =>
  handle.select({ ...columns, encryptedKey: radiustoken.encryptedKey }).from(radiustoken)
    .where(and(
      eq(radiustoken.userId, given("userId")),
      eq(radiustoken.organizationId, given("organizationId")),
    )).orderBy(desc(radiustoken.created)).prepare()
);
const take = compiled(
  builder.update(radiustoken).set({
    canAuth: false,
    takenAt: sql`${given("now")}`,
    takenBy: sql`${given("takenBy")}`,
  })
    .where(and(eq(radiustoken.key, given("key")), eq(radiustoken.canAuth, true))),
);
const end = compiled(
  builder.update(radiustoken).set({ canAuth: false, takenBy: null, encryptedKey: null })
    .where(and(
      eq(radiustoken.userId, given("userId")),
      eq(radiustoken.organizationId, given("organizationId")),
      lt(radiustoken.created, given("before")),
    )),
);
const endEverywhere = compiled(
  builder.update(radiustoken).set({ canAuth: false, takenBy: null, encryptedKey: null })
    .where(eq(radiustoken.userId, given("userId"))),
);
const insert = compiled(
  builder.insert(radiustoken).values({
    key: given("key"),
    userId: given("userId"),
    organizationId: given("organizationId"),
    canAuth: given("canAuth"),
    passwordBased: given("passwordBased"),
    created: given("created"),
    encryptedKey: given("encryptedKey"),
  }),
);

/** Whatever was issued at the same moment: no more than the youngest few stay good. */
const keepYoungest = compiled(
  builder.delete(radiustoken).where(and(
    eq(radiustoken.userId, given("userId")),
    eq(radiustoken.organizationId, given("organizationId")),
    isNull(radiustoken.takenAt),
    sql`${radiustoken.key} not in (select key from radiustoken where user_id = ${given("userId")}
      and organization_id = ${given("organizationId")} and taken_at is null
      order by created desc, rowid desc limit ${sql.raw(String(MOST_ALIVE))})`,
  )),
);

/** What a key is stored and found as. */
export function hashRadiusKey({ crypto, serverKey }: Keyring, key: string): string {
  return toHex(crypto.hmacSha256(serverKey, `radius ${key}`));
}

/** The token whose key was sent as password; null when the text is no key of ours. Costs a keyed hash and a read. */
export async function findRadiusToken(
  db: Database,
  keyring: Keyring,
  password: string,
): Promise<RadiusToken | null> {
  if (!KEY_FORM.test(password)) return null;
  const [token] = await byKey(db.state, { key: hashRadiusKey(keyring, password) });
  return token ?? null;
}

/** All tokens of some users, the newest first, whether they may still log in or not. */
export async function findTokensOf(
  db: Database,
  userIds: readonly string[],
): Promise<readonly RadiusToken[]> {
  return userIds.length ? await newestOf(db.state, { users: JSON.stringify(userIds) }) : [];
}

/**
 * A member's tokens whose key can still be read, the newest first: for methods that show no key. At most five are
 * alive; those that were taken less than 30 s ago come beside them.
 */
export async function readRadiusKeys(
  db: Database,
  { crypto, serverKey }: Keyring,
  member: { readonly userId: string; readonly organizationId: OrganizationId },
): Promise<readonly { readonly token: RadiusToken; readonly key: string }[]> {
  const present = await ofMember(db.state).all(member);
  return present.flatMap(({ encryptedKey, ...token }) => {
    const key = encryptedKey ? crypto.decrypt(serverKey, fromBase64(encryptedKey)) : undefined;
    return key ? [{ token, key }] : [];
  });
}

/** Whether a token that was taken may be shown again: by the same station at the same NAS, within 30 s. */
export function isRepetition(token: RadiusToken, takenBy: string | null, now: Date): boolean {
  return takenBy !== null && token.takenBy === takenBy && token.takenAt !== null &&
    token.takenAt >= toSqlDateTime(new Date(now.getTime() - REPEAT_MILLISECONDS));
}

/**
 * Takes a disposable token in one step: of several log-ins at once one wins.
 *
 * @param takenBy the station, or null: without station ids the token is good once.
 */
export async function takeRadiusToken(
  db: Database,
  token: RadiusToken,
  takenBy: string | null,
  now: Date,
): Promise<boolean> {
  const statement = take({ key: token.key, takenBy, now: toSqlDateTime(now) });
  const [result] = await db.state.$client.batch([statement], "write");
  return result?.rowsAffected === 1;
}

/** Ends a user's keys in one organization, those issued before a moment: a late Stop spares a fresh log-in. */
export function endRadiusTokens(
  userId: string,
  organizationId: OrganizationId,
  before: SqlDateTime,
): InStatement {
  return end({ userId, organizationId, before });
}

/** Ends all keys of a user, whatever the organization. */
export function endAllRadiusTokens(userId: string): InStatement {
  return endEverywhere({ userId });
}

/**
 * Gives out a key. Keys of the last five minutes that nobody took stay good beside it, at most five in all, so that
 * a second tab does not spoil a log-in that is on its way.
 *
 * @param options.renew false (tokens are not disposable): the one key there is, as long as it can be shown.
 */
export async function issueRadiusToken(
  db: Database,
  keyring: Keyring,
  member: { readonly userId: string; readonly organizationId: OrganizationId },
  options: { readonly canAuth: boolean; readonly renew: boolean; readonly passwordBased: boolean | null },
  now: Date,
): Promise<string> {
  const present = await ofMember(db.state).all(member);
  if (!options.renew) {
    const reused = await reuse(db, keyring, present[0], options);
    if (reused) return reused;
  }
  const made = newRadiusToken(keyring, member, options, now);
  const outdated = options.renew ? outdatedTokens(present, now) : present;
  const statements = outdated.length ? [removeTokens(outdated)] : [];
  await db.state.$client.batch([...statements, made.insert, keepYoungest(member)], "write");
  return made.key;
}

/** A key, and the row that makes it good: for a user who has none yet, in the batch that makes the user. */
export function newRadiusToken(
  keyring: Keyring,
  member: { readonly userId: string; readonly organizationId: OrganizationId },
  options: { readonly canAuth: boolean; readonly passwordBased: boolean | null },
  now: Date,
): { readonly key: string; readonly insert: InStatement } {
  const key = newRadiusKey(keyring.crypto);
  const row = {
    ...member,
    key: hashRadiusKey(keyring, key),
    canAuth: options.canAuth,
    passwordBased: options.passwordBased,
    created: toSqlDateTime(now),
    encryptedKey: encodeBase64(keyring.crypto.encrypt(keyring.serverKey, key)),
  };
  return { key, insert: insert(row) };
}

async function reuse(
  db: Database,
  { crypto, serverKey }: Keyring,
  token: (RadiusToken & { readonly encryptedKey: string | null }) | undefined,
  options: { readonly canAuth: boolean; readonly passwordBased: boolean | null },
): Promise<string | undefined> {
  if (!token?.encryptedKey) return undefined;
  const key = crypto.decrypt(serverKey, fromBase64(token.encryptedKey));
  if (!key) return undefined;
  const { canAuth, passwordBased } = options;
  await db.state.update(radiustoken).set({ canAuth, passwordBased }).where(eq(radiustoken.key, token.key));
  return key;
}

/** Everything but the youngest untaken keys and what may still be repeated; `present` is newest first. */
function outdatedTokens(present: readonly RadiusToken[], now: Date): RadiusToken[] {
  const youngest = toSqlDateTime(new Date(now.getTime() - UNTAKEN_MILLISECONDS));
  const repeatable = toSqlDateTime(new Date(now.getTime() - REPEAT_MILLISECONDS));
  let alive = 1;
  return present.filter(({ canAuth, created, takenAt }) => {
    if (takenAt !== null) return takenAt < repeatable;
    return !canAuth || created < youngest || ++alive > MOST_ALIVE;
  });
}

function removeTokens(tokens: readonly RadiusToken[]): InStatement {
  const { sql, params } = builder.delete(radiustoken)
    .where(inArray(radiustoken.key, tokens.map(({ key }) => key))).toSQL();
  return { sql, args: params.map(String) };
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
