import type { Zone } from "../../aaa/identity/zones.ts";
import { captiveIdentification } from "./captive_identification.ts";
import { answerCaught } from "./caught.ts";
import { answerLogOn } from "./log_on.ts";
import { sendBack, SentBack } from "./sent_back.ts";
import { answerAbort, answerLogOff, answerMacReauth, answerPrelogin, answerStatus } from "./session_paths.ts";
import { MSDOWNLOAD_ANSWER, preflightAnswer, type UamAnswer } from "./uam_answer.ts";
import { callbackOf, corsHeaders, refuse, type UamAsked, type UamPorts } from "./uam_asked.ts";
import { readQuery, readTarget, type UamRequest } from "./uam_request.ts";
import { isLogoutHost, isOwnHost, uamSite } from "./uam_site.ts";
import { WisprVersions } from "./wispr_versions.ts";

/** CoovaChilli's interface to login pages and their visitors (coova 1 to 10). */
export interface Uam {
  /**
   * Answers a request of a station of the zone; its address tells which.
   *
   * @param prefix what stands before our paths where several zones share a listener: `/zone/<name>`, taken from the
   * request's target already.
   */
  answer(zone: Zone, request: UamRequest, prefix?: string): Promise<UamAnswer>;
}

const PATHS: Readonly<Record<string, (asked: UamAsked) => UamAnswer | Promise<UamAnswer>>> = {
  "/logon": answerLogOn,
  "/login": answerLogOn,
  "/logoff": answerLogOff,
  "/logout": answerLogOff,
  "/status": answerStatus,
  "/prelogin": answerPrelogin,
  "/abort": answerAbort,
  "/macreauth": answerMacReauth,
  "/captive-portal-identification": captiveIdentification,
};

export function openUam(ports: UamPorts): Uam {
  const versions = new WisprVersions();
  const sentBack = new SentBack();
  return {
    async answer(zone, request, prefix = "") {
      const understood = understand(zone, request);
      if ("status" in understood) return understood;
      const station = await ports.controller.stationAt(zone, request.source);
      if (!station) return refuse(request, 403, "uam_unknown_station");
      if (station.isDenied) return refuse(request, 403, "uam_denied_station");
      const called = ports.controller.calledStationId(zone);
      const site = uamSite(zone, request, { called, prefix, usesIpv6: station.ip === "" });
      const isOwn = isOwnHost(site, request, understood.target.host);
      return await route({ ports, versions, sentBack, site, station, request, isOwn, ...understood });
    },
  };
}

type Understood = Pick<UamAsked, "target" | "path" | "isJson" | "callback" | "parameters">;

/** What does not depend on who asks; an answer where that is all. */
function understand(zone: Zone, request: UamRequest): Understood | UamAnswer {
  const target = readTarget(request);
  if (!target) return refuse(request, 400, "uam_not_understood");
  const methods = zone.options.uamallowpost ? ["GET", "HEAD", "POST"] : ["GET", "HEAD"];
  const cors = request.method === "OPTIONS" ? corsHeaders(zone, request) : [];
  if (cors.length) return preflightAnswer([...cors, ["Access-Control-Allow-Methods", methods.join(", ")]]);
  if (!methods.includes(request.method)) return refuse(request, 400, "uam_wrong_method");
  const { path, isJson } = splitJson(target.path);
  if (path.startsWith("/msdownload")) return MSDOWNLOAD_ANSWER;
  const parameters = readQuery(target.query);
  const callback = isJson ? callbackOf(parameters) : "";
  if (callback === null) return refuse(request, 400, "uam_wrong_callback");
  return { target, path, isJson, callback, parameters };
}

async function route(asked: UamAsked): Promise<UamAnswer> {
  const { request, site, target, path, isOwn } = asked;
  if (request.logsOut || isLogoutHost(site.zone, target.host)) return await answerLogOff(asked);
  const back = await sendBack(asked);
  if (back) return back;
  const known = Object.hasOwn(PATHS, path) ? PATHS[path] : undefined;
  if (known) return await known(asked);
  if (isOwn && path !== "/") return refuse(request, 404, "uam_no_such_page");
  return answerCaught(asked);
}

/** `json/` before two characters or more asks for JSON, and changes nothing else. */
function splitJson(path: string): { readonly path: string; readonly isJson: boolean } {
  const rest = /^\/json(\/..+)$/s.exec(path)?.[1];
  return rest === undefined ? { path, isJson: false } : { path: rest, isJson: true };
}
