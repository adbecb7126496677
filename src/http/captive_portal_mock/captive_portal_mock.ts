import { type Context, Hono } from "hono";
import * as v from "valibot";
import { closeMockSession, openMockSession } from "../../aaa/captive_portal_mock/mock_session.ts";
import type { Deps } from "../../deps.ts";
import { allowMethods } from "../problem.ts";
import { readBody } from "../read_body.ts";

const Sent = v.optional(v.fallback(v.string(), ""), "");

/** Whichever of the two the pages are configured to send. */
export const MockLoginFields = v.object({ auth_pass: Sent, password: Sent });
export const MockLogoutFields = v.object({ logout_id: Sent });

/**
 * A captive portal for whoever develops with the OpenWISP login pages (portal-client 6.6). The pages submit its forms
 * into a hidden frame and go on once that has loaded, so each is answered 200, after the session is stored.
 */
export function captivePortalMockRoutes(deps: Deps): Hono {
  const routes = new Hono({ strict: false });
  routes.all("/login", async (c) => {
    allowMethods(c, "POST");
    const { auth_pass, password } = v.parse(MockLoginFields, await readBody(c));
    await openMockSession(deps, (auth_pass || password).trim(), deps.now());
    return loaded(c, "logged in");
  });
  routes.all("/logout", async (c) => {
    allowMethods(c, "POST");
    const { logout_id } = v.parse(MockLogoutFields, await readBody(c));
    await closeMockSession(deps, logout_id.trim(), deps.now());
    return loaded(c, "logged out");
  });
  return routes;
}

function loaded(c: Context, text: string): Response {
  return c.text(text, 200, { "Cache-Control": "no-store" });
}
