import type { Crypto } from "../../aaa/credentials/crypto.ts";
import type { Zone } from "../../aaa/identity/zones.ts";
import type { Controller } from "../../controller/controller.ts";
import type { Station } from "../../controller/station.ts";
import { acceptedLanguage } from "../../languages/accept_language.ts";
import { message, type MessageKey, say } from "../../languages/say.ts";
import { isCallback, jsonBody, type JsonParts } from "./json_interface.ts";
import { loginAddress, type LoginRedirect } from "./login_redirect.ts";
import { locationOf } from "./original_url.ts";
import type { SentBack } from "./sent_back.ts";
import { jsonAnswer, redirectAnswer, refusal, type UamAnswer, type UamHeader } from "./uam_answer.ts";
import type { UamRequest, UamTarget } from "./uam_request.ts";
import type { UamSite } from "./uam_site.ts";
import { redirectBody, type WisprEvent } from "./wispr_xml.ts";
import type { WisprVersions } from "./wispr_versions.ts";

/** What answers are made with. */
export interface UamPorts {
  readonly controller: Controller;
  readonly crypto: Pick<Crypto, "md5">;
  readonly now: () => Date;
}

/** A request that is understood, and whose it is. */
export interface UamAsked {
  readonly ports: UamPorts;
  readonly versions: WisprVersions;
  readonly sentBack: SentBack;
  readonly site: UamSite;
  readonly station: Station;
  readonly request: UamRequest;
  readonly target: UamTarget;
  /** Without `json/`. */
  readonly path: string;
  readonly isJson: boolean;
  /** Empty for none. */
  readonly callback: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** It was meant for us, not for a site that the station wanted to see. */
  readonly isOwn: boolean;
}

/** One thing told in both formats. */
export interface UamReply {
  readonly json: JsonParts;
  /** To the login page, or straight to an address. */
  readonly html: Omit<LoginRedirect, "originalUrl"> | { readonly location: string };
  readonly event: WisprEvent;
  /** In place of what the station is remembered to have wanted. */
  readonly originalUrl?: string;
}

/** @param station as it is now. */
export function replyWith(asked: UamAsked, station: Station, reply: UamReply): UamAnswer {
  const { site, ports, request, callback, versions } = asked;
  const now = ports.now();
  if (asked.isJson) {
    return jsonAnswer(jsonBody(site, station, reply.json, callback, now), corsHeaders(site.zone, request));
  }
  const originalUrl = reply.originalUrl ?? station.originalUrl;
  const location = "location" in reply.html
    ? reply.html.location
    : loginAddress(ports.crypto, site, station, { originalUrl, ...reply.html }, now);
  return redirectAnswer(location, redirectBody(site, reply.event, versions.of(station)));
}

/** The WISPr-Redirection-URL that stands in for the login page: empty when the page shall see it, or there is none. */
export function redirectionOf({ zone, session }: Station): string {
  if (zone.options.redirurl || !session) return "";
  return locationOf(session.grant.redirectionUrl) ?? "";
}

/** For scripts of the origins that the zone names (`alloworigin`), and for nobody else. */
export function corsHeaders({ options }: Zone, { origin }: Pick<UamRequest, "origin">): readonly UamHeader[] {
  if (!origin || !options.alloworigin.some((allowed) => originOf(allowed) === origin)) return [];
  return [["Access-Control-Allow-Origin", origin], ["Vary", "Origin"]];
}

type Refusal = Extract<MessageKey, `uam_${string}`>;

export function refuse(
  { acceptLanguage }: Pick<UamRequest, "acceptLanguage">,
  status: 400 | 403 | 404,
  key: Refusal,
): UamAnswer {
  return refusal(status, say(acceptedLanguage(acceptLanguage) ?? "en", message(key)));
}

/** The name that JSONP asks for; null when it is none. */
export function callbackOf(parameters: ReadonlyMap<string, string>): string | null {
  const name = parameters.get("callback") ?? "";
  return name === "" || isCallback(name) ? name : null;
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : "";
}
