import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { ContractTarget } from "./contract_case.ts";
import { type Answer, type Hotspot, hotspot, send } from "./hotspot.ts";

export interface AccountRequest {
  /** An API key, sent as `Bearer`. */
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a guest's client asks of one organization. Paths are those below `account/`, without a slash in front. */
export interface AccountApi {
  get(path: string, request?: AccountRequest): Promise<Answer>;
  /** An object goes as JSON, `URLSearchParams` as a form, `FormData` as multipart. */
  post(path: string, body?: unknown, request?: AccountRequest): Promise<Answer>;
  ask(method: string, path: string, body?: unknown, request?: AccountRequest): Promise<Answer>;
}

export function accountApi(target: ContractTarget, slug: string): AccountApi {
  const ask = (method: string, path: string, body?: unknown, { key, headers }: AccountRequest = {}) =>
    send(target, `/api/v1/radius/organization/${slug}/account/${path}`, method, {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...headers,
    }, body);
  return {
    ask,
    get: (path, request) => ask("GET", path, undefined, request),
    post: (path, body, request) => ask("POST", path, body, request),
  };
}

/** An organization together with its account API. */
export interface GuestSpot extends Hotspot {
  readonly api: AccountApi;
  /** Adds a member whose password is `secret`. */
  member(text: string, fields?: Readonly<Record<string, unknown>>): Promise<Member>;
}

export interface Member {
  readonly username: string;
  readonly email: string;
  readonly key: string;
}

export async function guestSpot(
  target: ContractTarget,
  settings: Readonly<Record<string, unknown>> = {},
  more: Readonly<Record<string, unknown>> = {},
): Promise<GuestSpot> {
  const spot = await hotspot(target, { settings, ...more });
  return {
    ...spot,
    api: accountApi(target, spot.slug),
    async member(text, fields = {}) {
      const username = spot.name(text);
      const email = `${username}@example.org`;
      await spot.users({ username, email, ...fields });
      return { username, email, key: await spot.apiKey(username) };
    },
  };
}

export const form = (fields: Readonly<Record<string, string>>) => new URLSearchParams(fields);

export function multipart(fields: Readonly<Record<string, string>>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.set(name, value);
  return data;
}

/** Field names in a 400, each with a list of texts. */
export function isFieldErrors(answer: Answer, ...fields: string[]): void {
  equal(answer.status, 400, answer.text);
  // It is checked below.
  const errors = answer.json as Record<string, unknown>;
  deepEqual(Object.keys(errors).sort(), [...fields].sort(), answer.text);
  for (const texts of Object.values(errors)) {
    ok(Array.isArray(texts) && texts.length > 0, answer.text);
    for (const text of texts) ok(typeof text === "string" && text.length > 0, answer.text);
  }
}

export const REQUIRED = "This field is required.";
export const BLANK = "This field may not be blank.";
export const NULL = "This field may not be null.";

export const API_KEY = /^[0-9a-f]{40}$/;
export const RADIUS_KEY = /^[A-Za-z0-9]{40}$/;

/** The keys of the user object of §5.0, in their order. */
export const USER_KEYS = [
  "username",
  "email",
  "phone_number",
  "first_name",
  "last_name",
  "birth_date",
  "location",
  "is_active",
  "is_verified",
  "method",
  "password_expired",
  "radius_user_token",
] as const;

/** A body as JSON's object. */
export function object(answer: Answer): Record<string, unknown> {
  const { json } = answer;
  ok(typeof json === "object" && json !== null && !Array.isArray(json), answer.text);
  return json as Record<string, unknown>;
}

export function isUnauthenticated(answer: Answer, detail?: string): void {
  equal(answer.status, 401, answer.text);
  equal(answer.headers.get("www-authenticate"), "Bearer");
  equal(typeof object(answer).detail, "string", answer.text);
  if (detail) equal(object(answer).detail, detail);
}

export function isNotMember(answer: Answer): void {
  isFieldErrors(answer, "non_field_errors");
}

/** Mobile numbers of Italy that no other case uses. */
let numbers = Math.floor(Math.random() * 900_000);
export const mobileNumber = () => `+39366${String(1_000_000 + (numbers++ % 9_000_000)).padStart(7, "0")}`;

export function codeIn(body: string): string {
  match(body, /\d{6}/);
  return /\d{6}/.exec(body)?.[0] ?? "";
}
