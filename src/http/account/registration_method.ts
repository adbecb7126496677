import { Hono } from "hono";
import * as v from "valibot";
import { chooseMethod } from "../../aaa/account/choose_method.ts";
import type { Deps } from "../../deps.ts";
import { message } from "../../languages/say.ts";
import { parseFields, text } from "../fields.ts";
import { invalidFields, notFound } from "../problem.ts";
import { readMemberRequest, requireMember } from "./account_request.ts";

export const RegistrationMethodFields = v.object({ method: text(64, { blank: true }) });

/** How a member who came with an account from elsewhere will prove who she is (radius-api 5.13). */
export function registrationMethodRoute(deps: Deps): Hono {
  return new Hono({ strict: false }).all("/:slug/account/registration-method", async (c) => {
    const { account, body, ...place } = await readMemberRequest(deps, c, { scope: null, method: "POST" });
    const { organization } = place;
    requireMember(account, organization);
    const { method } = parseFields(RegistrationMethodFields, body);
    if (!organization.registrationMethods.includes(method)) {
      throw invalidFields({ method: [message("invalid_choice", { choice: method })] });
    }
    switch (await chooseMethod(deps, { ...place, requestUrl: c.req.url }, account, method)) {
      case "chosen":
        return c.json({ method });
      case "not_pending":
        throw invalidFields({ method: [message("method_not_pending")] });
      case "no_address":
        throw invalidFields({ method: [message("method_needs_email")] });
      case "no_sms":
        throw invalidFields({
          method: [message("sms_verification_disabled", { organization: organization.name })],
        });
      case "no_record":
        throw notFound();
    }
  });
}
