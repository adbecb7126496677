import type { LogOnOutcome } from "../../controller/controller.ts";
import type { Station } from "../../controller/station.ts";
import { uamCredential } from "../../controller/uam_credential.ts";
import { already, answerCaught } from "./caught.ts";
import { checkedUrl } from "./original_url.ts";
import { withSentUrl } from "./session_paths.ts";
import { sentEap, type UnfitEap } from "./sent_eap.ts";
import type { UamAnswer } from "./uam_answer.ts";
import { redirectionOf, refuse, replyWith, type UamAsked } from "./uam_asked.ts";

/** Octets that an attribute of RADIUS holds (RFC 2865 section 5): the original cuts, and would ask for somebody else. */
const LONGEST_USER_NAME = 253;
const LONGEST_LANG = 15;

/** `logon` and `login` (coova 6). */
export async function answerLogOn(asked: UamAsked): Promise<UamAnswer> {
  const { ports, site, station: found, parameters, request, versions } = asked;
  const userName = parameters.get("username") ?? "";
  if (!userName) {
    if (found.state === "splash" && parameters.has("continue")) return await leaveSplash(asked);
    // A page of somebody else's that is called so.
    return asked.isOwn ? refuse(request, 400, "uam_no_user_name") : answerCaught(asked);
  }
  if (new TextEncoder().encode(userName).length > LONGEST_USER_NAME) {
    return refuse(request, 400, "uam_long_user_name");
  }
  const { options } = site.zone;
  const credential = uamCredential(ports.crypto, options, found.challenge, parameters) ??
    sentEap(options, parameters);
  if (!credential) return refuse(request, 400, "uam_no_credential");

  versions.note(found, parameters.get("WISPrVersion") === "2.0" ? "2.0" : "1.0");
  const lang = (parameters.get("lang") ?? "").slice(0, LONGEST_LANG);
  if (credential.kind === "unfit") return answerUnfit(asked, credential, lang);
  const outcome = await ports.controller.logOn(withSentUrl(asked), {
    userName,
    credential,
    challenge: found.challenge,
    ...lang && { lang },
  });
  return answerOutcome(asked, outcome, lang, credential.kind === "eap");
}

/** Nobody is asked, and the challenge is good for another try. */
function answerUnfit(asked: UamAsked, { reason }: UnfitEap, lang: string): UamAnswer {
  const { ports, station: found } = asked;
  if (found.state === "open") return already(asked, found);
  const station = ports.controller.withChallenge(found);
  return replyWith(asked, station, {
    json: refusedParts(station),
    html: { res: "failed", reason: reason === "mtu" ? "mtu" : "other", lang },
    event: { kind: "failed", reason, isEap: true },
  });
}

function answerOutcome(asked: UamAsked, outcome: LogOnOutcome, lang: string, isEap: boolean): UamAnswer {
  const { station } = outcome;
  const refused = refusedParts(station);
  switch (outcome.kind) {
    case "accepted":
      return accepted(asked, station, lang, outcome.eapMessage);
    case "challenge":
      return replyWith(asked, station, {
        json: {},
        html: { res: "challenge", lang },
        event: { kind: "challenge", challenge: station.challenge, eapMessage: outcome.eapMessage },
      });
    case "already":
      return already(asked, station);
    case "refused":
      return replyWith(asked, station, {
        json: { message: outcome.replyMessage, ...refused },
        html: { res: "failed", reason: "reject", reply: outcome.replyMessage, lang },
        event: { kind: "refused", replyMessage: outcome.replyMessage, isEap },
      });
    case "expired":
      return replyWith(asked, station, {
        json: refused,
        html: { res: "failed", reason: "other", lang },
        event: { kind: "failed", reason: "other", isEap },
      });
    case "silent":
      return replyWith(asked, station, {
        json: {},
        html: { res: "failed", reason: "timeout", lang },
        event: { kind: "failed", reason: "timeout", isEap },
      });
  }
}

function refusedParts({ originalUrl }: Station) {
  return { challenge: true, redir: { originalUrl, redirectionUrl: "" } };
}

/** @param eapMessage that ends an EAP exchange. */
function accepted(asked: UamAsked, station: Station, lang: string, eapMessage?: Uint8Array): UamAnswer {
  const { originalUrl, session, sessionId } = station;
  const grant = session?.grant;
  const redirectionUrl = checkedUrl(grant?.redirectionUrl ?? "") ?? "";
  const location = redirectionOf(station);
  return replyWith(asked, station, {
    json: {
      message: grant?.replyMessage ?? null,
      redir: { originalUrl, redirectionUrl },
      session: { session, sessionId, isOver: false },
    },
    html: location ? { location } : { res: "success", reply: grant?.replyMessage ?? null, lang },
    event: {
      kind: "accepted",
      replyMessage: grant?.replyMessage ?? null,
      redirectionUrl,
      sessionTimeout: grant?.sessionTimeout ?? 0,
      ...eapMessage && { eapMessage },
    },
  });
}

/** The splash page's own confirmation: `logon?continue=1`. */
async function leaveSplash(asked: UamAsked): Promise<UamAnswer> {
  return accepted(asked, await asked.ports.controller.leaveSplash(withSentUrl(asked)), "");
}
