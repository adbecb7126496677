import { Hono } from "hono";
import type { Zone } from "../../aaa/identity/zones.ts";
import type { Controller } from "../../controller/controller.ts";
import { isInZone } from "../../controller/zone_of_address.ts";
import { captiveState } from "./captive_state.ts";

/** Below the address of the HTTPS listener; the same for every station of every zone. */
export const CAPTIVE_PORTAL_PATH = "/captive-portal/api";
/** Where stations are sent that have somebody else's login page. */
const LOGIN_PATH = "/captive-portal/login";

/** RFC 8910 section 2: an option of DHCP, and of a router's advertisement, carries at most 255 octets. */
const LONGEST_OPTION = 255;

/** Who asks, as the listener knows it: the environment that these routes are called with. */
export interface CaptivePortalVisit {
  readonly zone: Zone;
  /** The address at the other end of the connection. */
  readonly source: string;
}

export interface CaptivePortalDeps {
  readonly controller: Controller;
  readonly now: () => Date;
  /** `public_url`; where that is empty or without TLS, addresses begin with what the request was sent to. */
  readonly publicUrl: string;
  /** Where the zone's own login page is opened with all that it needs; null when that is Portico's own. */
  readonly loginPage: (visit: CaptivePortalVisit) => string | null;
}

type Env = { readonly Bindings: CaptivePortalVisit };

/**
 * The captive portal API (RFC 8908), to be served over TLS only. Whoever is not in a network of a guests' zone gets a
 * 403: nobody here holds them captive, and a client that is refused falls back to its own probes.
 */
export function captivePortalRoutes(deps: CaptivePortalDeps): Hono<Env> {
  const routes = new Hono<Env>();
  routes.get(CAPTIVE_PORTAL_PATH, async (c) => {
    const { zone, source } = c.env;
    const station = await deps.controller.stationAt(zone, source);
    if (!station && !isInZone(zone, source)) {
      return c.json({ detail: "This address is in no network of guests." }, 403, NOT_STORED);
    }
    const origin = originOf(deps.publicUrl) ?? new URL(c.req.url).origin;
    const portalUrl = `${origin}${zone.options.uamserver ? LOGIN_PATH : "/www/login"}`;
    return c.body(JSON.stringify(captiveState(zone, station, portalUrl, deps.now())), 200, {
      ...NOT_STORED,
      "Content-Type": "application/captive+json",
    });
  });
  routes.get(LOGIN_PATH, (c) => {
    const headers = { ...NOT_STORED, Location: deps.loginPage(c.env) ?? "../www/login" };
    return new Response(null, { status: 302, headers });
  });
  return routes;
}

/** What is said of one station is nobody else's (RFC 8908 section 5), and soon not true any more. */
const NOT_STORED = { "Cache-Control": "private, no-store" };

/** The API's address, as DHCP and router advertisements may tell it (RFC 8910); null when they cannot. */
export function captivePortalUrl(publicUrl: string): string | null {
  const origin = originOf(publicUrl);
  const url = origin && `${origin}${CAPTIVE_PORTAL_PATH}`;
  return url && url.length <= LONGEST_OPTION ? url : null;
}

/** Null unless it is an `https:` address. */
function originOf(publicUrl: string): string | null {
  const url = URL.parse(publicUrl);
  return url?.protocol === "https:" ? url.origin : null;
}
