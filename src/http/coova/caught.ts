import type { Station } from "../../controller/station.ts";
import { detectionProbe } from "../../values/detection_probe.ts";
import { probeAnswer } from "../captive_portal/detection.ts";
import { loginAddress } from "./login_redirect.ts";
import { asciiUrl, caughtUrl } from "./original_url.ts";
import { percentEncode } from "./percent_encoding.ts";
import { plainAnswer, type UamAnswer } from "./uam_answer.ts";
import { redirectionOf, replyWith, type UamAsked } from "./uam_asked.ts";

/** A request for another site, or for our front page: to the login page, or what stands before it (coova 4). */
export function answerCaught(asked: UamAsked): UamAnswer {
  const { ports, site, station, target, isOwn } = asked;
  const passes = station.state === "open" || station.state === "bypass";
  const probe = passes && !isOwn ? probeAnswer(target.host, target.path) : null;
  if (probe) return plainAnswer(probe);

  const url = isOwn ? null : wantedUrl(asked);
  if (station.session) return withSession(asked, url);
  const { macauth, macreauth } = site.zone.options;
  if (macauth && macreauth) ports.controller.tryMac(station);
  return notYet(asked, url ? ports.controller.rememberOriginalUrl(station, url) : station);
}

/** For whoever has no session: also the answer to `prelogin`, which never sees the home page. */
export function notYet(asked: UamAsked, found: Station, hasHomePage = true): UamAnswer {
  const station = asked.ports.controller.withChallenge(found);
  return replyWith(asked, station, {
    json: unknownParts(station),
    html: (hasHomePage && homePage(asked, station, station.originalUrl)) || { res: "notyet" },
    event: { kind: "caught", challenge: station.challenge },
  });
}

/** A session is open already, and nothing is done. */
export function already(asked: UamAsked, station: Station, originalUrl?: string): UamAnswer {
  const location = redirectionOf(station);
  return replyWith(asked, station, {
    json: { session: { session: station.session, sessionId: station.sessionId, isOver: false } },
    html: location ? { location } : { res: "already" },
    event: { kind: "already" },
    ...originalUrl !== undefined && { originalUrl },
  });
}

/** What JSON tells a station that may not pass. */
export function unknownParts({ originalUrl }: Station) {
  return { challenge: true, location: true, redir: { originalUrl, redirectionUrl: "" } };
}

function withSession(asked: UamAsked, url: string | null): UamAnswer {
  const { ports, station } = asked;
  const originalUrl = url ?? station.originalUrl;
  if (station.state === "splash") return splash(asked, url);
  const withChallenge = ports.controller.withChallenge(station);
  const home = asked.isJson ? null : homePage(asked, withChallenge, originalUrl);
  if (!home) return already(asked, station, originalUrl);
  return replyWith(asked, withChallenge, {
    json: {},
    html: home,
    event: { kind: "caught", challenge: withChallenge.challenge },
  });
}

/** Has a session, but must see a page first. */
function splash(asked: UamAsked, url: string | null): UamAnswer {
  const { controller } = asked.ports;
  const wanted = url ? controller.rememberOriginalUrl(asked.station, url) : asked.station;
  const station = controller.withChallenge(wanted);
  const location = redirectionOf(station);
  return replyWith(asked, station, {
    json: unknownParts(station),
    html: location ? { location } : { res: "splash" },
    event: { kind: "splash" },
  });
}

/** A telephone that looks whether it is caught wants nothing; what its owner wanted before is kept. */
function wantedUrl({ station, target }: UamAsked): string | null {
  const isProbe = detectionProbe(target.host, target.path) !== null;
  return isProbe && station.originalUrl ? null : caughtUrl(target);
}

/** Signed inside, not outside, and never but `notyet`. */
function homePage({ ports, site }: UamAsked, station: Station, originalUrl: string) {
  const page = asciiUrl(site.zone.options.uamhomepage);
  if (!page) return null;
  const login = loginAddress(ports.crypto, site, station, { res: "notyet", originalUrl }, ports.now());
  return { location: `${page}${page.includes("?") ? "&" : "?"}loginurl=${percentEncode(login)}` };
}
