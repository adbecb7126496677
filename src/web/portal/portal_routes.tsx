/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import { type Context, Hono } from "hono";
import type { Crypto } from "../../aaa/credentials/crypto.ts";
import type { Zone } from "../../aaa/identity/zones.ts";
import type { Controller } from "../../controller/controller.ts";
import { sessionLeft } from "../../controller/session_left.ts";
import type { Session, Station } from "../../controller/station.ts";
import { acceptedLanguage } from "../../languages/accept_language.ts";
import type { Language } from "../../languages/say.ts";
import { readForm } from "../read_form.ts";
import { FORM_TOKEN_FIELD } from "../ui/form.tsx";
import { showPage, showStylesheet } from "../ui/page.tsx";
import { goTo } from "./go_to.ts";
import { logOnByForm } from "./log_on_by_form.ts";
import { showLogin } from "./show_login.tsx";
import { isWispr, sendOnWispr } from "./wispr_log_on.ts";
import {
  BypassPage,
  DeniedPage,
  LogoutPage,
  MissingPage,
  PortalFaultPage,
  SplashPage,
  StatusPage,
  UnknownStationPage,
} from "./portal_pages.tsx";

/** Who asks, as the listener knows it: the environment that these routes are called with. */
export interface PortalVisit {
  readonly zone: Zone;
  /** The address at the other end of the connection. */
  readonly source: string;
}

export interface PortalDeps {
  readonly controller: Controller;
  readonly now: () => Date;
  readonly crypto: Pick<Crypto, "md5">;
  readonly reportFault: (fault: unknown) => void;
  /** The base of the UAM port's paths, where that is not one above these. */
  readonly uamBase?: (visit: PortalVisit) => string | null;
}

/** Browsers count in milliseconds, some of them with 31 bits. */
const LONGEST_REFRESH_SECONDS = 86_400;

type Env = { readonly Bindings: PortalVisit };

/**
 * Portico's own sign-in page, below `/www/`: `login`, `status`, `logout`, `continue` (the splash page's button). Without
 * script, and with relative links, so that it works below any address: `portal.fetch(request, { zone, source })`.
 */
export function portalRoutes(deps: PortalDeps): Hono<Env> {
  const routes = new Hono<Env>();
  routes.onError((fault, c) => {
    deps.reportFault(fault);
    return showPage(c, <PortalFaultPage language={languageOf(c)} zone={c.env.zone} />, 500);
  });
  routes.notFound((c) => showPage(c, <MissingPage language={languageOf(c)} zone={c.env.zone} />, 404));

  routes.get("/www/portico.css", showStylesheet);
  routes.get("/www/", () => goTo("login"));
  routes.get("/www/login", (c) => forStation(deps, c, (station) => showLoginOrState(deps, c, station)));
  routes.post("/www/login", (c) => forStation(deps, c, (station) => logOn(deps, c, station)));
  routes.get("/www/status", (c) => forStation(deps, c, (station) => showStatus(deps, c, station)));
  routes.get("/www/logout", (c) => forStation(deps, c, (station) => askToLogOut(c, station)));
  routes.post("/www/logout", (c) => forStation(deps, c, (station) => logOut(deps, c, station)));
  routes.post("/www/continue", (c) => forStation(deps, c, (station) => leaveSplash(deps, c, station)));
  return routes;
}

async function forStation(
  { controller }: PortalDeps,
  c: Context<Env>,
  answer: (station: Station) => Response | Promise<Response>,
): Promise<Response> {
  const { zone, source } = c.env;
  const station = await controller.stationAt(zone, source);
  if (station && !station.isDenied) return await answer(station);
  const Page = station ? DeniedPage : UnknownStationPage;
  return await showPage(c, <Page language={languageOf(c)} zone={zone} />, 403);
}

/** For an address of which no zone is known. */
export function showUnknownStation(c: Context): Promise<Response> {
  return showPage(c, <UnknownStationPage language={languageOf(c)} zone={null} />, 403);
}

/** What the station is decides what people are shown; the query has no say in it. */
function showLoginOrState(deps: PortalDeps, c: Context<Env>, station: Station): Response | Promise<Response> {
  if (isWispr(c)) return sendOnWispr(deps.crypto, c, station, uamBaseOf(deps, c));
  const language = languageOf(c);
  const { zone, session, state } = station;
  switch (state) {
    case "open":
      return goTo("status");
    case "splash":
      return session
        ? showPage(c, <SplashPage language={language} zone={zone} session={session} />)
        : showLogin(deps, c, language, station);
    case "bypass":
      return showPage(c, <BypassPage language={language} zone={zone} />);
    case "stranger":
      return showLogin(deps, c, language, station);
  }
}

function logOn(deps: PortalDeps, c: Context<Env>, station: Station): Promise<Response> {
  return isWispr(c)
    ? sendOnWispr(deps.crypto, c, station, uamBaseOf(deps, c))
    : logOnByForm(deps, c, languageOf(c), station);
}

function uamBaseOf({ uamBase }: PortalDeps, c: Context<Env>): string {
  return uamBase?.(c.env) ?? "..";
}

function showStatus({ now }: PortalDeps, c: Context<Env>, station: Station): Response | Promise<Response> {
  const { zone, session, state } = station;
  if (state !== "open" || !session) {
    return goTo(state === "stranger" && station.lastSession ? "login?over" : "login");
  }
  const at = now();
  const { seconds } = sessionLeft(zone, session, at);
  // The moment that it ends, the page says so. Figures in between are for whoever asks: a page that renews itself
  // tears a screen reader from what it reads.
  if (seconds !== null) c.header("Refresh", String(Math.min(seconds + 1, LONGEST_REFRESH_SECONDS)));
  return showPage(
    c,
    <StatusPage language={languageOf(c)} station={station} session={session} now={at} />,
  );
}

function askToLogOut(c: Context<Env>, { zone, session, state }: Station): Response | Promise<Response> {
  if (state !== "open" || !session) return goTo("login");
  return showPage(c, <LogoutPage language={languageOf(c)} zone={zone} session={session} />);
}

async function logOut({ controller }: PortalDeps, c: Context<Env>, station: Station): Promise<Response> {
  const { session } = station;
  if (!session) return goTo("login");
  if (!await isAboutSession(c, session)) return await askToLogOut(c, station);
  await controller.logOff(station, "User-Request");
  return goTo("login?res=logoff");
}

async function leaveSplash(
  { controller }: PortalDeps,
  c: Context<Env>,
  station: Station,
): Promise<Response> {
  const { session, state } = station;
  if (state !== "splash" || !session || !await isAboutSession(c, session)) return goTo("login");
  await controller.leaveSplash(station);
  return goTo("status");
}

/** Whether the form comes from a page of this session: no other site can know its id. */
async function isAboutSession(c: Context, session: Session): Promise<boolean> {
  const form = await readForm(c);
  return typeof form !== "string" && form.get(FORM_TOKEN_FIELD) === session.sessionId;
}

function languageOf(c: Context): Language {
  return acceptedLanguage(c.req.header("accept-language")) ?? "en";
}
