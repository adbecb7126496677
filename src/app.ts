import { Hono } from "hono";
import type { Deps } from "./deps.ts";
import { accountingRoute } from "./http/freeradius/accounting.ts";
import { authorizeRoute } from "./http/freeradius/authorize.ts";
import { authenticateRequest } from "./http/freeradius/nas_request.ts";
import { postAuthRoute } from "./http/freeradius/post_auth.ts";
import { legacyBatchRoute } from "./http/legacy/batch.ts";
import { authenticateLegacyRequest } from "./http/legacy/legacy_request.ts";
import { legacySessionJson } from "./http/legacy/legacy_session_json.ts";
import { obtainTokenRoute } from "./http/legacy/obtain_token.ts";
import { notFound, problem } from "./http/problem.ts";

/** The URL map. */
export function createApp(deps: Deps): Hono {
  const app = new Hono({ strict: false });
  app.onError((thrown, c) => {
    const answer = problem(c, thrown);
    if (answer) return answer;
    deps.reportFault(thrown);
    return c.json({ detail: "Something went wrong here. It was logged." }, 500);
  });
  app.notFound((c) => c.json(notFound().body, 404));

  app.route("/api/v1/freeradius", authorizeRoute(deps, authenticateRequest));
  app.route("/api/v1/freeradius", postAuthRoute(deps, authenticateRequest));
  app.route("/api/v1/freeradius", accountingRoute(deps, authenticateRequest));

  // Old django-freeradius installations: one token, one organization.
  app.route("/api/v1", authorizeRoute(deps, authenticateLegacyRequest));
  app.route("/api/v1", postAuthRoute(deps, authenticateLegacyRequest));
  app.route("/api/v1", accountingRoute(deps, authenticateLegacyRequest, legacySessionJson));
  app.route("/api/v1/account", obtainTokenRoute(deps));
  app.route("/api/v1", legacyBatchRoute(deps));
  return app;
}
