import { equal } from "node:assert/strict";
import { createApp } from "../../../src/app.ts";
import type { PasswordVerifier } from "../../../src/aaa/credentials/password_verifier.ts";
import type { MemoryVenue, TestOrganization } from "../../support/memory_venue.ts";

export interface GuestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Sends to one organization's account API; an object goes as JSON. `path` is what follows `account/`. */
export async function askAccount(
  venue: Pick<MemoryVenue, "fetch">,
  { slug }: Pick<TestOrganization, "slug">,
  path: string,
  body: BodyInit | Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<GuestAnswer> {
  const isJson = Object.getPrototypeOf(body) === Object.prototype;
  const response = await venue.fetch(`/api/v1/radius/organization/${slug}/account/${path}`, {
    method: "POST",
    headers: { ...(isJson && { "content-type": "application/json" }), ...headers },
    // What is not a plain object is a body already.
    body: isJson ? JSON.stringify(body) : body as BodyInit,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: text ? JSON.parse(text) : {} };
}

/** Logs in with the password `right`, as the login pages do. */
export function logIn(
  venue: Pick<MemoryVenue, "fetch">,
  organization: TestOrganization,
  username: string,
  password = "right",
  headers: Readonly<Record<string, string>> = {},
): Promise<GuestAnswer> {
  return askAccount(venue, organization, "token/", new URLSearchParams({ username, password }), headers);
}

/** The same, when it goes well. */
export async function signedIn(
  venue: Pick<MemoryVenue, "fetch">,
  organization: TestOrganization,
  username: string,
): Promise<{ readonly key: string; readonly radiusUserToken: string }> {
  const { status, json, text } = await logIn(venue, organization, username);
  equal(status, 200, text);
  return { key: String(json.key), radiusUserToken: String(json.radius_user_token) };
}

/** The same venue with another opinion of passwords. */
export function withPasswords(
  venue: MemoryVenue,
  passwords: Partial<PasswordVerifier>,
): Pick<MemoryVenue, "fetch"> {
  const app = createApp({ ...venue.deps, passwords: { ...venue.deps.passwords, ...passwords } });
  return {
    fetch: async (path, { from = "127.0.0.1", ...init } = {}) => await app.request(path, init, { from }),
  };
}

/** Who has the password `right` is who she says, and no time is spent on a hash. */
export function withCheapPasswords(venue: MemoryVenue): Pick<MemoryVenue, "fetch"> {
  return withPasswords(venue, {
    verify: (candidate, password) =>
      Promise.resolve(
        candidate && password === "right" ? { kind: "genuine", rehash: false } : { kind: "wrong" },
      ),
  });
}
