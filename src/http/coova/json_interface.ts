import { dashedMac, type Session, type Station } from "../../controller/station.ts";
import { GIGAWORD } from "../../values/octets.ts";
import { secondsBetween, stationAddress, unixSeconds } from "./login_redirect.ts";
import type { UamSite } from "./uam_site.ts";

/** Which parts an answer has beside `version`, `clientState` and `nasid` (coova 9). */
export interface JsonParts {
  /** A Reply-Message; null for none. */
  readonly message?: string | null;
  readonly challenge?: boolean;
  readonly location?: boolean;
  readonly redir?: { readonly originalUrl: string; readonly redirectionUrl: string };
  readonly session?: ReportedSession;
}

/** A session as `session` and `accounting` tell it; null for one that never was. */
export interface ReportedSession {
  readonly session: Session | null;
  readonly sessionId: string;
  /** An ended session's counters cannot be read. */
  readonly isOver: boolean;
}

/** Something whose JSON is known. */
type Members = readonly (readonly [name: string, json: string])[];

const CALLBACK = /^[A-Za-z_$][\w$.]*(?:\[(?:\d+|"[\w$ -]*"|'[\w$ -]*')\][\w$.]*)*$/;

/** Whether JSONP may call it: a name, with members and indices. Anything freer would be somebody else's script. */
export function isCallback(name: string): boolean {
  return name.length <= 255 && CALLBACK.test(name);
}

/** The answer's body, without white space; inside a call when `callback` is not empty. */
export function jsonBody(
  site: UamSite,
  station: Station,
  { message, challenge, location, redir, session }: JsonParts,
  callback: string,
  now: Date,
): string {
  const { nasid, locationname, radiuslocationname, swapoctets } = site.zone.options;
  const body = object([
    ["version", text("1.0")],
    ["clientState", String(clientState(station))],
    ...nasid ? [["nasid", text(nasid)]] as const : [],
    // The original escapes solidi here, and here only.
    ...message ? [["message", text(message).replaceAll("/", "\\/")]] as const : [],
    ...challenge ? [["challenge", text(station.challenge)]] as const : [],
    ...location ? [["location", object([["name", text(locationname || radiuslocationname)]])]] as const : [],
    ...redir ? [["redir", redirJson(site, station, redir)]] as const : [],
    ...session
      ? [
        ["session", sessionJson(site, session)],
        ["accounting", accountingJson(session, swapoctets, now)],
      ] as const
      : [],
  ]);
  return callback ? `${callback}(${body})` : body;
}

/** 0 for no session, 1 for one, 3 for one that is held at the splash page. */
function clientState({ state }: Station): 0 | 1 | 3 {
  return state === "open" ? 1 : state === "splash" ? 3 : 0;
}

function redirJson(
  { base }: UamSite,
  station: Station,
  { originalUrl, redirectionUrl }: NonNullable<JsonParts["redir"]>,
): string {
  return object([
    ["originalURL", text(originalUrl)],
    ["redirectionURL", text(redirectionUrl)],
    ["logoutURL", text(`${base}/logoff`)],
    ["ipAddress", text(stationAddress(station))],
    ["macAddress", text(dashedMac(station.mac))],
  ]);
}

function sessionJson({ zone }: UamSite, { session, sessionId }: ReportedSession): string {
  const grant = session?.grant;
  const most = (name: string, octets: bigint | null | undefined): Members =>
    octets ? [[name, String(octets)]] : [];
  return object([
    ["sessionId", text(sessionId)],
    ["userName", text(session?.userName ?? "")],
    ["startTime", String(session ? unixSeconds(session.startedAt) : 0)],
    ["sessionTimeout", String(grant?.sessionTimeout ?? 0)],
    ["terminateTime", String(grant?.terminateAt ? unixSeconds(grant.terminateAt) : 0)],
    ["idleTimeout", String(grant?.idleTimeout ?? 0)],
    ...zone.options.vlan ? [["vlan", String(zone.options.vlan)]] as const : [],
    ...most("maxInputOctets", grant?.maxInputOctets),
    ...most("maxOutputOctets", grant?.maxOutputOctets),
    ...most("maxTotalOctets", grant?.maxTotalOctets),
  ]);
}

/** Input is what the station receives, unless `swapoctets` (coova 11). */
function accountingJson({ session, isOver }: ReportedSession, swapped: boolean, now: Date): string {
  const counted = isOver ? null : session;
  const down = counted?.traffic.downOctets ?? 0;
  const up = counted?.traffic.upOctets ?? 0;
  const [input, output] = swapped ? [up, down] : [down, up];
  return object([
    ["sessionTime", String(counted ? secondsBetween(counted.startedAt, now) : 0)],
    ["idleTime", String(counted ? secondsBetween(counted.activeAt, now) : 0)],
    ["inputOctets", String(input % GIGAWORD)],
    ["outputOctets", String(output % GIGAWORD)],
    ["inputGigawords", String(Math.floor(input / GIGAWORD))],
    ["outputGigawords", String(Math.floor(output / GIGAWORD))],
    ["viewPoint", text(swapped ? "nas" : "client")],
  ]);
}

function object(members: Members): string {
  return `{${members.map(([name, json]) => `"${name}":${json}`).join(",")}}`;
}

/** Also good as JavaScript of any age, which once took U+2028 and U+2029 for the end of a line. */
function text(value: string): string {
  return JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}
