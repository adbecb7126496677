import { BatchFields } from "../batch_fields.ts";
import { ObtainTokenFields } from "../legacy/obtain_token.ts";
import { type Dialect, dialectRoutes } from "./freeradius_routes.ts";
import type { Operation, Schema } from "./openapi_types.ts";
import { requestSchema } from "./request_schema.ts";
import {
  bodyResponses,
  detailResponse,
  jsonResponse,
  methodResponse,
  requestBody,
  type RouteDescription,
  throttledResponse,
} from "./route_description.ts";
import { SESSION_EXAMPLE, SESSION_SCHEMA } from "./session_schema.ts";

const TAG = "django-freeradius";
const FORBIDDEN = detailResponse(
  "The API token is missing or wrong, or `PORTICO_LEGACY_API_TOKEN` is not set.",
  "The API token is missing or not right",
);
const CLOSED = detailResponse(
  "Nobody can log in: `PORTICO_LEGACY_API_TOKEN` is not set, or the organization is disabled.",
  "Nobody can log in here",
);

const BATCH: Schema = {
  type: "object",
  properties: {
    id: { type: "string", format: "uuid" },
    status: {
      enum: ["completed", "failed"],
      description: "`failed` is said when it went wrong after the status.",
    },
    name: { type: "string" },
    strategy: { enum: ["prefix", "csv"] },
    prefix: { type: "string" },
    organization: { type: "string", format: "uuid" },
    expiration_date: { type: "string", format: "date" },
    users: {
      type: "array",
      items: {
        type: "object",
        properties: {
          id: { type: "string", format: "uuid" },
          username: { type: "string" },
          email: { type: "string" },
          first_name: { type: "string" },
          last_name: { type: "string" },
          is_active: { type: "boolean" },
          date_joined: { type: "string", format: "date-time" },
        },
      },
    },
    user_credentials: {
      type: "array",
      description: "User names and the passwords that were made up for them; null when there are none.",
      items: { type: "array", items: { type: "string" } },
    },
  },
};

/** What old installations call: one token, one organization (radius-api 16). */
export function legacyRoutes(pageSize: Dialect["pageSize"]): readonly RouteDescription[] {
  return [
    ...dialectRoutes({
      base: "/api/v1/",
      tag: TAG,
      forbidden: FORBIDDEN,
      deprecated: true,
      pageSize,
      session: {
        schema: { ...SESSION_SCHEMA, properties: { id: { type: "integer" }, ...SESSION_SCHEMA.properties } },
        example: { id: 17, ...SESSION_EXAMPLE },
      },
    }),
    { path: "/api/v1/batch/", post: batchOperation() },
    { path: "/api/v1/account/token/", post: tokenOperation() },
  ];
}

function batchOperation(): Operation {
  return {
    tags: [TAG],
    deprecated: true,
    summary: "Make many users",
    description:
      "By a prefix and a number, or from a CSV file of five columns without a header: user name, password, e-mail " +
      "address, first name, last name. All of them are made, or none.",
    requestBody: requestBody(requestSchema(BatchFields), {
      name: "Conference",
      strategy: "prefix",
      prefix: "guest-",
      number_of_users: 50,
      expiration_date: "2026-12-31",
    }),
    responses: {
      ...bodyResponses,
      ...methodResponse("GET"),
      ...throttledResponse,
      "201": jsonResponse(
        "The users are made. When there are many, blanks precede the JSON while it is under way.",
        BATCH,
      ),
      "403": FORBIDDEN,
    },
  };
}

function tokenOperation(): Operation {
  return {
    tags: [TAG],
    deprecated: true,
    summary: "A RADIUS password for a guest",
    description: "For the user's own name and password. No token is asked for.",
    requestBody: requestBody(requestSchema(ObtainTokenFields), { username: "ada", password: "secret" }),
    responses: {
      ...bodyResponses,
      ...methodResponse("GET"),
      ...throttledResponse,
      "200": jsonResponse("The key, for one log-in.", {
        type: "object",
        required: ["token"],
        properties: { token: { type: "string", pattern: "^[A-Za-z0-9]{40}$" } },
      }),
      "403": CLOSED,
    },
  };
}
