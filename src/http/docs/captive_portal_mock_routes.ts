import { MockLoginFields, MockLogoutFields } from "../captive_portal_mock/captive_portal_mock.ts";
import type { Operation, Schema } from "./openapi_types.ts";
import { requestSchema } from "./request_schema.ts";
import { bodyResponses, requestBody, type RouteDescription } from "./route_description.ts";

/** What `PORTICO_CAPTIVE_PORTAL_MOCK` adds. */
export function captivePortalMockRoutes(): readonly RouteDescription[] {
  const key = "KbS9eDtKzW2yQkN7jvC4hM1xTgR8pLuA0fZs5nXo";
  return [
    {
      path: "/captive-portal-mock/login/",
      post: mock(
        "Let a guest in",
        "Opens a session for the owner of the RADIUS user token in `auth_pass` or `password`, unless one is open.",
        requestSchema(MockLoginFields),
        { auth_pass: key },
      ),
    },
    {
      path: "/captive-portal-mock/logout/",
      post: mock(
        "End a session",
        "Closes the open session with this `session_id`, with some traffic and the cause `User-Request`.",
        requestSchema(MockLogoutFields),
        { logout_id: "35000006" },
      ),
    },
  ];
}

function mock(summary: string, description: string, fields: Schema, example: unknown): Operation {
  return {
    tags: ["Captive portal mock"],
    summary,
    description,
    requestBody: requestBody(fields, example),
    responses: {
      ...bodyResponses,
      "200": {
        description: "It is done, or there was nothing to do.",
        content: { "text/plain": { schema: { type: "string" } } },
      },
    },
  };
}
