import { type Context, Hono } from "hono";
import * as v from "valibot";
import { type SignUp, signUp } from "../../aaa/account/registration.ts";
import type { SignUpForm } from "../../aaa/account/sign_up_form.ts";
import type { OrganizationRecord } from "../../aaa/identity/organization_record.ts";
import type { Deps } from "../../deps.ts";
import { isMessage, type Language, message, say } from "../../languages/say.ts";
import { isDate } from "../batch_fields.ts";
import { checkFields, complaint, documentedAs, text } from "../fields.ts";
import { forbidden, HttpProblem, invalidFields, throttled } from "../problem.ts";
import type { Body } from "../read_body.ts";
import { readAccountRequest, requireSettings } from "./account_request.ts";

const LONGEST_PASSWORD = 4096;

export const RegisterFields = v.object({
  username: text(150),
  email: v.optional(text(254)),
  password1: text(LONGEST_PASSWORD),
  password2: text(LONGEST_PASSWORD),
  phone_number: v.optional(
    v.pipe(
      v.string(({ received }) =>
        received === "null" ? complaint("field_null") : complaint("phone_number_invalid")
      ),
      documentedAs({ type: "string", maxLength: 64 }),
      v.transform((number) => number.trim()),
    ),
    "",
  ),
  first_name: v.optional(text(150)),
  last_name: v.optional(text(150)),
  location: v.optional(text(256)),
  birth_date: v.optional(v.pipe(
    text(32),
    documentedAs({ type: "string", format: "date" }),
    v.check(isDate, complaint("invalid_date")),
  )),
  method: v.optional(text(64, { blank: true }), ""),
});

/** Those that a form without them sends empty. */
const OPTIONAL = ["email", "first_name", "last_name", "location", "birth_date"];

/** Somebody makes an account for herself (radius-api 5.1). */
export function registerRoute(deps: Deps): Hono {
  return new Hono({ strict: false }).all("/:slug/account", async (c) => {
    const { language, body, ...place } = await readAccountRequest(deps, c, {
      scope: "others",
      method: "POST",
      permit,
    });
    const visit = { ...place, language, requestUrl: c.req.url };
    return respond(c, language, await signUp(deps, visit, readForm(c, body)));
  });
}

function permit(organization: OrganizationRecord): void {
  requireSettings(organization);
  if (!organization.registrationEnabled || !organization.isActive) {
    throw forbidden(message("permission_denied"));
  }
}

function readForm(c: Context, body: Body): SignUpForm {
  const isJson = /^\s*application\/json\b/i.test(c.req.header("content-type") ?? "");
  const sent = isJson ? body : withoutEmpty(body);
  const { fields, errors } = checkFields(RegisterFields, sent);
  const flaws = Object.entries(errors).map(([field, texts]) =>
    [field, texts.map((text) => isMessage(text) ? text : message("invalid_text"))] as const
  );
  return { fields, flaws: Object.fromEntries(flaws) };
}

function withoutEmpty(body: Body): Body {
  return Object.fromEntries(
    Object.entries(body).filter(([name, value]) => value !== "" || !OPTIONAL.includes(name)),
  );
}

function respond(c: Context, language: Language, outcome: SignUp): Response {
  switch (outcome.kind) {
    case "signed_up": {
      const { key, radiusUserToken } = outcome;
      const proof = key === null ? { detail: say(language, message("verification_mail_sent")) } : { key };
      return c.json({ ...proof, radius_user_token: radiusUserToken }, 201);
    }
    case "refused":
      throw invalidFields(outcome.flaws);
    case "incomplete":
      // Without a list around it: existing clients know it like that.
      throw invalidFields({ [outcome.field]: message("field_required") });
    case "similar":
      throw new HttpProblem(409, {
        details: message("similar_account"),
        organizations: outcome.organizations.map(({ slug, name }) => ({ slug, name })),
      });
    case "overloaded": {
      const seconds = outcome.retryAfterSeconds;
      throw throttled(seconds, message("too_many_logins", { seconds }));
    }
  }
}
