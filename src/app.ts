import { Hono } from "hono";
import type { Deps } from "./deps.ts";
import { passwordChangeRoute } from "./http/account/password_change.ts";
import { passwordResetRoute } from "./http/account/password_reset.ts";
import { phoneRoute } from "./http/account/phone.ts";
import { registerRoute } from "./http/account/register.ts";
import { registrationMethodRoute } from "./http/account/registration_method.ts";
import { sessionsRoute } from "./http/account/sessions.ts";
import { tokenRoute } from "./http/account/token.ts";
import { usageRoute } from "./http/account/usage.ts";
import { validateRoute } from "./http/account/validate.ts";
import { callersOf, serveTo } from "./http/callers.ts";
import { captivePortalMockRoutes } from "./http/captive_portal_mock/captive_portal_mock.ts";
import { docsRoutes } from "./http/docs/docs_routes.ts";
import { accountingRoute } from "./http/freeradius/accounting.ts";
import { authorizeRoute } from "./http/freeradius/authorize.ts";
import { authenticateRequest } from "./http/freeradius/nas_request.ts";
import { postAuthRoute } from "./http/freeradius/post_auth.ts";
import { legacyBatchRoute } from "./http/legacy/batch.ts";
import { authenticateLegacyRequest } from "./http/legacy/legacy_request.ts";
import { legacySessionJson } from "./http/legacy/legacy_session_json.ts";
import { obtainTokenRoute } from "./http/legacy/obtain_token.ts";
import { healthzRoute } from "./http/operations/healthz.ts";
import { countTraffic, metricsRoute } from "./http/operations/metrics.ts";
import { Traffic } from "./http/operations/traffic.ts";
import { answerProblems } from "./http/problem.ts";
import { confirmEmailRoutes } from "./web/confirm_email/confirm_email_routes.tsx";
import { homeRoute } from "./web/home/home_route.tsx";
import { setupRoutes } from "./web/setup/setup_routes.tsx";
import { stylesheetRoute } from "./web/ui/page.tsx";

/** The URL map, and who may call what. */
export function createApp(deps: Deps): Hono {
  const app = new Hono({ strict: false });
  answerProblems(app, deps.reportFault);

  const traffic = new Traffic();
  app.use(countTraffic(deps, traffic));
  serveTo(app, "anybody", "/", healthzRoute(deps));
  serveTo(app, "metrics host", "/", metricsRoute(deps, traffic));

  serveTo(app, "anybody", "/", homeRoute(deps));
  serveTo(app, "anybody", "/", stylesheetRoute());
  serveTo(app, "invited", "/", setupRoutes(deps));
  serveTo(app, "invited", "/", confirmEmailRoutes(deps));

  serveTo(app, "nas", "/api/v1/freeradius", authorizeRoute(deps, authenticateRequest));
  serveTo(app, "nas", "/api/v1/freeradius", postAuthRoute(deps, authenticateRequest));
  serveTo(app, "nas", "/api/v1/freeradius", accountingRoute(deps, authenticateRequest));

  serveTo(app, "anybody", "/api/v1/radius/organization", registerRoute(deps));
  serveTo(app, "key holder", "/api/v1/radius/organization", registrationMethodRoute(deps));
  serveTo(app, "guest", "/api/v1/radius/organization", tokenRoute(deps));
  serveTo(app, "key in body", "/api/v1/radius/organization", validateRoute(deps));
  serveTo(app, "anybody", "/api/v1/radius/organization", passwordResetRoute(deps));
  serveTo(app, "key holder", "/api/v1/radius/organization", passwordChangeRoute(deps));
  serveTo(app, "key holder", "/api/v1/radius/organization", phoneRoute(deps));
  serveTo(app, "key holder", "/api/v1/radius/organization", sessionsRoute(deps));
  serveTo(app, "key holder", "/api/v1/radius/organization", usageRoute(deps));

  // Old django-freeradius installations: one token, one organization.
  serveTo(app, "legacy client", "/api/v1", authorizeRoute(deps, authenticateLegacyRequest));
  serveTo(app, "legacy client", "/api/v1", postAuthRoute(deps, authenticateLegacyRequest));
  serveTo(
    app,
    "legacy client",
    "/api/v1",
    accountingRoute(deps, authenticateLegacyRequest, legacySessionJson),
  );
  serveTo(app, "legacy client", "/api/v1", legacyBatchRoute(deps));
  serveTo(app, "guest", "/api/v1/account", obtainTokenRoute(deps));

  if (deps.settings.captivePortalMock) {
    serveTo(app, "anybody", "/captive-portal-mock", captivePortalMockRoutes(deps));
  }
  if (deps.settings.apiDocs) {
    serveTo(app, "anybody", "/", docsRoutes(deps.settings, () => callersOf(app)));
  }
  return app;
}
