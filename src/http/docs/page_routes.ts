import type { Answer, Operation, Schema } from "./openapi_types.ts";
import { detailResponse, jsonResponse, type RouteDescription } from "./route_description.ts";

const PART: Schema = { enum: ["ok", "failed", "too slow"] };
const HEALTH: Schema = {
  type: "object",
  required: ["status", "directory", "ledger", "state"],
  properties: { status: { enum: ["ok", "failing"] }, directory: PART, ledger: PART, state: PART },
};

/** What watches over the program, and what is there for people. */
export function pageRoutes(): readonly RouteDescription[] {
  return [
    { path: "/healthz", get: healthOperation() },
    { path: "/metrics", get: metricsOperation() },
    { path: "/", get: page("What this is") },
    {
      path: "/portico.css",
      get: {
        tags: ["Pages"],
        summary: "What the pages look like",
        responses: { "200": text("text/css", "A stylesheet.") },
      },
    },
    { path: "/setup/{secret}", ...setupOperations() },
    { path: "/confirm-email/{token}", ...confirmEmailOperations() },
    {
      path: "/api/v1/openapi.json",
      get: {
        tags: ["Documentation"],
        summary: "This document",
        responses: { "200": jsonResponse("OpenAPI 3.1.", { type: "object" }) },
      },
    },
    { path: "/api/v1/docs/", get: { ...page("This document, to read"), tags: ["Documentation"] } },
    {
      path: "/api/v1/docs/reference.js",
      get: {
        tags: ["Documentation"],
        summary: "What shows it",
        responses: { "200": text("text/javascript", "Scalar's API reference.") },
      },
    },
  ];
}

function healthOperation(): Operation {
  const example = { status: "ok", directory: "ok", ledger: "ok", state: "ok" };
  return {
    tags: ["Operation"],
    summary: "Can this be written to?",
    description:
      "Writes to each kind of data, at most once a second however often it is asked, and answers within 2 s.",
    responses: {
      "200": jsonResponse("Everything can.", HEALTH, example),
      "503": jsonResponse("Something cannot.", HEALTH, { ...example, status: "failing", ledger: "too slow" }),
    },
  };
}

function metricsOperation(): Operation {
  return {
    tags: ["Operation"],
    summary: "What was answered since the start",
    description: "For Prometheus. docs/operations.md says what is counted.",
    responses: {
      "200": text("text/plain; version=0.0.4", "Prometheus's text format."),
      "403": detailResponse(
        "The address is not among `PORTICO_METRICS_ALLOWED_HOSTS`.",
        "Metrics are not shown to 192.0.2.7",
      ),
    },
  };
}

function setupOperations(): Pick<RouteDescription, "get" | "post"> {
  const parameters = [{ name: "secret", in: "path", required: true, schema: { type: "string" } } as const];
  const closed = text("text/html", "The link is unknown, used or expired.");
  const fields: Schema = {
    type: "object",
    required: ["form_token", "username", "password", "password_again"],
    properties: {
      form_token: { type: "string", description: "From the page, together with its cookie." },
      username: { type: "string", maxLength: 150 },
      email: { type: "string", maxLength: 254 },
      password: { type: "string", minLength: 8 },
      password_again: { type: "string" },
    },
  };
  return {
    get: {
      tags: ["Pages"],
      summary: "The form for the first operator",
      parameters,
      responses: { "200": text("text/html", "The form."), "404": closed },
    },
    post: {
      tags: ["Pages"],
      summary: "Make the first operator",
      parameters,
      requestBody: { required: true, content: { "application/x-www-form-urlencoded": { schema: fields } } },
      responses: {
        "201": text("text/html", "The account is made, the link used up."),
        "400": text("text/html", "The form again, with what is wrong."),
        "403": text("text/html", "The form again: it did not come from its page."),
        "404": closed,
        "408": text("text/html", "The form did not arrive in time."),
        "409": text("text/html", "The form again: the name or the address is taken."),
        "413": text("text/html", "What was sent is too large."),
        "415": text("text/html", "What was sent is no form."),
      },
    },
  };
}

function confirmEmailOperations(): Pick<RouteDescription, "get" | "post"> {
  const parameters = [{ name: "token", in: "path", required: true, schema: { type: "string" } } as const];
  const unknown = text("text/html", "The link is not ours, or the account has another address by now.");
  return {
    get: {
      tags: ["Pages"],
      summary: "Where the link in a confirmation mail leads",
      parameters,
      responses: {
        "200": text("text/html", "A button that confirms, or that it is confirmed already."),
        "404": unknown,
        "410": text("text/html", "The link has expired: a button that asks for another one."),
      },
    },
    post: {
      tags: ["Pages"],
      summary: "Confirm an e-mail address",
      description:
        "With an expired link: send another one. Members whose registration method is `email` count as verified then.",
      parameters,
      responses: {
        "200": text("text/html", "It is confirmed; or another link was sent."),
        "404": unknown,
        "429": text("text/html", "No further link is sent today."),
      },
    },
  };
}

function page(summary: string): Operation {
  return { tags: ["Pages"], summary, responses: { "200": text("text/html", "A page.") } };
}

function text(type: string, description: string): Answer {
  return { description, content: { [type]: { schema: { type: "string" } } } };
}
