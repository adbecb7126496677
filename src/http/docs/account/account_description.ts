import type { Answers, Operation, Parameter } from "../openapi_types.ts";
import { detailResponse, jsonResponse } from "../route_description.ts";

/** What all endpoints of one organization's account API have in common. */
export const ACCOUNT_TAG = "Accounts";

const SLUG: Parameter = {
  name: "slug",
  in: "path",
  required: true,
  description: "The organization's slug.",
  schema: { type: "string", pattern: "^[-a-zA-Z0-9_]+$" },
};

/** `accountPath("token/")`: `/api/v1/radius/organization/{slug}/account/token/`. */
export const accountPath = (endpoint: string) => `/api/v1/radius/organization/{slug}/account/${endpoint}`;

const unknownOrganization: Answers = {
  "404": detailResponse("There is no such organization.", "No Organization matches the given query."),
};

/** Adds to every 401 that the key was refused. */
const keyRefused: Answers = {
  "401": detailResponse(
    "The API key is missing or unknown, or its user is deactivated.",
    "Authentication credentials were not provided.",
  ),
};

/** Who is no member gets one of these from endpoints that are for members. */
export const notMember = { non_field_errors: ["The user ada is not a member of the organization default."] };

/** An endpoint that anybody may call. */
export function accountOperation(operation: Omit<Operation, "tags">): Operation {
  const { parameters = [], responses, ...rest } = operation;
  return {
    ...rest,
    tags: [ACCOUNT_TAG],
    parameters: [SLUG, ...parameters],
    responses: { ...unknownOrganization, ...responses },
  };
}

/** One that wants an API key. */
export function memberOperation(operation: Omit<Operation, "tags">): Operation {
  return accountOperation({ ...operation, responses: { ...keyRefused, ...operation.responses } });
}

/** Messages by field, or about the whole. */
export function refusedFields(example: Readonly<Record<string, unknown>>) {
  return jsonResponse(
    "What is wrong, by field; `non_field_errors` about the whole; `detail` for a body that cannot be read.",
    { type: "object" },
    example,
  );
}
