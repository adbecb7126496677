import type { Context } from "hono";
import { Hono } from "hono";
import * as v from "valibot";
import { changePhoneNumber, type PhoneChange } from "../../aaa/account/change_phone_number.ts";
import type { NumberFault } from "../../aaa/account/phone_rules.ts";
import {
  hasActiveCode,
  requestCode,
  type RequestedCode,
  type Verification,
  verifyCode,
} from "../../aaa/account/phone_verification.ts";
import type { OrganizationRecord } from "../../aaa/identity/organization_record.ts";
import type { Deps } from "../../deps.ts";
import { message, type MessageKey } from "../../languages/say.ts";
import { clientSubscriber } from "../client_address.ts";
import { parseFields, text } from "../fields.ts";
import { forbidden, invalidFields } from "../problem.ts";
import {
  type AccountEndpoint,
  readMemberRequest,
  requireMember,
  requireSettings,
} from "./account_request.ts";

export const CodeFields = v.object({ code: text(8) });
export const PhoneNumberFields = v.object({ phone_number: text(64) });

/** The numbers that guests prove by a code (radius-api 5.9 to 5.12). */
export function phoneRoute(deps: Deps): Hono {
  return new Hono({ strict: false })
    .all("/:slug/account/phone/token", async (c) => {
      // The pages send a number with it. Taking that would be a way around the checks of a change.
      const guest = await readGuest(deps, c, { scope: "create_phone_token", method: "POST" });
      const outcome = await requestCode(deps, guest, clientSubscriber(deps, c), guest.now);
      if (outcome.kind !== "sent") throw codeRefusal(outcome);
      deps.wakeOutbox();
      return c.json({ cooldown: outcome.cooldownSeconds }, 201);
    })
    .all("/:slug/account/phone/token/active", async (c) => {
      const guest = await readGuest(deps, c, { scope: "phone_token_status", method: "GET" });
      return c.json({ active: await hasActiveCode(deps, guest, guest.now) });
    })
    .all("/:slug/account/phone/verify", async (c) => {
      const guest = await readGuest(deps, c, { scope: "validate_phone_token", method: "POST" });
      const { code } = parseFields(CodeFields, guest.body);
      const outcome = await verifyCode(deps, guest, code, guest.now);
      if (outcome.kind !== "verified") throw verificationRefusal(outcome);
      return c.body(null, 200);
    })
    .all("/:slug/account/phone/change", async (c) => {
      const guest = await readGuest(deps, c, { scope: "others", method: "POST" });
      const { phone_number: text } = parseFields(PhoneNumberFields, guest.body);
      const asked = { text, address: clientSubscriber(deps, c) };
      const outcome = await changePhoneNumber(deps, guest, asked, guest.now);
      if (outcome.kind !== "sent") throw codeRefusal(outcome);
      deps.wakeOutbox();
      return c.body(null, 200);
    });
}

async function readGuest(deps: Deps, c: Context, endpoint: Omit<AccountEndpoint, "permit">) {
  const request = await readMemberRequest(deps, c, { ...endpoint, permit: requireSms });
  requireMember(request.account, request.organization);
  return request;
}

function requireSms(organization: OrganizationRecord): void {
  requireSettings(organization);
  if (!organization.smsVerification) {
    throw forbidden(message("sms_verification_disabled", { organization: organization.name }));
  }
}

const NUMBER_FAULTS = {
  invalid: "phone_number_invalid",
  prefix_not_allowed: "phone_prefix_not_allowed",
  not_mobile: "phone_number_not_mobile",
  taken: "phone_number_taken",
  unchanged: "phone_number_unchanged",
} as const satisfies Record<NumberFault | "taken" | "unchanged", MessageKey>;

type Refused<Outcome extends { readonly kind: string }, Success extends Outcome["kind"]> = Exclude<
  Outcome,
  { readonly kind: Success }
>;

function codeRefusal(outcome: Refused<RequestedCode | PhoneChange, "sent">) {
  switch (outcome.kind) {
    case "no_number":
      return invalidFields({ phone_number: [message("field_without_value")] });
    case "refused_number":
      return invalidFields({ phone_number: [message(NUMBER_FAULTS[outcome.fault])] });
    case "daily_limit_of_user":
      return invalidFields({ non_field_errors: [message("code_daily_limit")] });
    case "daily_limit_of_address":
      return invalidFields({ non_field_errors: [message("code_daily_limit_of_address")] });
    case "daily_limit_of_number":
      return invalidFields({ non_field_errors: [message("code_daily_limit_of_number")] });
    case "already_verified":
      return invalidFields({ user: message("already_verified") });
    case "cooldown":
      return invalidFields({
        non_field_errors: [message("code_too_soon", { seconds: outcome.secondsLeft })],
        cooldown: outcome.secondsLeft,
      });
  }
}

const VERIFICATION_FAULTS = {
  never_sent: "code_never_sent",
  used: "code_used",
  attempts_used_up: "code_attempts_used_up",
  expired: "code_expired",
  wrong: "code_wrong",
} as const satisfies Partial<Record<Verification["kind"], MessageKey>>;

function verificationRefusal({ kind }: Refused<Verification, "verified">) {
  return kind === "taken"
    ? invalidFields({ phone_number: [message("phone_number_taken")] })
    : invalidFields({ non_field_errors: [message(VERIFICATION_FAULTS[kind])] });
}
