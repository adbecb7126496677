import { Hono } from "hono";
import * as v from "valibot";
import { resume } from "../../aaa/account/sign_in.ts";
import type { Deps } from "../../deps.ts";
import { optionalText, parseFields } from "../fields.ts";
import { readAccountRequest } from "./account_request.ts";
import { closed } from "./closed.ts";

/** Of any length: a key that nobody has is a 401, however it looks. */
export const ValidateFields = v.object({ token: optionalText(1_048_576) });

/** Says whose API key that is, and gives out a new RADIUS user token (radius-api 5.3). */
export function validateRoute(deps: Deps): Hono {
  return new Hono({ strict: false }).all("/:slug/account/token/validate", async (c) => {
    const request = await readAccountRequest(deps, c, { scope: "validate_auth_token", method: "POST" });
    const key = parseFields(ValidateFields, request.body).token ?? "";
    const resumed = await resume(deps, request, key);
    switch (resumed.kind) {
      case "unknown_key":
        return c.json({ response_code: "BLANK_OR_INVALID_TOKEN" }, 401);
      case "closed":
        throw closed(request.organization, resumed);
      case "resumed":
        return c.json({
          ...resumed.view,
          auth_token: key,
          response_code: "AUTH_TOKEN_VALIDATION_SUCCESSFUL",
        });
    }
  });
}
