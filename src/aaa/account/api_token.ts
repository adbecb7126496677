import type { InStatement } from "@libsql/client";
import { eq } from "drizzle-orm";
import { changeDirectory, type Database } from "../../storage/database.ts";
import { builder, compiled, given, query } from "../../storage/prepared.ts";
import { apiToken } from "../../storage/schema/users.ts";
import { toHex } from "../../values/hex.ts";
import { toSqlDateTime } from "../../values/sql_date_time.ts";
import { newApiNonce } from "../credentials/radius_key.ts";
import type { Keyring } from "../credentials/radius_token.ts";

const KEY_FORM = /^[0-9a-f]{40}$/;
const KEY_DIGITS = 40;

/** A key, and the row that makes it good. */
export interface NewApiToken {
  /** 40 lower-case hex digits. */
  readonly key: string;
  /** To be run with the statement that makes the user, or after it. */
  readonly insert: InStatement;
}

const nonceFields = { nonce: apiToken.nonce };
const nonceOf = query(
  nonceFields,
  builder.select(nonceFields).from(apiToken).where(eq(apiToken.userId, given("userId"))),
);
const insert = compiled(
  builder.insert(apiToken).values({
    userId: given("userId"),
    nonce: given("nonce"),
    lookup: given("lookup"),
    created: given("created"),
  }).onConflictDoNothing({ target: apiToken.userId }),
);

/** For a user who has none: one who is being made. */
export function newApiToken(keyring: Keyring, userId: string, now: Date): NewApiToken {
  const nonce = newApiNonce(keyring.crypto);
  const key = keyOf(keyring, userId, nonce);
  const lookup = hashApiKey(keyring, key);
  return { key, insert: insert({ userId, nonce, lookup, created: toSqlDateTime(now) }) };
}

/** The user's one key, made at the first log-in; log-ins at the same moment get the same. */
export async function issueApiToken(
  db: Database,
  keyring: Keyring,
  userId: string,
  now: Date,
): Promise<string> {
  const present = await presentKey(db, keyring, userId);
  if (present) return present;
  await changeDirectory(db, [newApiToken(keyring, userId, now).insert]);
  const key = await presentKey(db, keyring, userId);
  // Somebody else may have been faster, so what is stored counts; the user may be gone altogether.
  if (!key) throw new Error(`Cannot issue an API token: there is no user ${userId}`);
  return key;
}

/** What a key is stored and found as; null for a text that is no key of ours. */
export function lookupOfApiKey(keyring: Keyring, key: string): string | null {
  return KEY_FORM.test(key) ? hashApiKey(keyring, key) : null;
}

async function presentKey(db: Database, keyring: Keyring, userId: string): Promise<string | undefined> {
  const [row] = await nonceOf(db.directory, { userId });
  return row && keyOf(keyring, userId, row.nonce);
}

function keyOf({ crypto, serverKey }: Keyring, userId: string, nonce: string): string {
  return toHex(crypto.hmacSha256(serverKey, `api ${userId} ${nonce}`)).slice(0, KEY_DIGITS);
}

function hashApiKey({ crypto, serverKey }: Keyring, key: string): string {
  return toHex(crypto.hmacSha256(serverKey, `api key ${key}`));
}
