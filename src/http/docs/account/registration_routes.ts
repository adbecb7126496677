import { RegisterFields } from "../../account/register.ts";
import { RegistrationMethodFields } from "../../account/registration_method.ts";
import type { Operation } from "../openapi_types.ts";
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
import {
  accountOperation,
  accountPath,
  memberOperation,
  notMember,
  refusedFields,
} from "./account_description.ts";

const KEY = { type: "string", pattern: "^[0-9a-f]{40}$" } as const;
const RADIUS_KEY = { type: "string", pattern: "^[A-Za-z0-9]{40}$" } as const;
const RADIUS_EXAMPLE = "Ix0vT3qkW9mZbR5nYc7LhJ2sD8fGaP4eU6wKoX1B";

/** How guests get an account. */
export function registrationRoutes(): readonly RouteDescription[] {
  return [
    { path: accountPath(""), post: registerOperation() },
    { path: accountPath("registration-method/"), post: methodOperation() },
  ];
}

function registerOperation(): Operation {
  return accountOperation({
    summary: "Sign up",
    description:
      "Makes an account and its membership, and sends a mail to confirm the address. The organization's settings say " +
      "which fields of a person are asked for, whether a mobile number is, and which registration methods may be named.",
    requestBody: requestBody(requestSchema(RegisterFields), {
      username: "ada@example.org",
      email: "ada@example.org",
      password1: "correct horse",
      password2: "correct horse",
    }),
    responses: {
      ...bodyResponses,
      ...methodResponse("GET"),
      ...throttledResponse,
      "201": jsonExamples(
        "The account is made. The RADIUS token is good after a log-in or a validation of the key.",
        {
          type: "object",
          required: ["radius_user_token"],
          properties: { key: KEY, detail: { type: "string" }, radius_user_token: RADIUS_KEY },
        },
        {
          usually: { key: "7c2f9d1be04a5836c7d2e1f0a9b8c7d6e5f40312", radius_user_token: RADIUS_EXAMPLE },
          "with `PORTICO_EMAIL_VERIFICATION=mandatory`": {
            detail: "We sent you an e-mail. Open the link in it to confirm your address.",
            radius_user_token: RADIUS_EXAMPLE,
          },
        },
      ),
      "400": jsonExamples(
        "What is wrong, by field; a text without a list around it names a field that this organization asks for.",
        { type: "object" },
        {
          fields: { email: ["Enter a valid e-mail address."] },
          "a missing field": { location: "This field is required." },
        },
      ),
      "403": detailResponse(
        "Nobody can sign up here.",
        "You do not have permission to perform this action.",
      ),
      "409": jsonResponse(
        "Somebody has this user name, address or number, and is no member here: she can log in with that account.",
        {
          type: "object",
          required: ["details", "organizations"],
          properties: {
            details: { type: "string" },
            organizations: {
              type: "array",
              items: {
                type: "object",
                required: ["slug", "name"],
                properties: { slug: { type: "string" }, name: { type: "string" } },
              },
            },
          },
        },
        {
          details: "You seem to have an account already. Log in with it to use it here too.",
          organizations: [{ slug: "default", name: "Default" }],
        },
      ),
      "500": detailResponse(
        "The organization has no RADIUS settings.",
        "This organization has no RADIUS settings yet: its operator has to make them.",
      ),
    },
  });
}

function methodOperation(): Operation {
  return memberOperation({
    summary: "Choose how to be verified",
    description:
      "For whoever joined with an account from elsewhere, once. It verifies nothing by itself; for `email` a mail is sent. " +
      "Refused: `email` without an address, and `mobile_phone` where nobody is verified by SMS.",
    requestBody: requestBody(requestSchema(RegistrationMethodFields), { method: "mobile_phone" }),
    responses: {
      ...bodyResponses,
      ...methodResponse("GET"),
      "200": jsonResponse("The method is noted.", {
        type: "object",
        required: ["method"],
        properties: { method: { type: "string" } },
      }, { method: "mobile_phone" }),
      "400": refusedFields(notMember),
      "404": detailResponse("There is no registration record, or no such organization.", "Not found."),
    },
  });
}
