import { equal } from "node:assert/strict";
import { issueApiToken } from "../../src/aaa/account/api_token.ts";
import { issueRadiusToken } from "../../src/aaa/credentials/radius_token.ts";
import { nativeCrypto } from "../../src/runtime/crypto.ts";
import { venueDatabase } from "../../src/storage/database.ts";
import type { OrganizationId } from "../../src/values/organization_id.ts";
import type { ContractTarget } from "./contract_case.ts";

/** An answer with its body read. */
export interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
  readonly headers: Headers;
  /** The body as JSON; undefined when it is empty. */
  readonly json: unknown;
}

export interface UserOptions {
  readonly [field: string]: unknown;
}

/** One organization of its own on a contract target, and the requests its FreeRADIUS makes. */
export interface Hotspot {
  readonly id: string;
  readonly slug: string;
  readonly token: string;
  readonly target: ContractTarget;
  /** A name that no other case uses. */
  name(text: string): string;
  authorize(body: unknown, headers?: HeadersInit): Promise<Answer>;
  accounting(body: unknown, headers?: HeadersInit): Promise<Answer>;
  postAuth(body: unknown, headers?: HeadersInit): Promise<Answer>;
  sessions(query?: string, headers?: HeadersInit): Promise<Answer>;
  /** Adds or changes users of this organization, by the setup file's keys. */
  users(...users: readonly UserOptions[]): Promise<void>;
  /** Gives out a RADIUS key as a log-in would. */
  radiusKey(
    username: string,
    options?: { canAuth?: boolean; passwordBased?: boolean | null },
  ): Promise<string>;
  /** The user's API key, as a log-in would answer it, without the time that a password takes. */
  apiKey(username: string): Promise<string>;
  sql(sql: string, ...args: (string | number)[]): Promise<unknown[][]>;
}

/** Fast to compute and to verify: PBKDF2 with one round of `secret`. */
export const SECRET_HASH = "pbkdf2_sha256$1$salt$ON9CizCTCOSMNofn+QvaDpzyU1aMIex1Sg4HarSrZCM=";

let made = 0;

/** Makes an organization: with the automatic groups, and whatever the setup file's keys in `options` say. */
export async function hotspot(
  target: ContractTarget,
  options: Record<string, unknown> = {},
): Promise<Hotspot> {
  const mark = `${Date.now().toString(36)}${(made++).toString(36)}`;
  const slug = `o${mark}`;
  const organization = { slug, name: slug, ...options };
  const printed = (await target.apply({ organizations: [organization] }))[slug];
  if (!printed) throw new Error(`apply did not name ${slug}`);
  const { id, radius_token: token } = printed;
  const own = { authorization: `Bearer ${id} ${token}` };
  const post = (path: string) => (body: unknown, headers: HeadersInit = own) =>
    send(target, path, "POST", headers, body);
  const sql = async (text: string, ...args: (string | number)[]) =>
    (await target.db.execute({ sql: text, args })).rows.map((row) => Array.from(row));
  const db = venueDatabase(target.db, "contract");
  const keyring = { crypto: nativeCrypto(), serverKey: fromHex(target.secretKeyHex) };
  const userId = async (username: string) =>
    String((await sql("select id from user where username = ?", username))[0]?.[0]);
  return {
    id,
    slug,
    token,
    target,
    name: (text) => `${text}-${mark}`,
    authorize: post("/api/v1/freeradius/authorize/"),
    accounting: post("/api/v1/freeradius/accounting/"),
    postAuth: post("/api/v1/freeradius/postauth/"),
    sessions: (query = "", headers = own) =>
      send(target, `/api/v1/freeradius/accounting/${query}`, "GET", headers),
    async users(...users) {
      const defaults = { organizations: [slug], password_hash: SECRET_HASH };
      await target.apply({ users: users.map((user) => ({ ...defaults, ...user })) });
    },
    async radiusKey(username, { canAuth = true, passwordBased = true } = {}) {
      const member = { userId: await userId(username), organizationId: id as OrganizationId };
      return await issueRadiusToken(db, keyring, member, { canAuth, renew: true, passwordBased }, new Date());
    },
    apiKey: async (username) => await issueApiToken(db, keyring, await userId(username), new Date()),
    sql,
  };
}

export async function send(
  target: ContractTarget,
  path: string,
  method: string,
  headers: HeadersInit,
  body?: unknown,
): Promise<Answer> {
  const all = new Headers(headers);
  const json = body !== undefined && typeof body !== "string" && !(body instanceof URLSearchParams) &&
    !(body instanceof FormData) && !(body instanceof Uint8Array);
  if (json || typeof body === "string") {
    all.has("content-type") || all.set("content-type", "application/json");
  }
  // Only the kinds that fetch takes are left.
  const payload = json ? JSON.stringify(body) : body as BodyInit | undefined;
  const response = await target.fetch(path, {
    method,
    headers: all,
    ...(payload !== undefined && { body: payload }),
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get("content-type"),
    text,
    headers: response.headers,
    get json() {
      return text ? JSON.parse(text) : undefined;
    },
  };
}

/** Zero octets and no Content-Type. */
export function isEmpty(answer: Answer, status: number): void {
  equal(answer.text, "");
  equal(answer.type, null);
  equal(answer.status, status);
}

/** A JSON object whose `detail` is a text. */
export function isDetail(answer: Answer, status: number): void {
  equal(answer.status, status, answer.text);
  equal(typeof (answer.json as { detail?: unknown }).detail, "string", answer.text);
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
