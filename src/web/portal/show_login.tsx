/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Controller } from "../../controller/controller.ts";
import type { Station } from "../../controller/station.ts";
import { type Language, message, say } from "../../languages/say.ts";
import { showPage } from "../ui/page.tsx";
import { LoginPage, type LoginPageProps } from "./portal_pages.tsx";

/**
 * The sign-in page of a stranger, with a challenge that is fresh enough to answer. What the redirect to it says (coova 4)
 * is shown when it carries the station's own challenge, which nobody but us could put there.
 */
export function showLogin(
  { controller }: { readonly controller: Controller },
  c: Context,
  language: Language,
  station: Station,
): Promise<Response> {
  const isOurs = isCurrent(station, c.req.query("challenge") ?? "");
  const notice = noticeOf(language, station, new URL(c.req.url).searchParams, isOurs);
  return renderLogin(c, language, controller.withChallenge(station), { notice }, 200);
}

export function renderLogin(
  c: Context,
  language: Language,
  station: Station,
  filled: Omit<LoginPageProps, "language" | "zone" | "token">,
  status: ContentfulStatusCode,
): Promise<Response> {
  const page = (
    <LoginPage
      language={language}
      zone={station.zone}
      token={loginTokenOf(station)}
      {...filled}
    />
  );
  return showPage(c, page, status);
}

/**
 * What only a page for this station has (CSRF), and what is spent by a log-on: the challenge, or where there is none the
 * id of the session to come.
 */
export function loginTokenOf({ zone, challenge, sessionId }: Station): string {
  return zone.options.nochallenge ? sessionId : challenge;
}

function isCurrent({ zone, challenge }: Station, sent: string): boolean {
  return !zone.options.nochallenge && sent !== "" && sent === challenge;
}

function noticeOf(
  language: Language,
  station: Station,
  query: URLSearchParams,
  isOurs: boolean,
): LoginPageProps["notice"] {
  const res = query.get("res");
  if (res === "logoff") return { kind: "right", text: say(language, message("portal_logged_out")) };
  if (query.has("over") && station.lastSession) {
    return { kind: "wrong", text: say(language, message("portal_session_over")) };
  }
  if (res !== "failed" || !isOurs) return undefined;
  return { kind: "wrong", text: failure(language, query.get("reason"), query.get("reply")) };
}

/** coova 5: why a log-on at the UAM port failed. */
function failure(language: Language, reason: string | null, reply: string | null): string {
  if (reason === "reject") return reply || say(language, message("invalid_credentials"));
  return say(language, message(reason === "timeout" ? "portal_no_answer" : "portal_form_stale"));
}
