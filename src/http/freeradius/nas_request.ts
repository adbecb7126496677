import type { Context } from "hono";
import { authenticateNas, type NasAuthentication } from "../../aaa/access/authenticate_nas.ts";
import type { Deps } from "../../deps.ts";
import { DomainError } from "../../errors.ts";
import { clientAddress } from "../client_address.ts";
import { allowMethods } from "../problem.ts";
import { type Body, readBody } from "../read_body.ts";
import { throttle } from "../throttle.ts";

/** A request whose NAS is known; `nas` is null when there is nobody to answer for. */
export interface NasRequest {
  readonly nas: NasAuthentication;
  readonly body: Body;
  readonly now: Date;
}

/** How a dialect finds out for which organization a NAS asks. */
export type AuthenticateRequest = (
  deps: Deps,
  c: Context,
  body: Body,
  now: Date,
) => Promise<NasAuthentication>;

/**
 * What all endpoints for FreeRADIUS do first, in the contract's order: body, NAS, throttle, method.
 *
 * @throws {HttpProblem} or {DomainError} for a request that ends here.
 */
export async function readNasRequest(
  deps: Deps,
  c: Context,
  authenticate: AuthenticateRequest,
  scope: string,
  methods: readonly string[],
): Promise<NasRequest> {
  const body = await readBody(c);
  const now = deps.now();
  if ("organization" in body) {
    throw new DomainError("forbidden", "The organization is known from the credentials and may not be sent");
  }
  const nas = await authenticate(deps, c, body, now);
  await throttle(deps, c, scope);
  allowMethods(c, ...methods);
  return { nas, body, now };
}

/** Organization credentials in header or query, a roaming MAC address, or a user's RADIUS token. */
export function authenticateRequest(
  deps: Deps,
  c: Context,
  body: Body,
  now: Date,
): Promise<NasAuthentication> {
  return authenticateNas(deps, {
    authorization: c.req.header("authorization"),
    uuid: c.req.query("uuid") || undefined,
    token: c.req.query("token") || undefined,
    username: textOf(body, "username") || (c.req.query("username") ?? ""),
    password: textOf(body, "password"),
    statusType: textOf(body, "status_type"),
    uniqueId: textOf(body, "unique_id"),
    clientAddress: clientAddress(deps, c),
  }, now);
}

/** A body's text before its fields are checked; anything else counts as not sent. */
export function textOf(body: Body, field: string): string {
  const value = body[field];
  return typeof value === "string" ? value.trim() : typeof value === "number" ? String(value) : "";
}

/** Zero octets and no Content-Type: what rlm_rest takes for "nothing to add". */
export function empty(status: 200 | 201): Response {
  return new Response(null, { status });
}
