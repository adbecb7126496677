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
import { portalRoutes, type PortalVisit, showUnknownStation } from "./web/portal/portal_routes.tsx";
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

  const portal = portalRoutes({ ...deps, uamBase: (visit) => uamBase(deps, visit) });
  const api = captivePortalRoutes({
    ...deps,
    publicUrl: deps.settings.publicUrl,
    loginPage: (visit) => {
      const base = visit.zone.options.uamserver && uamBase(deps, visit);
      return base ? `${base}/prelogin` : null;
    },
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

/** Of the zone's own UAM listener, which knows what its login page needs; null when it has none. */
function uamBase({ settings, uam }: GuestAppDeps, { zone, source }: PortalVisit): string | null {
  const local = zone.gate === "none" ? uam : { hostname: "", port: zone.options.uamport };
  if (!local) return null;
  const address = isEverywhere(local.hostname)
    ? URL.parse(settings.publicUrl)?.hostname.replace(/^\[|\]$/g, "") ?? "localhost"
    : local.hostname;
  return uamSite(zone, { local: { address, port: local.port } }, {
    called: "",
    prefix: prefixOf(zone),
    usesIpv6: source.includes(":"),
  }).base;
}

function prefixOf({ gate, name }: Zone): string {
  return gate === "none" ? `/zone/${encodeURIComponent(name)}` : "";
}

function isEverywhere(hostname: string): boolean {
  return hostname === "0.0.0.0" || hostname === "::";
}
