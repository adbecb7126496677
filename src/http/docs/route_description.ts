import type { Answer, Answers, Operation, RequestBody, Schema } from "./openapi_types.ts";

/** What the documentation says of one path; who may call it says the URL map. */
export interface RouteDescription {
  /** As clients call it, parameters in braces: `/setup/{secret}`. */
  readonly path: string;
  readonly get?: Operation;
  readonly post?: Operation;
}

/** A request body in each of the three forms that are read, all with the same fields. */
export function requestBody(schema: Schema, example: unknown): RequestBody {
  return {
    required: true,
    content: {
      "application/json": { schema, example },
      "application/x-www-form-urlencoded": { schema },
      "multipart/form-data": { schema },
    },
  };
}

export function jsonResponse(description: string, schema: Schema, example?: unknown): Answer {
  return {
    description,
    content: { "application/json": { schema, ...(example !== undefined && { example }) } },
  };
}

/** Several answers of one status, by name. */
export function jsonExamples(
  description: string,
  schema: Schema,
  examples: Readonly<Record<string, unknown>>,
): Answer {
  const named = Object.entries(examples).map(([name, value]) => [name, { value }]);
  return { description, content: { "application/json": { schema, examples: Object.fromEntries(named) } } };
}

/** Zero octets, and no Content-Type. */
export const emptyResponse = (description: string): Answer => ({ description });

const DETAIL: Schema = {
  type: "object",
  required: ["detail"],
  properties: { detail: { type: "string" } },
};

export const detailResponse = (description: string, example: string): Answer =>
  jsonResponse(description, DETAIL, { detail: example });

/** Field names to what is wrong with them; `non_field_errors` about the whole. */
const FIELD_ERRORS: Schema = {
  type: "object",
  additionalProperties: { type: "array", items: { type: "string" } },
};

const invalidBody = jsonExamples(
  "The body cannot be read, or its fields are not right; or the `Authorization` header has fewer than three parts.",
  { anyOf: [FIELD_ERRORS, DETAIL] },
  {
    fields: { username: ["This field is required."] },
    unreadable: { detail: "JSON parse error - Unexpected end of JSON input" },
  },
);

export const invalidQuery = jsonExamples(
  "A date cannot be read, or the `Authorization` header has fewer than three parts.",
  { anyOf: [FIELD_ERRORS, DETAIL] },
  { date: { start_time: ["Enter a valid date/time."] } },
);

/** What every route that reads a body may answer. */
export const bodyResponses: Answers = {
  "400": invalidBody,
  "408": detailResponse(
    "The body did not arrive in time.",
    "The request's body did not arrive within 10 seconds.",
  ),
  "413": detailResponse("The body is too large.", "The request's body is larger than 1048576 octets."),
  "415": detailResponse(
    "The body is neither JSON nor a form.",
    'Unsupported media type "text/xml" in request.',
  ),
};

export const methodResponse = (method: string): Answers => ({
  "405": detailResponse("Another method was used.", `Method "${method}" not allowed.`),
});

export const throttledResponse: Answers = {
  "429": {
    ...detailResponse(
      "Too many requests, where `PORTICO_THROTTLE_RATES` sets a limit.",
      "Request was throttled. Expected available in 42 seconds.",
    ),
    headers: { "Retry-After": { description: "Seconds.", schema: { type: "integer" } } },
  },
};
