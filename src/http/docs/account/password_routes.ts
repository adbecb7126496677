import { PasswordChangeFields } from "../../account/password_change.ts";
import { PasswordResetConfirmFields, PasswordResetFields } from "../../account/password_reset.ts";
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
import { accountOperation, accountPath, memberOperation, notMember } from "./account_description.ts";

const TOO_SHORT = "This password is too short. It must contain at least 8 characters.";

/** How guests recover and change their passwords. */
export function passwordRoutes(): readonly RouteDescription[] {
  return [
    { path: accountPath("password/reset/"), post: resetOperation() },
    { path: accountPath("password/reset/confirm/"), post: confirmOperation() },
    { path: accountPath("password/change/"), post: changeOperation() },
  ];
}

function resetOperation(): Operation {
  return accountOperation({
    summary: "Ask for a link to choose a new password",
    description:
      "By user name, e-mail address or telephone number. The mail goes to active members who have a password and an " +
      "address, a few times an hour at most; the answer is the same whether there is somebody like that or not. " +
      "Where the link leads say the organization's `password_reset_url` and `PORTICO_PASSWORD_RESET_URLS`.",
    requestBody: requestBody(requestSchema(PasswordResetFields), { input: "ada@example.org" }),
    responses: {
      ...bodyResponses,
      ...methodResponse("GET"),
      ...throttledResponse,
      "200": detailResponse(
        "To be shown as it is.",
        "If there is an account like this, we sent an e-mail with a link to choose a new password.",
      ),
    },
  });
}

function confirmOperation(): Operation {
  return accountOperation({
    summary: "Choose a new password",
    description:
      "With what the link ends in. It is good once, and until its owner logs in or changes password or e-mail address, " +
      "for three days at most (`PORTICO_PASSWORD_RESET_TIMEOUT`). RADIUS keys that were given out end, the API key stays.",
    requestBody: requestBody(requestSchema(PasswordResetConfirmFields), {
      uid: "0193503f4c2b7c1e9f6a2d8b5e40c7a1",
      token: "sn8k2o-4f1d0c9b8a7e6d5c4b3a29180f7e6d5c4b3a2918",
      new_password1: "correct horse",
      new_password2: "correct horse",
    }),
    responses: {
      ...bodyResponses,
      ...methodResponse("GET"),
      ...throttledResponse,
      "200": detailResponse(
        "The password is set.",
        "Your new password is set. You can log in with it now.",
      ),
      "400": refused({
        "another link": { token: ["Invalid value"] },
        "nobody's link": { uid: ["Invalid value"] },
        "a weak password": { new_password2: [TOO_SHORT] },
        "not a member": notMember,
      }),
    },
  });
}

function changeOperation(): Operation {
  return memberOperation({
    summary: "Change the password",
    description:
      "For members, who prove the present one whatever else they may do. The API key stays good; RADIUS keys that were " +
      "given out end.",
    requestBody: requestBody(requestSchema(PasswordChangeFields), {
      current_password: "secret",
      new_password: "correct horse",
      confirm_password: "correct horse",
    }),
    responses: {
      ...bodyResponses,
      ...methodResponse("GET"),
      ...throttledResponse,
      "200": jsonResponse("The password is changed.", {
        type: "object",
        required: ["status", "message"],
        properties: { status: { enum: ["Success"] }, message: { type: "string" } },
      }, { status: "Success", message: "Your password was changed." }),
      "400": refused({
        "a wrong password": { current_password: ["The current password is not right."] },
        "a weak password": { new_password: [TOO_SHORT], non_field_errors: [TOO_SHORT] },
        "not a member": notMember,
      }),
    },
  });
}

function refused(examples: Readonly<Record<string, unknown>>) {
  return jsonExamples(
    "Nothing was changed. What is wrong, by field; `non_field_errors` about the whole; `detail` for a body that cannot " +
      "be read.",
    { type: "object" },
    examples,
  );
}
