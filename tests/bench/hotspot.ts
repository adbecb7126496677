import { DatabaseSync } from "node:sqlite";
import { newApiToken } from "../../src/aaa/account/api_token.ts";
import { hashRadiusKey } from "../../src/aaa/credentials/radius_token.ts";
import { hashPassword } from "../../src/aaa/credentials/password_hash.ts";
import { nativeCrypto } from "../../src/runtime/crypto.ts";
import { keyFromSecret } from "../../src/runtime/secret_key.ts";
import { toSqlDateTime } from "../../src/values/sql_date_time.ts";
import { BUN, ownEnvironment, type Program, ROOT, startProgram } from "./programs.ts";

const SLUG = "bench";
const SECRET_KEY = "secret-key-of-the-benchmarks-and-of-no-installation";
export const PASSWORD = "correct horse battery staple";

/** A data folder with one organization, whose default group has its two counters, and its users. */
export interface Hotspot {
  readonly folder: string;
  readonly databaseFile: string;
  readonly organizationId: string;
  /** What its NASes send. */
  readonly headers: Readonly<Record<string, string>>;
  readonly users: readonly User[];
}

export interface User {
  readonly id: string;
  readonly username: string;
}

/** Fills a new data folder, through the command line. All users have the same password. */
export async function makeHotspot(folder: string, userCount: number): Promise<Hotspot> {
  const crypto = nativeCrypto();
  // One hash for all: computing a thousand of them would take a minute.
  const passwordHash = await hashPassword(crypto, PASSWORD);
  await crypto.close();
  const users = Array.from({ length: userCount }, (_, i) => ({
    username: `guest${`${i}`.padStart(4, "0")}`,
    email: `guest${i}@example.org`,
    password_hash: passwordHash,
    organizations: [SLUG],
  }));
  const setup = { organizations: [{ slug: SLUG, name: "Benchmark" }], users };
  const { [SLUG]: bench } = await applySetup(folder, setup);
  if (!bench) throw new Error("apply named no organization");
  const databaseFile = `${folder}/portico.db`;
  using database = new DatabaseSync(databaseFile);
  // The query's own columns.
  const rows = database.prepare("select id, username from user order by username").all() as unknown as User[];
  const headers = {
    Authorization: `Bearer ${bench.id} ${bench.radius_token}`,
    "Content-Type": "application/json",
  };
  return {
    folder,
    databaseFile,
    organizationId: bench.id,
    headers,
    users: rows.map(({ id, username }) => ({ id, username })),
  };
}

async function applySetup(
  folder: string,
  setup: unknown,
): Promise<Record<string, { id: string; radius_token: string }>> {
  const file = `${folder}.setup.json`;
  await Deno.writeTextFile(file, JSON.stringify(setup));
  const { success, stdout, stderr } = await new Deno.Command(BUN, {
    args: [`${ROOT}src/main.ts`, "apply", file, "--data", folder],
    env: { ...ownEnvironment(), PORTICO_SECRET_KEY: SECRET_KEY },
    clearEnv: true,
  }).output();
  await Deno.remove(file);
  if (!success) throw new Error(`portico apply: ${new TextDecoder().decode(stderr)}`);
  // What `apply` prints is part of its contract.
  return JSON.parse(new TextDecoder().decode(stdout)) as Record<string, { id: string; radius_token: string }>;
}

/** Portico from its source on Bun. */
export async function servePortico(
  hotspot: Hotspot,
  options: {
    readonly name: string;
    readonly environment?: Readonly<Record<string, string>>;
    readonly cores?: string;
  },
): Promise<Program> {
  return await startProgram({
    ...options,
    command: [BUN, `${ROOT}src/main.ts`, "serve", "--data", hotspot.folder],
    environment: { PORTICO_SECRET_KEY: SECRET_KEY, ...options.environment },
    logFile: `${hotspot.folder}.log`,
  });
}

/**
 * Gives out RADIUS keys that are good for log-ins, to each user in turn; returned in that order. The log-in that would
 * give out one takes a password hash.
 *
 * @param first tells one set of keys from the next.
 */
export function giveOutKeys(
  { databaseFile, organizationId, users }: Hotspot,
  first: number,
  count: number,
): string[] {
  const keyring = { crypto: nativeCrypto(), serverKey: keyFromSecret(SECRET_KEY) };
  const keys = Array.from({ length: count }, (_, i) => `key${`${first + i}`.padStart(37, "0")}`);
  using database = new DatabaseSync(databaseFile);
  database.exec("pragma busy_timeout = 10000; begin immediate");
  const insert = database.prepare(
    "insert into radiustoken (key, user_id, organization_id, can_auth, password_based, created) values (?, ?, ?, 1, 1, ?)",
  );
  const created = toSqlDateTime(new Date());
  keys.forEach((key, i) => {
    insert.run(hashRadiusKey(keyring, key), users[i % users.length]?.id ?? "", organizationId, created);
  });
  database.exec("commit");
  return keys;
}

/** Makes an API key for each user; returned in the users' order. */
export function giveOutApiKeys({ databaseFile, users }: Pick<Hotspot, "databaseFile" | "users">): string[] {
  const keyring = { crypto: nativeCrypto(), serverKey: keyFromSecret(SECRET_KEY) };
  using database = new DatabaseSync(databaseFile);
  database.exec("pragma busy_timeout = 10000; begin immediate");
  const keys = users.map(({ id }) => {
    const { key, insert } = newApiToken(keyring, id, new Date());
    // What `compiled()` makes: its arguments are texts here.
    const { sql, args } = insert as { readonly sql: string; readonly args: readonly string[] };
    database.prepare(sql).run(...args);
    return key;
  });
  database.exec("commit");
  return keys;
}

/** An endpoint of the organization's account API: `accountUrl(program, "token/")`. */
export function accountUrl({ url }: Program, endpoint: string): string {
  return `${url}/api/v1/radius/organization/${SLUG}/account/${endpoint}`;
}

/** Charges every user with something today: counters that find a row read it. */
export function chargeToday({ databaseFile, organizationId, users }: Hotspot): void {
  using database = new DatabaseSync(databaseFile);
  database.exec("pragma busy_timeout = 10000; begin immediate");
  const insert = database.prepare(
    `insert into usage_latest select ?, ?, ?, value, 60, 1000, 5000 from installation where name = 'node_id'`,
  );
  const today = toSqlDateTime(new Date()).slice(0, 10);
  for (const { id } of users) insert.run(organizationId, id, today);
  database.exec("commit");
}

/** How many log-ins were refused so far: their answers look like those to accepted ones, but for the body. */
export function countRefusals({ databaseFile }: Hotspot): number {
  using database = new DatabaseSync(databaseFile, { readOnly: true });
  return Number(database.prepare("select count(*) as n from access_refusal").get()?.n);
}
