import { type Context, Hono } from "hono";
import type { Zone } from "./aaa/identity/zones.ts";
import type { Controller } from "./controller/controller.ts";
import { zoneOfAddress } from "./controller/zone_of_address.ts";
import type { Deps } from "./deps.ts";
import { captivePortalRoutes, type CaptivePortalVisit } from "./http/captive_portal/api.ts";
import { uamSite } from "./http/coova/uam_site.ts";
import { answerProblem, answerProblems, forbidden } from "./http/problem.ts";
import { message } from "./languages/say.ts";
import type { ListenAddress } from "./values/listen_address.ts";
import { confirmEmailRoutes } from "./web/confirm_email/confirm_email_routes.tsx";
import { portalRoutes, showUnknownStation } from "./web/portal/portal_routes.tsx";
import { showStylesheet, stylesheetRoute } from "./web/ui/page.tsx";

export interface GuestAppDeps extends Deps {
  readonly controller: Controller;
  /** Where zones without a network have their UAM listener; null when there is none. */
  readonly uam: ListenAddress | null;
}

/**
 * What guests reach over TLS, and nothing else: the captive portal API, the sign-in page, and the links of our mails,
 * which lead to the same address. Whose guest somebody is is told by the connection's address alone.
 */
export function createGuestApp(deps: GuestAppDeps): Hono {
  const app = new Hono();
  answerProblems(app, deps.reportFault);

  const portal = portalRoutes(deps);
  const api = captivePortalRoutes({
    ...deps,
    publicUrl: deps.settings.publicUrl,
    loginPage: (visit) => loginPage(deps, visit),
  });
  app.get("/", (c) => c.redirect("www/login", 302));
  app.get("/www/portico.css", showStylesheet);
  app.all("/www/*", (c) => {
    const visit = visitOf(deps, c);
    return visit ? portal.fetch(c.req.raw, visit) : showUnknownStation(c);
  });
  app.all("/captive-portal/*", (c) => {
    const visit = visitOf(deps, c);
    return visit ? api.fetch(c.req.raw, visit) : answerProblem(c, forbidden(message("portal_unknown_title")));
  });
  app.route("/", confirmEmailRoutes(deps));
  app.route("/", stylesheetRoute());
  return app;
}

/** Null for an address that is in no zone. */
function visitOf({ controller, socketAddress }: GuestAppDeps, c: Context): CaptivePortalVisit | null {
  const [source = ""] = socketAddress(c).split("%", 1);
  const zone = zoneOfAddress(controller.zones, source);
  return zone && { zone, source };
}

/** The zone's own UAM listener knows what its login page needs. */
function loginPage({ settings, uam }: GuestAppDeps, { zone, source }: CaptivePortalVisit): string | null {
  if (!zone.options.uamserver) return null;
  const local = zone.gate === "none" ? uam : { hostname: "", port: zone.options.uamport };
  if (!local) return null;
  const address = isEverywhere(local.hostname)
    ? URL.parse(settings.publicUrl)?.hostname.replace(/^\[|\]$/g, "") ?? "localhost"
    : local.hostname;
  const { base } = uamSite(zone, { local: { address, port: local.port } }, {
    called: "",
    prefix: prefixOf(zone),
    usesIpv6: source.includes(":"),
  });
  return `${base}/prelogin`;
}

function prefixOf({ gate, name }: Zone): string {
  return gate === "none" ? `/zone/${encodeURIComponent(name)}` : "";
}

function isEverywhere(hostname: string): boolean {
  return hostname === "0.0.0.0" || hostname === "::";
}
