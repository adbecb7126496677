import { type Context, Hono } from "hono";
import * as v from "valibot";
import { changePassword, type PasswordChange } from "../../aaa/account/change_password.ts";
import type { Deps } from "../../deps.ts";
import { type Language, message, say } from "../../languages/say.ts";
import { parseFields, text } from "../fields.ts";
import { invalidFields, throttled } from "../problem.ts";
import { readMemberRequest, requireMember } from "./account_request.ts";

export const PasswordChangeFields = v.object({
  // As at the log-in: some were set with white space around them.
  current_password: text(4096, { verbatim: true }),
  new_password: text(128),
  confirm_password: text(128),
});

/** A new password for whoever knows the present one (radius-api 5.6). */
export function passwordChangeRoute(deps: Deps): Hono {
  return new Hono({ strict: false }).all("/:slug/account/password/change", async (c) => {
    const request = await readMemberRequest(deps, c, { scope: "others", method: "POST" });
    const { account, organization, body, now } = request;
    requireMember(account, organization);
    const fields = parseFields(PasswordChangeFields, body);
    if (fields.new_password !== fields.confirm_password) {
      throw invalidFields({ confirm_password: [message("passwords_differ")] });
    }
    const passwords = { present: fields.current_password, next: fields.new_password };
    return respond(c, request.language, await changePassword(deps, organization, account, passwords, now));
  });
}

function respond(c: Context, language: Language, outcome: PasswordChange): Response {
  switch (outcome.kind) {
    case "changed":
      return c.json({ status: "Success", message: say(language, message("password_updated")) });
    case "wrong":
      throw invalidFields({ current_password: [message("current_password_wrong")] });
    case "flawed":
      // The login pages show the second alone, other clients the first.
      throw invalidFields({ new_password: outcome.flaws, non_field_errors: outcome.flaws });
    case "no_password":
      throw invalidFields({ non_field_errors: [message("account_without_password")] });
    case "wait":
      throw throttled(outcome.seconds, message(outcome.why, { seconds: outcome.seconds }));
  }
}
