import type { Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { DomainError, type ErrorCode } from "../errors.ts";
import { isMessage, type Language, type Message, message, say } from "../languages/say.ts";
import { requestLanguage } from "./request_language.ts";

const STATUS = {
  invalid_input: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  throttled: 429,
  overloaded: 503,
} satisfies Record<ErrorCode, ContentfulStatusCode>;

/**
 * A request that cannot be served; thrown by an edge, answered as JSON by `problem()`. Wherever its body has a text it
 * may have a message, which is said in the language of the request.
 */
export class HttpProblem extends Error {
  readonly status: ContentfulStatusCode;
  /** Null for an answer without a body. */
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: ContentfulStatusCode,
    body: Readonly<Record<string, unknown>> | null,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(`${status} ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** What somebody reads: said already, or to be said in the language of the request. */
export type Text = string | Message;

/** Field names to what is wrong with them; a few answers have a bare text or a number beside (radius-api 5.9). */
export type FieldErrors = Readonly<Record<string, readonly Text[] | Text | number>>;

export const invalidFields = (errors: FieldErrors) => new HttpProblem(400, errors);
export const badRequest = (detail: Text) => new HttpProblem(400, { detail });
export const notAnObject = (kind: string) =>
  invalidFields({ non_field_errors: [message("body_no_object", { kind })] });
export const notFound = (detail: Text = message("not_found")) => new HttpProblem(404, { detail });
export const unauthenticated = (detail: Text) =>
  new HttpProblem(401, { detail }, { "WWW-Authenticate": "Bearer" });
export const forbidden = (detail: Text) => new HttpProblem(403, { detail });
export const misconfigured = () => new HttpProblem(500, { detail: message("organization_misconfigured") });
/** OPTIONS asks for no more than the methods that there are. */
const methodNotAllowed = (method: string, allowed: string) =>
  method === "OPTIONS"
    ? new HttpProblem(200, null, { Allow: allowed })
    : new HttpProblem(405, { detail: message("method_not_allowed", { method }) }, { Allow: allowed });
export const bodyTimeout = (seconds: number) =>
  new HttpProblem(408, { detail: message("body_timeout", { seconds }) }, { Connection: "close" });
export const bodyTooLarge = (limit: number) =>
  new HttpProblem(413, { detail: message("body_too_large", { limit }) }, { Connection: "close" });
export const unsupportedMediaType = (type: string) =>
  new HttpProblem(415, { detail: message("unsupported_media_type", { type }) });
export const fault = () => new HttpProblem(500, { detail: message("fault") });
export const throttled = (seconds: number, detail: Text = message("throttled", { seconds })) =>
  askAgain(429, detail, seconds);
export const overloaded = (seconds: number) => askAgain(503, message("overloaded", { seconds }), seconds);

function askAgain(status: 429 | 503, detail: Text, seconds: number): HttpProblem {
  return new HttpProblem(status, { detail }, { "Retry-After": String(seconds) });
}

/**
 * Lets requests of these methods pass.
 *
 * @throws {HttpProblem} 405, and 200 for OPTIONS, both with `Allow`.
 */
export function allowMethods(c: Context, ...methods: readonly string[]): void {
  const { method } = c.req;
  if (!methods.includes(method)) throw methodNotAllowed(method, [...methods, "OPTIONS"].join(", "));
}

/** The answer to whatever was thrown; null when it is a fault of ours that nobody expected. */
export function problem(c: Context, thrown: unknown): Response | null {
  if (thrown instanceof HttpProblem) return answerProblem(c, thrown);
  if (thrown instanceof DomainError) return c.json({ detail: thrown.message }, STATUS[thrown.code]);
  return null;
}

export function answerProblem(c: Context, { body, status, headers }: HttpProblem): Response {
  if (body === null) return c.body(null, status, { ...headers });
  return c.json(said(requestLanguage(c), body), status, { ...headers });
}

/** Makes an app answer what goes wrong as JSON; a failure that nobody expected is reported, its client learns nothing. */
export function answerProblems(app: Hono, reportFault: (fault: unknown) => void): void {
  app.onError((thrown, c) => {
    const answer = problem(c, thrown);
    if (answer) return answer;
    reportFault(thrown);
    return answerProblem(c, fault());
  });
  app.notFound((c) => answerProblem(c, notFound()));
}

/** What a body's messages come to in a language; all else stays as it is. */
export function said(language: Language, body: unknown): unknown {
  if (isMessage(body)) return say(language, body);
  if (Array.isArray(body)) return body.map((item) => said(language, item));
  if (typeof body !== "object" || body === null) return body;
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, said(language, value)]));
}
