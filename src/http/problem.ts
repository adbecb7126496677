import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { DomainError, type ErrorCode } from "../errors.ts";

const STATUS = {
  invalid_input: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  throttled: 429,
  overloaded: 503,
} satisfies Record<ErrorCode, ContentfulStatusCode>;

/** A request that cannot be served; thrown by an edge, answered as JSON by `problem()`. */
export class HttpProblem extends Error {
  readonly status: ContentfulStatusCode;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: ContentfulStatusCode,
    body: Readonly<Record<string, unknown>>,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(`${status} ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** Field names to what is wrong with them. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

export const invalidFields = (errors: FieldErrors) => new HttpProblem(400, errors);
export const badRequest = (detail: string) => new HttpProblem(400, { detail });
export const notAnObject = (kind: string) =>
  new HttpProblem(400, { non_field_errors: [`Invalid data. Expected a dictionary, but got ${kind}.`] });
export const notFound = (detail = "Not found.") => new HttpProblem(404, { detail });
export const unauthenticated = (detail: string) =>
  new HttpProblem(401, { detail }, { "WWW-Authenticate": "Bearer" });
export const misconfigured = () =>
  new HttpProblem(500, { detail: "This organization has no RADIUS settings yet: its operator has to make them." });
export const methodNotAllowed = (method: string, allowed: string) =>
  new HttpProblem(405, { detail: `Method "${method}" not allowed.` }, { Allow: allowed });
export const bodyTimeout = (seconds: number) =>
  new HttpProblem(408, { detail: `The request's body did not arrive within ${seconds} seconds.` }, {
    Connection: "close",
  });
export const bodyTooLarge = (limit: number) =>
  new HttpProblem(413, { detail: `The request's body is larger than ${limit} octets.` }, {
    Connection: "close",
  });
export const unsupportedMediaType = (type: string) =>
  new HttpProblem(415, { detail: `Unsupported media type "${type}" in request.` });
export const throttled = (seconds: number) =>
  new HttpProblem(429, { detail: `Request was throttled. Expected available in ${seconds} seconds.` }, {
    "Retry-After": String(seconds),
  });
export const overloaded = (seconds: number) =>
  new HttpProblem(503, { detail: `Too many passwords are being checked. Try again in ${seconds} seconds.` }, {
    "Retry-After": String(seconds),
  });

/** The answer to whatever was thrown; null when it is a fault of ours that nobody expected. */
export function problem(c: Context, thrown: unknown): Response | null {
  if (thrown instanceof HttpProblem) return c.json(thrown.body, thrown.status, { ...thrown.headers });
  if (thrown instanceof DomainError) return c.json({ detail: thrown.message }, STATUS[thrown.code]);
  return null;
}
