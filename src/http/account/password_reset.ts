import { type Context, Hono } from "hono";
import * as v from "valibot";
import {
  confirmPasswordReset,
  type ResetConfirmation,
  type ResetOutcome,
} from "../../aaa/account/confirm_password_reset.ts";
import { requestPasswordReset } from "../../aaa/account/password_reset.ts";
import type { OrganizationRecord } from "../../aaa/identity/organization_record.ts";
import type { Deps } from "../../deps.ts";
import { type Language, message, say } from "../../languages/say.ts";
import { afterAnswer } from "../after_answer.ts";
import { clientSubscriber } from "../client_address.ts";
import { parseFields, text } from "../fields.ts";
import { invalidFields, throttled } from "../problem.ts";
import { notMember, readAccountRequest } from "./account_request.ts";

/** As much as a body holds: what is longer than any name is nobody's, and answered like everybody's. */
export const PasswordResetFields = v.object({ input: text(1_048_576) });

export const PasswordResetConfirmFields = v.object({
  uid: text(255),
  token: text(255),
  new_password1: text(128),
  new_password2: text(128),
});

const DASHES = /^(.{8})-?(.{4})-?(.{4})-?(.{4})-?(.{12})$/;

/** Asking for a link by mail, and setting a new password with it (radius-api 5.4 and 5.5). */
export function passwordResetRoute(deps: Deps): Hono {
  return new Hono({ strict: false })
    .all("/:slug/account/password/reset", (c) => answerRequest(deps, c))
    .all("/:slug/account/password/reset/confirm", (c) => answerConfirmation(deps, c));
}

/** The same for everybody, known or not: whatever depends on that comes after the answer. */
async function answerRequest(deps: Deps, c: Context): Promise<Response> {
  const request = await readAccountRequest(deps, c, { scope: "others", method: "POST" });
  const { organization, language, now } = request;
  const { input } = parseFields(PasswordResetFields, request.body);
  const address = clientSubscriber(deps, c);
  afterAnswer(deps, () => requestPasswordReset(deps, organization, { input, address, language }, now));
  return c.json({ detail: say(language, message("password_reset_mail_sent")) });
}

async function answerConfirmation(deps: Deps, c: Context): Promise<Response> {
  const request = await readAccountRequest(deps, c, { scope: "others", method: "POST" });
  const { organization, language, now } = request;
  const fields = parseFields(PasswordResetConfirmFields, request.body);
  const confirmation: ResetConfirmation = {
    userId: toUserId(fields.uid),
    token: fields.token,
    password: fields.new_password1,
    repeated: fields.new_password2,
  };
  return respond(
    c,
    organization,
    language,
    await confirmPasswordReset(deps, organization, confirmation, now),
  );
}

function respond(
  c: Context,
  organization: OrganizationRecord,
  language: Language,
  outcome: ResetOutcome,
): Response {
  switch (outcome.kind) {
    case "reset":
      return c.json({ detail: say(language, message("password_was_reset")) });
    case "unknown_user":
      throw invalidFields({ uid: [message("invalid_value")] });
    case "invalid_token":
      throw invalidFields({ token: [message("invalid_value")] });
    case "flawed":
      throw invalidFields({ new_password2: outcome.flaws });
    case "not_member":
      throw notMember(outcome.account, organization);
    case "wait":
      throw throttled(outcome.seconds, message(outcome.why, { seconds: outcome.seconds }));
  }
}

/** A user's id, from the link's spelling of it: with or without dashes. */
function toUserId(uid: string): string {
  const digits = uid.toLowerCase();
  const id = digits.replace(DASHES, "$1-$2-$3-$4-$5");
  if (v.is(v.pipe(v.string(), v.uuid()), id)) return id;
  throw invalidFields({
    non_field_errors: [message("invalid_uuid", { value: uid.slice(0, 60).toWellFormed() })],
  });
}
