import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Client } from "@libsql/client";
import { type PasswordVerifier, passwordVerifier } from "../aaa/credentials/password_verifier.ts";
import { type IdentityContext, newId } from "../aaa/identity/identity_context.ts";
import { nodeIdOf, seed } from "../aaa/identity/seed.ts";
import { type Config, type ConfigSources, readConfig } from "../config.ts";
import { DomainError } from "../errors.ts";
import { type NativeCrypto, nativeCrypto } from "../runtime/crypto.ts";
import { openFile } from "../runtime/file_client.ts";
import { openRemote } from "../runtime/remote_client.ts";
import { keyFromSecret, secretFromFile } from "../runtime/secret_key.ts";
import { type Database, venueDatabase } from "../storage/database.ts";
import { migrate } from "../storage/migrate.ts";
import type { World } from "./world.ts";

/** FreeRADIUS waits 4 s for an answer: whoever would wait longer for a hash is told at once. */
const LONGEST_HASH_WAIT_MS = 3_000;

/** An installation's data, opened. */
export interface Installation {
  readonly db: Database;
  readonly crypto: NativeCrypto;
  readonly serverKey: Uint8Array;
  readonly passwords: PasswordVerifier;
  /** @param actor as the audit log names it. */
  identity(now: Date, actor?: string): IdentityContext;
  close(): Promise<void>;
}

/**
 * Opens the data, made at first use: folder, secret key, tables, and what every new installation has.
 *
 * @param touch false leaves no trace where there is no installation yet: what is opened then is forgotten again.
 */
export async function openInstallation(
  config: Config,
  now: Date,
  { touch = true } = {},
): Promise<Installation> {
  const exists = config.databaseUrl !== "" || existsSync(databaseFile(config));
  const { client, secret } = touch || exists
    ? openData(config)
    : { client: openFile(":memory:"), secret: "" };
  const serverKey = keyFromSecret(secret);
  const crypto = nativeCrypto();
  await prepare(client, config);
  const db = venueDatabase(client, await nodeIdOf(client, newId({ crypto, now })));
  const passwords = passwordVerifier(crypto, {
    parallel: availableParallelism(),
    longestWaitMs: LONGEST_HASH_WAIT_MS,
    stopwatchMs: () => performance.now(),
  });
  const identity = (now: Date, actor = "command line"): IdentityContext => ({
    db,
    settings: config,
    crypto,
    serverKey,
    passwords,
    now,
    actor,
  });
  await seed(identity(now));
  const close = async () => {
    client.close();
    await crypto.close();
  };
  return { db, crypto, serverKey, passwords, identity, close };
}

/**
 * The configuration for a command: options, environment, and the file that `--config` or `PORTICO_CONFIG` names, else
 * `portico.json` in the data folder.
 */
export function configFor(
  world: World,
  options: Readonly<Record<string, string | undefined>>,
  { ignoreUnknown = false } = {},
): Config {
  const { environment } = world;
  const named = options.config ?? environment.PORTICO_CONFIG;
  const data = options.data ?? environment.PORTICO_DATA ?? "./data";
  const file = readConfigFile(named || join(data, "portico.json"), named !== undefined && named !== "");
  if (!named && file && "data" in file.content) {
    throw new DomainError(
      "invalid_input",
      `${file.name}: data: this file is in the folder that it would name`,
    );
  }
  return readConfig({ environment, file, options, ignoreUnknown });
}

function readConfigFile(name: string, required: boolean): ConfigSources["file"] {
  let text: string;
  try {
    text = readFileSync(name, "utf8");
  } catch (fault) {
    if (!required && codeOf(fault) === "ENOENT") return undefined;
    throw new DomainError("invalid_input", `Cannot read the configuration ${name}: ${reasonOf(fault)}`);
  }
  const content = parseObject(text);
  if (!content) throw new DomainError("invalid_input", `${name}: expected a JSON object`);
  return { name, content };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // A JSON object's keys are texts.
    return typeof value === "object" && value && !Array.isArray(value)
      ? value as Record<string, unknown>
      : undefined;
  } catch {
    return undefined;
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (fault) {
    throw new DomainError("invalid_input", `Cannot make the folder ${path}: ${reasonOf(fault)}`);
  }
}

function openData(config: Config): { readonly client: Client; readonly secret: string } {
  makeFolder(config.data);
  const secret = config.secretKey || secretFromFile(join(config.data, "secret.key"));
  if (config.databaseUrl) return { client: openRemote(config.databaseUrl, config.databaseToken), secret };
  const file = databaseFile(config);
  try {
    return { client: openFile(file), secret };
  } catch (fault) {
    throw new DomainError("invalid_input", `Cannot open ${file}: ${reasonOf(fault)}`);
  }
}

async function prepare(client: Client, { databaseUrl }: Config): Promise<void> {
  try {
    await migrate(client);
  } catch (fault) {
    if (!databaseUrl) throw fault;
    throw new DomainError(
      "overloaded",
      `Cannot use the database at ${new URL(databaseUrl).host}: ${reasonOf(fault)}`,
    );
  }
}

function databaseFile({ data }: Config): string {
  return join(data, "portico.db");
}

export function codeOf(fault: unknown): unknown {
  return fault instanceof Error && "code" in fault ? fault.code : undefined;
}

export function reasonOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
