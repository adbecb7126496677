import { SignInFields } from "../../account/token.ts";
import { ValidateFields } from "../../account/validate.ts";
import type { Operation, Schema } from "../openapi_types.ts";
import { requestSchema } from "../request_schema.ts";
import {
  bodyResponses,
  detailResponse,
  jsonExamples,
  jsonResponse,
  methodResponse,
  requestBody,
  type RouteDescription,
  throttledResponse,
} from "../route_description.ts";
import { accountOperation, accountPath } from "./account_description.ts";

const nullable = (type: "string" | "boolean", description?: string): Schema => ({
  type: [type, "null"],
  ...(description && { description }),
});

const KEY: Schema = { type: "string", pattern: "^[0-9a-f]{40}$", description: "The API key." };

const USER: Readonly<Record<string, Schema>> = {
  username: { type: "string" },
  email: nullable("string"),
  phone_number: nullable(
    "string",
    "E.164. One that is still to be verified here takes the place of the account's.",
  ),
  first_name: { type: "string" },
  last_name: { type: "string" },
  birth_date: { ...nullable("string"), format: "date" },
  location: { type: "string" },
  is_active: { type: "boolean" },
  is_verified: nullable(
    "boolean",
    "Null when nobody asked for a verification in this organization; so is `method`.",
  ),
  method: nullable("string"),
  password_expired: { type: "boolean" },
  radius_user_token: nullable(
    "string",
    "The password for the network, once where tokens are disposable: 40 letters and digits.",
  ),
};

const EXAMPLE = {
  username: "ada",
  email: "ada@example.org",
  phone_number: null,
  first_name: "",
  last_name: "",
  birth_date: null,
  location: "",
  is_active: true,
  is_verified: false,
  method: "",
  password_expired: false,
  radius_user_token: "Ix0vS2mZk4rYw8Qn6uT1bC3dE5fG7hJ9kL0pN2sV",
};
const EXAMPLE_KEY = "7c2fe0b1a4d3968571f02e6bc9a8d4537e10f2b6";

const SIGNED_IN: Schema = {
  type: "object",
  required: [...Object.keys(USER), "key"],
  properties: { ...USER, key: KEY },
};

const VALIDATED: Schema = {
  type: "object",
  required: [...Object.keys(USER), "auth_token", "response_code"],
  properties: { ...USER, auth_token: KEY, response_code: { enum: ["AUTH_TOKEN_VALIDATION_SUCCESSFUL"] } },
};

/** How guests sign in, and come back. */
export function signInRoutes(): readonly RouteDescription[] {
  return [
    { path: accountPath("token/"), post: signInOperation() },
    { path: accountPath("token/validate/"), post: validateOperation() },
  ];
}

function signInOperation(): Operation {
  return accountOperation({
    summary: "Sign in",
    description:
      "By user name, e-mail address or telephone number and the password; or without a body, by the token of a magic " +
      "link: `Authorization: sesame TOKEN`. Whoever has an account elsewhere becomes a member, where the organization " +
      "takes registrations. The key is the same every time and everywhere; what was given out before stays good.",
    requestBody: requestBody(requestSchema(SignInFields), { username: "ada", password: "secret" }),
    responses: {
      ...bodyResponses,
      ...methodResponse("GET"),
      ...throttledResponse,
      "200": jsonResponse("Signed in.", SIGNED_IN, { ...EXAMPLE, key: EXAMPLE_KEY }),
      "401": jsonExamples(
        "Who that is, but not let in: deactivated, or still to be verified where the organization wants that. The key " +
          "is good for the verification.",
        SIGNED_IN,
        {
          "to be verified": { ...EXAMPLE, method: "mobile_phone", key: EXAMPLE_KEY },
          deactivated: { ...EXAMPLE, is_active: false, key: EXAMPLE_KEY },
        },
      ),
      "403": detailResponse(
        "No member, and the organization takes no registrations; or it is disabled; or the magic link is worth nothing.",
        "Default does not take new registrations at the moment.",
      ),
    },
  });
}

function validateOperation(): Operation {
  return accountOperation({
    summary: "Who has this key",
    description:
      "Also gives out a new `radius_user_token`. Those that were given out lately stay good beside it.",
    requestBody: requestBody(requestSchema(ValidateFields), { token: EXAMPLE_KEY }),
    responses: {
      ...bodyResponses,
      ...methodResponse("GET"),
      ...throttledResponse,
      "200": jsonResponse("The user, deactivated and unverified ones too.", VALIDATED, {
        ...EXAMPLE,
        auth_token: EXAMPLE_KEY,
        response_code: "AUTH_TOKEN_VALIDATION_SUCCESSFUL",
      }),
      "401": jsonResponse("Nobody has this key.", {
        type: "object",
        properties: { response_code: { enum: ["BLANK_OR_INVALID_TOKEN"] } },
      }, { response_code: "BLANK_OR_INVALID_TOKEN" }),
      "403": detailResponse(
        "The user is no member, or the organization is disabled.",
        "ada is not a member of Default.",
      ),
    },
  });
}
