import { Hono } from "hono";
import type { Context } from "hono";
import * as v from "valibot";
import { type SignIn, signIn, signInByLink } from "../../aaa/account/sign_in.ts";
import type { Deps } from "../../deps.ts";
import { message } from "../../languages/say.ts";
import { parseFields, text } from "../fields.ts";
import { forbidden, invalidFields, throttled } from "../problem.ts";
import { type AccountRequest, readAccountRequest } from "./account_request.ts";
import { closed } from "./closed.ts";

export const SignInFields = v.object({ username: text(254), password: text(4096, { verbatim: true }) });

/** Signs in by password, or by a magic link's token in the `Authorization` header (radius-api 5.2). */
export function tokenRoute(deps: Deps): Hono {
  return new Hono({ strict: false }).all("/:slug/account/token", async (c) => {
    const link = magicLinkToken(c, deps.settings.sesameTokenName);
    const endpoint = { scope: "obtain_auth_token", method: "POST", bodyless: link !== null } as const;
    const request = await readAccountRequest(deps, c, endpoint);
    if (link === null) {
      return respond(c, request, await signIn(deps, request, parseFields(SignInFields, request.body)));
    }
    const byLink = await signInByLink(deps, request, link);
    if (byLink.kind === "wrong_credential") throw forbidden(message("magic_link_invalid"));
    return respond(c, request, byLink);
  });
}

/** Null for another scheme, which means nothing here; empty for the scheme alone. */
function magicLinkToken(c: Context, name: string): string | null {
  const [scheme = "", token = ""] = (c.req.header("authorization") ?? "").split(" ");
  return scheme.toLowerCase() === name.toLowerCase() ? token : null;
}

function respond(c: Context, { organization }: AccountRequest, signedIn: SignIn): Response {
  switch (signedIn.kind) {
    case "signed_in":
      // The client goes on from a 401 with this body: to the verification, or to telling that the account is closed.
      return c.json({ ...signedIn.view, key: signedIn.key }, signedIn.admitted ? 200 : 401);
    case "wrong_credential":
      throw invalidFields({ non_field_errors: [message("invalid_credentials")] });
    case "closed":
      throw closed(organization, signedIn);
    case "wait":
      throw throttled(signedIn.seconds, message(signedIn.why, { seconds: signedIn.seconds }));
  }
}
