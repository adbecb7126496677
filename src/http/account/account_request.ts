import type { Context } from "hono";
import { type Account, findAccountByApiKey } from "../../aaa/account/account.ts";
import { findOrganizationBySlug, type OrganizationRecord } from "../../aaa/identity/organization_record.ts";
import type { ThrottleScope } from "../../aaa/setting_values.ts";
import type { Deps } from "../../deps.ts";
import { type Language, message } from "../../languages/say.ts";
import {
  allowMethods,
  type HttpProblem,
  invalidFields,
  misconfigured,
  notFound,
  unauthenticated,
} from "../problem.ts";
import { type Body, readBody } from "../read_body.ts";
import { requestLanguage } from "../request_language.ts";
import { throttle } from "../throttle.ts";

/** What an endpoint wants of a request before it looks at the fields. */
export interface AccountEndpoint {
  readonly scope: ThrottleScope | null;
  readonly method: "GET" | "POST";
  /** Throws where the organization does not offer this: told before anybody is asked who they are. */
  readonly permit?: (organization: OrganizationRecord) => void;
  /** The body says nothing here, and is not read. */
  readonly bodyless?: boolean;
}

/** A request to one organization's account API. */
export interface AccountRequest {
  readonly organization: OrganizationRecord;
  readonly language: Language;
  readonly now: Date;
  /** Empty for GET. */
  readonly body: Body;
}

/** A request of somebody who showed an API key: an active user, member here or not. */
export interface MemberRequest extends AccountRequest {
  readonly account: Account;
}

/**
 * What endpoints for anybody do first, in the contract's order (radius-api 0): organization, throttle by address,
 * method, body.
 *
 * @throws {HttpProblem} 404, 429, 405, then `readBody()`'s.
 */
export async function readAccountRequest(
  deps: Deps,
  c: Context,
  endpoint: AccountEndpoint,
): Promise<AccountRequest> {
  const now = deps.now();
  const organization = await organizationOf(deps, c, now);
  endpoint.permit?.(organization);
  return { organization, ...await readRest(deps, c, endpoint, now, undefined) };
}

/**
 * The same for endpoints that want `Authorization: Bearer <API key>`; the throttle counts by user. Whether the user is
 * a member asks `requireMember()`.
 *
 * @throws {HttpProblem} 404, 401, 429, 405, then `readBody()`'s.
 */
export async function readMemberRequest(
  deps: Deps,
  c: Context,
  endpoint: AccountEndpoint,
): Promise<MemberRequest> {
  const now = deps.now();
  const organization = await organizationOf(deps, c, now);
  endpoint.permit?.(organization);
  const account = await authenticate(deps, c, organization);
  return { organization, account, ...await readRest(deps, c, endpoint, now, account.id) };
}

/**
 * Superusers pass.
 *
 * @throws {HttpProblem} 400 `non_field_errors` for others who are no members (radius-api 5.0).
 */
export function requireMember(account: Account, organization: OrganizationRecord): void {
  if (!account.isMember && !account.isSuperuser) throw notMember(account, organization);
}

export function notMember({ username }: Account, { name: organization }: OrganizationRecord): HttpProblem {
  return invalidFields({ non_field_errors: [message("not_a_member", { username, organization })] });
}

/** @throws {HttpProblem} 500 for an organization without RADIUS settings: nobody can join it (radius-api 5). */
export function requireSettings(organization: OrganizationRecord): void {
  if (!organization.hasSettings) throw misconfigured();
}

async function organizationOf({ db, settings }: Deps, c: Context, now: Date): Promise<OrganizationRecord> {
  const organization = await findOrganizationBySlug(db, settings, c.req.param("slug") ?? "", now);
  if (!organization) throw notFound(message("organization_not_found"));
  return organization;
}

async function authenticate(deps: Deps, c: Context, organization: OrganizationRecord): Promise<Account> {
  const [scheme = "", ...keys] = (c.req.header("authorization") ?? "").split(" ");
  if (scheme.toLowerCase() !== "bearer") {
    throw unauthenticated(message("credentials_missing"));
  }
  const [key = "", ...more] = keys;
  const account = more.length ? null : await findAccountByApiKey(deps.db, deps, organization, key);
  if (!account) throw unauthenticated(message("invalid_token"));
  if (!account.isActive) throw unauthenticated(message("user_inactive_or_deleted"));
  return account;
}

async function readRest(
  deps: Deps,
  c: Context,
  { scope, method, bodyless }: AccountEndpoint,
  now: Date,
  userId: string | undefined,
) {
  if (scope) await throttle(deps, c, scope, userId);
  allowMethods(c, ...(method === "GET" ? ["GET", "HEAD"] : ["POST"]));
  const body = method === "GET" || bodyless ? {} : await readBody(c);
  return { language: requestLanguage(c), now, body };
}
