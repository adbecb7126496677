import type { Station } from "../../controller/station.ts";
import { already, notYet, unknownParts } from "./caught.ts";
import { sentUrl } from "./original_url.ts";
import type { UamAnswer } from "./uam_answer.ts";
import { redirectionOf, replyWith, type UamAsked } from "./uam_asked.ts";

/** `status` (coova 2, 4, 9): always with a challenge in its redirect. */
export function answerStatus(asked: UamAsked): UamAnswer {
  const station = asked.ports.controller.withChallenge(asked.station);
  const { session, sessionId, originalUrl, state } = station;
  const isOpen = session !== null;
  // The page that must be seen stands in for the login page, and is told everything.
  const splashPage = state === "splash" ? redirectionOf(station) : "";
  return replyWith(asked, station, {
    json: state === "open"
      ? {
        redir: { originalUrl, redirectionUrl: "" },
        session: { session, sessionId, isOver: false },
      }
      : unknownParts(station),
    html: {
      res: isOpen ? "already" : "notyet",
      isStatus: true,
      ...splashPage && { page: splashPage },
    },
    event: { kind: "status", isOpen },
  });
}

/** `prelogin`: like being caught, but the original URL stays. */
export function answerPrelogin(asked: UamAsked): UamAnswer {
  const { station } = asked;
  if (!station.session) return notYet(asked, station, false);
  return station.state === "splash" && asked.isJson ? notYet(asked, station, false) : already(asked, station);
}

/** `macreauth`: begins a MAC authentication, and does not wait for it. */
export function answerMacReauth(asked: UamAsked): UamAnswer {
  const { ports, site, station } = asked;
  if (!station.session && site.zone.options.macauth) ports.controller.tryMac(station);
  return answerPrelogin(asked);
}

/** `logoff` and `logout`, and whatever comes to `uamlogoutip`. */
export async function answerLogOff(asked: UamAsked): Promise<UamAnswer> {
  const { controller } = asked.ports;
  const ended = asked.station.session;
  const after = await controller.logOff(withSentUrl(asked), "User-Request");
  // The next session's id, where none has ended.
  const sessionId = ended?.sessionId ?? after.sessionId;
  return replyWith(asked, after, {
    json: {
      challenge: true,
      session: { session: ended ?? after.lastSession, sessionId, isOver: true },
    },
    html: { res: "logoff", sessionId },
    event: { kind: "logged off" },
  });
}

/** `abort`: gives a log-on up that has not come yet; a session goes on. */
export function answerAbort(asked: UamAsked): UamAnswer {
  const { ports, station } = asked;
  if (station.session) {
    return replyWith(asked, station, {
      json: {},
      html: { res: "already" },
      event: { kind: "abort refused" },
    });
  }
  return replyWith(asked, ports.controller.abort(station), {
    json: {},
    html: { res: "logoff" },
    event: { kind: "aborted" },
  });
}

/** The station, which from now on wanted what `userurl` says. */
export function withSentUrl({ ports, station, parameters }: UamAsked): Station {
  const url = sentUrl(parameters.get("userurl"));
  return url === null ? station : ports.controller.rememberOriginalUrl(station, url);
}
