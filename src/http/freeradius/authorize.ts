import type { Context } from "hono";
import { Hono } from "hono";
import * as v from "valibot";
import type { AccessDecision, ReplyAttributes, ReplyValue } from "../../aaa/access/access_decision.ts";
import { authorize } from "../../aaa/access/authorize.ts";
import type { Deps } from "../../deps.ts";
import { optionalText, parseFields, text } from "../fields.ts";
import { overloaded } from "../problem.ts";
import { statedLanguage } from "../request_language.ts";
import { type AuthenticateRequest, empty, readNasRequest } from "./nas_request.ts";

export const AuthorizeFields = v.object({
  username: text(150),
  password: text(4096),
  called_station_id: optionalText(253),
  calling_station_id: optionalText(253),
});

/** Called by rlm_rest in FreeRADIUS's `authorize` section. */
export function authorizeRoute(deps: Deps, authenticate: AuthenticateRequest): Hono {
  return new Hono({ strict: false }).all("/authorize", async (c) => {
    const { nas, body, now } = await readNasRequest(deps, c, authenticate, "authorize", ["POST"]);
    if (!nas) return refuse(deps, c);
    const fields = parseFields(AuthorizeFields, body);
    const decision = await authorize(deps, nas, {
      username: fields.username,
      credential: { kind: "password", password: sentPassword(body.password) ?? fields.password },
      calledStationId: fields.called_station_id ?? "",
      callingStationId: fields.calling_station_id ?? "",
      language: statedLanguage(c),
    }, now);
    return respond(deps, c, decision);
  });
}

/** White space around a password belongs to it; the field's check has cut it off. */
function sentPassword(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function respond(deps: Deps, c: Context, decision: AccessDecision): Response {
  switch (decision.kind) {
    case "accept":
      return json(c, "Accept", {}, decision.attributes, 200);
    case "refuse":
      return refuse(deps, c);
    case "limit": {
      const message = { "Reply-Message": bareText(decision.replyMessage) };
      // Some NASes take any status but 200 for a wrong password, and would hide that the quota is used up.
      const status = decision.refusal.reason === "too_many_sessions" ? 401 : 200;
      return json(c, "Reject", message, decision.attributes, status);
    }
    case "overloaded":
      throw overloaded(decision.retryAfterSeconds);
  }
}

/** FreeRADIUS takes an empty 200 for "no opinion", and its own policy rejects. */
function refuse({ settings }: Deps, c: Context): Response {
  return settings.apiAuthorizeReject ? c.json({ "control:Auth-Type": "Reject" }, 401) : empty(200);
}

function json(
  c: Context,
  authType: "Accept" | "Reject",
  own: Readonly<Record<string, unknown>>,
  attributes: ReplyAttributes,
  status: 200 | 401,
): Response {
  const answer: Record<string, unknown> = { "control:Auth-Type": authType, ...own };
  for (const [name, value] of Object.entries(attributes)) {
    // Only the verdict itself is ours alone.
    if (name === "control:Auth-Type") continue;
    answer[name] = typeof value === "number" ? value : withOperator(value);
  }
  return c.json(answer, status);
}

/** rlm_rest would expand a `%` and lose the attribute. */
function withOperator({ op, value }: ReplyValue) {
  return [value].flat().some((text) => text.includes("%")) ? { op, value, do_xlat: false } : { op, value };
}

function bareText(text: string): string | ReplyValue {
  return text.includes("%") ? withOperator({ op: "=", value: text }) : text;
}
