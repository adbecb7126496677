import { AccountingFields } from "../freeradius/accounting_fields.ts";
import { AuthorizeFields } from "../freeradius/authorize.ts";
import { PostAuthFields } from "../freeradius/post_auth.ts";
import type { Answer, Answers, Operation, Schema } from "./openapi_types.ts";
import { requestSchema } from "./request_schema.ts";
import {
  bodyResponses,
  detailResponse,
  emptyResponse,
  invalidQuery,
  jsonExamples,
  jsonResponse,
  methodResponse,
  requestBody,
  type RouteDescription,
  throttledResponse,
} from "./route_description.ts";
import { FILTERS, pageParameters, type PageSize } from "./session_parameters.ts";
import { SESSION_EXAMPLE, SESSION_SCHEMA } from "./session_schema.ts";

const REPLY: Schema = {
  type: "object",
  description: "RADIUS attributes, as rlm_rest reads them.",
  required: ["control:Auth-Type"],
  properties: {
    "control:Auth-Type": { enum: ["Accept", "Reject"] },
    "Reply-Message": { type: "string", description: "For the guest. An object when it contains `%`." },
  },
  additionalProperties: {
    description: "A number of our own, or a reply of the user's group.",
    anyOf: [
      { type: "integer", minimum: 0, maximum: 4_294_967_295 },
      {
        type: "object",
        required: ["op", "value"],
        properties: {
          op: { type: "string" },
          value: { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] },
          do_xlat: { const: false, description: "The text contains `%`, which rlm_rest is not to expand." },
        },
      },
    ],
  },
};

const decided = {
  "200": jsonExamples(
    "The decision. **Empty, without a Content-Type, for a refusal**: unknown user, wrong password, inactive, " +
      "unverified, no member, used token, expired password. FreeRADIUS takes that for “no opinion”, and its own " +
      "policy rejects. A used-up quota is a 200 as well, because some NASes take anything else for a wrong password.",
    REPLY,
    {
      accepted: {
        "control:Auth-Type": "Accept",
        "Session-Timeout": 10_800,
        "CoovaChilli-Max-Total-Octets": 3_000_000_000,
      },
      "accepted, the group's replies are lower": {
        "control:Auth-Type": "Accept",
        "Session-Timeout": { op: "=", value: "3600" },
        "Idle-Timeout": { op: "=", value: "500" },
        "CoovaChilli-Max-Total-Octets": 3_000_000_000,
      },
      "accepted, no group": { "control:Auth-Type": "Accept" },
      "quota reached": {
        "control:Auth-Type": "Reject",
        "Reply-Message": "Your maximum daily usage time has been reached",
      },
    },
  ),
  "401": jsonExamples(
    "Too many sessions; or, with `PORTICO_API_AUTHORIZE_REJECT`, any refusal that is an empty 200 otherwise.",
    REPLY,
    {
      "too many sessions": {
        "control:Auth-Type": "Reject",
        "Reply-Message": "You are already logged in - access denied",
      },
      refused: { "control:Auth-Type": "Reject" },
    },
  ),
  "503": {
    ...detailResponse(
      "More passwords wait to be checked than can be in time.",
      "Too many passwords are being checked. Try again in 2 seconds.",
    ),
    headers: { "Retry-After": { description: "Seconds.", schema: { type: "integer" } } },
  },
} satisfies Answers;

/** One dialect's three endpoints for FreeRADIUS. */
export interface Dialect {
  /** What stands before `authorize/`. */
  readonly base: string;
  readonly tag: string;
  readonly forbidden: Answer;
  readonly session: { readonly schema: Schema; readonly example: unknown };
  readonly pageSize: PageSize;
  /** Old clients should move on. */
  readonly deprecated?: boolean;
}

const CURRENT: Omit<Dialect, "pageSize"> = {
  base: "/api/v1/freeradius/",
  tag: "FreeRADIUS",
  forbidden: jsonExamples(
    "Who asks is not known or may not: organization credentials that do not match, a user without a RADIUS token, an " +
      "address that is not allowed, or a body that names an `organization`.",
    { type: "object", required: ["detail"], properties: { detail: { type: "string" } } },
    {
      "not an allowed host": {
        detail: "Requests from 192.0.2.7 are not allowed: add it to the allowed hosts",
      },
      "wrong credentials": { detail: "The organization's UUID or token is not right" },
      "organization sent": { detail: "The organization is known from the credentials and may not be sent" },
    },
  ),
  session: { schema: SESSION_SCHEMA, example: SESSION_EXAMPLE },
};

/** What FreeRADIUS's rlm_rest calls. */
export function freeradiusRoutes(pageSize: PageSize): readonly RouteDescription[] {
  return dialectRoutes({ ...CURRENT, pageSize });
}

export function dialectRoutes(dialect: Dialect): readonly RouteDescription[] {
  const { base } = dialect;
  return [
    { path: `${base}authorize/`, post: authorizeOperation(dialect) },
    { path: `${base}postauth/`, post: postAuthOperation(dialect) },
    { path: `${base}accounting/`, post: accountingOperation(dialect), get: listOperation(dialect) },
  ];
}

function common({ tag, deprecated = false }: Dialect) {
  return { tags: [tag], ...(deprecated && { deprecated }) };
}

function answers({ forbidden }: Dialect, wrongMethod: string): Answers {
  return { "403": forbidden, ...methodResponse(wrongMethod), ...throttledResponse };
}

function authorizeOperation(dialect: Dialect): Operation {
  return {
    ...common(dialect),
    summary: "May this user log in?",
    description: "Called in FreeRADIUS's `authorize` section. The password is the user's, or a RADIUS token.",
    requestBody: requestBody(requestSchema(AuthorizeFields), {
      username: "ada",
      password: "secret",
      called_station_id: "00-27-22-F3-FA-F1:hotspot",
      calling_station_id: "5c:7d:c1:72:a7:3b",
    }),
    responses: { ...bodyResponses, ...answers(dialect, "GET"), ...decided },
  };
}

function postAuthOperation(dialect: Dialect): Operation {
  return {
    ...common(dialect),
    summary: "What came of a log-in",
    description: "Called in FreeRADIUS's `post-auth` section, for accepts and rejects.",
    requestBody: requestBody(requestSchema(PostAuthFields), {
      username: "ada",
      password: "wrong",
      reply: "Access-Reject",
      called_station_id: "00-27-22-F3-FA-F1:hotspot",
      calling_station_id: "5c:7d:c1:72:a7:3b",
    }),
    responses: {
      ...bodyResponses,
      ...answers(dialect, "GET"),
      "200": emptyResponse("Nothing was stored: a MAC address without a session."),
      "201": emptyResponse("It is kept."),
    },
  };
}

function accountingOperation(dialect: Dialect): Operation {
  return {
    ...common(dialect),
    summary: "What a session has used",
    description:
      "Called in FreeRADIUS's `accounting` section. Answered once it is durable. Packets may come in any order and any " +
      "number of times: totals only rise, and a closed session stays closed. Gigawords are added in. `Accounting-On` " +
      "closes the open sessions of its NAS; it and `Accounting-Off` need no field but `status_type`.",
    requestBody: requestBody(requestSchema(AccountingFields), {
      status_type: "Interim-Update",
      unique_id: "75058e50",
      session_id: "35000006",
      username: "ada",
      nas_ip_address: "172.16.64.91",
      session_time: "261",
      input_octets: "9900909",
      output_octets: "1513075509",
      called_station_id: "00-27-22-F3-FA-F1:hotspot",
      calling_station_id: "5c:7d:c1:72:a7:3b",
    }),
    responses: {
      ...bodyResponses,
      ...answers(dialect, "PUT"),
      "200": emptyResponse("The session's row was updated, or there was nothing to store."),
      "201": emptyResponse("The session's row was created."),
    },
  };
}

function listOperation(dialect: Dialect): Operation {
  return {
    ...common(dialect),
    summary: "Sessions of the organization",
    description: "The newest first. `Link` leads to the other pages (RFC 8288).",
    parameters: [...FILTERS, ...pageParameters(dialect.pageSize)],
    responses: {
      ...answers(dialect, "PUT"),
      "200": {
        ...jsonResponse("One page.", { type: "array", items: dialect.session.schema }, [
          dialect.session.example,
        ]),
        headers: {
          Link: {
            description: "The first, previous, next and last page; absent when there is but one.",
            schema: { type: "string" },
          },
        },
      },
      "400": invalidQuery,
      "404": detailResponse("There is no such page.", "Invalid page."),
    },
  };
}
