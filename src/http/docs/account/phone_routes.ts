import { CodeFields, PhoneNumberFields } from "../../account/phone.ts";
import type { Answer, Answers } from "../openapi_types.ts";
import { requestSchema } from "../request_schema.ts";
import {
  bodyResponses,
  detailResponse,
  emptyResponse,
  jsonExamples,
  jsonResponse,
  methodResponse,
  requestBody,
  type RouteDescription,
  throttledResponse,
} from "../route_description.ts";
import { accountPath, memberOperation, notMember } from "./account_description.ts";

const smsOff: Answers = {
  "403": detailResponse(
    "The organization does not verify telephone numbers. Said to everybody, with a key and without.",
    "Lounge does not verify telephone numbers by SMS.",
  ),
};

const LIMITS = {
  cooldown: {
    non_field_errors: ["A code was sent just now. You can get another one in 12 seconds."],
    cooldown: 12,
  },
  limit_of_user: {
    non_field_errors: ["You have asked for as many codes as a day allows. Try again tomorrow."],
  },
  limit_of_address: {
    non_field_errors: ["Too many codes were asked for from this network today. Try again tomorrow."],
  },
  not_member: notMember,
};

/** Proving a telephone number (radius-api 5.9 to 5.12). */
export function phoneRoutes(): readonly RouteDescription[] {
  return [createRoute(), activeRoute(), verifyRoute(), changeRoute()];
}

function createRoute(): RouteDescription {
  return {
    path: accountPath("phone/token/"),
    post: memberOperation({
      summary: "Send a code",
      description:
        "To the account's number, or to the one that it is being changed to; a number in the body is ignored. " +
        "The newest code counts.",
      responses: {
        ...smsOff,
        ...bodyResponses,
        ...methodResponse("GET"),
        ...throttledResponse,
        "201": jsonResponse(
          "The message is on its way; `cooldown` seconds must pass before the next one.",
          { type: "object", required: ["cooldown"], properties: { cooldown: { type: "integer" } } },
          { cooldown: 30 },
        ),
        "400": refused("No code is sent now.", {
          ...LIMITS,
          no_number: { phone_number: ["This field cannot be null."] },
          number_of_another: { phone_number: ["There is an account with this telephone number already."] },
          already_verified: { user: "Your account is verified already." },
        }),
      },
    }),
  };
}

function activeRoute(): RouteDescription {
  return {
    path: accountPath("phone/token/active/"),
    get: memberOperation({
      summary: "Is a code on its way?",
      responses: {
        ...smsOff,
        ...methodResponse("POST"),
        ...throttledResponse,
        "200": jsonResponse(
          "Whether a code that was sent to the number is still good.",
          { type: "object", required: ["active"], properties: { active: { type: "boolean" } } },
          { active: true },
        ),
        "400": refused("The user is not a member.", { not_member: notMember }),
      },
    }),
  };
}

function verifyRoute(): RouteDescription {
  return {
    path: accountPath("phone/verify/"),
    post: memberOperation({
      summary: "Verify a number by its code",
      description:
        "The number becomes the account's, and its user name where that was the old number. Then other organizations " +
        "have to verify the new number too.",
      requestBody: requestBody(requestSchema(CodeFields), { code: "041873" }),
      responses: {
        ...smsOff,
        ...bodyResponses,
        ...methodResponse("GET"),
        ...throttledResponse,
        "200": emptyResponse("Verified."),
        "400": refused("Not verified; every attempt counts.", {
          never_sent: { non_field_errors: ["No code was sent to you yet. Ask for one first."] },
          used: { non_field_errors: ["This code was used already."] },
          attempts: { non_field_errors: ["Too many wrong codes. Ask for a new one."] },
          expired: { non_field_errors: ["This code has expired. Ask for a new one."] },
          wrong: { non_field_errors: ["This code is not right."] },
          number_of_another: { phone_number: ["There is an account with this telephone number already."] },
          no_code: { code: ["This field may not be blank."] },
          not_member: notMember,
        }),
      },
    }),
  };
}

function changeRoute(): RouteDescription {
  return {
    path: accountPath("phone/change/"),
    post: memberOperation({
      summary: "Change the number",
      description:
        "Sends a code to the new number, which stands for the account's in this organization until it is verified. The " +
        "account's own number takes such a change back.",
      requestBody: requestBody(requestSchema(PhoneNumberFields), { phone_number: "+393331234567" }),
      responses: {
        ...smsOff,
        ...bodyResponses,
        ...methodResponse("GET"),
        ...throttledResponse,
        "200": emptyResponse("The code is on its way, and the member unverified until it comes back."),
        "400": refused("Nothing was sent or changed.", {
          ...LIMITS,
          not_mobile: { phone_number: ["Enter the number of a mobile phone."] },
          unchanged: { phone_number: ["This is your number already. Enter another one."] },
        }),
      },
    }),
  };
}

function refused(description: string, examples: Readonly<Record<string, unknown>>): Answer {
  return jsonExamples(`${description} Or the body cannot be read: \`detail\`.`, { type: "object" }, examples);
}
