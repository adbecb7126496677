import { ok } from "node:assert/strict";
import { issueApiToken } from "../../../src/aaa/account/api_token.ts";
import {
  type MemoryVenue,
  memoryVenue,
  type MemoryVenueOptions,
  type TestOrganization,
  type TestUser,
} from "../../support/memory_venue.ts";

export const NEW = "battery-staple-9";
const RESET_URL = "https://pages.example/{organization}/reset/{uid}/{token}";

export interface Answer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
  readonly retryAfter: string | null;
}

/** A venue with an organization and a member, Ada, whose password is `secret`. */
export interface PasswordVenue {
  readonly venue: MemoryVenue;
  readonly alpha: TestOrganization;
  readonly ada: TestUser;
  /** Ada's API key. */
  readonly key: string;
  /** POSTs to one of the organization's account endpoints: a form, or JSON with `json`. */
  post(path: string, fields: Record<string, unknown>, options?: PostOptions): Promise<Answer>;
  /** Asks for a reset and gives what the mail's link ends in. */
  link(input?: string, options?: PostOptions): Promise<{ readonly uid: string; readonly token: string }>;
  confirm(fields: Record<string, unknown>, options?: PostOptions): Promise<Answer>;
  change(fields: Record<string, unknown>, options?: PostOptions): Promise<Answer>;
  login(password: string): Promise<Answer>;
  /** What is stored about Ada. */
  stored(): Promise<Record<string, unknown> | undefined>;
}

export interface PostOptions {
  readonly organization?: { readonly slug: string };
  readonly key?: string | null;
  readonly language?: string;
  readonly json?: boolean;
  readonly from?: string;
}

export async function passwordVenue(options: MemoryVenueOptions = {}): Promise<PasswordVenue> {
  const venue = await memoryVenue(options);
  const alpha = await venue.addOrganization({ slug: "alpha", settings: { passwordResetUrl: RESET_URL } });
  const ada = await venue.addUser({
    username: "ada",
    email: "ada@example.org",
    phoneNumber: "+393665243702",
    password: "secret",
    organizations: [alpha],
  });
  const key = await issueApiToken(venue.db, venue.deps, ada.id, venue.clock.at);

  async function post(path: string, fields: Record<string, unknown>, options: PostOptions = {}) {
    const { organization = alpha, key = null, language, json = false, from = "127.0.0.1" } = options;
    const entries = Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]);
    const response = await venue.fetch(`/api/v1/radius/organization/${organization.slug}/account/${path}`, {
      from,
      method: "POST",
      headers: {
        "content-type": json ? "application/json" : "application/x-www-form-urlencoded",
        ...(key && { authorization: `Bearer ${key}` }),
        ...(language && { "accept-language": language }),
      },
      body: json ? JSON.stringify(fields) : new URLSearchParams(entries),
    });
    const { status, headers } = response;
    const body: Record<string, unknown> = await response.json();
    return { status, json: body, retryAfter: headers.get("retry-after") };
  }

  return {
    venue,
    alpha,
    ada,
    key,
    post,
    async link(input = "ada", options = {}) {
      await post("password/reset/", { input }, options);
      await venue.deliver();
      return linkIn(venue.sent.mails.at(-1)?.text);
    },
    confirm: (fields, options) =>
      post("password/reset/confirm/", { new_password1: NEW, new_password2: NEW, ...fields }, options),
    change: (fields, options) =>
      post("password/change/", {
        current_password: "secret",
        new_password: NEW,
        confirm_password: NEW,
        ...fields,
      }, { key, json: true, ...options }),
    login: (password) => post("token/", { username: "ada", password }),
    async stored() {
      const [row] = await venue.rows("select * from user where id = ?", [ada.id]);
      return row;
    },
  };
}

/** What a mail's link ends in. */
export function linkIn(text: string | undefined) {
  const [, uid, token] = /\/reset\/([^/\s]+)\/([^/\s]+)/.exec(text ?? "") ?? [];
  ok(uid && token, `no link in ${text}`);
  return { uid, token };
}
