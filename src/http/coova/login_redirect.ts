import type { Crypto } from "../../aaa/credentials/crypto.ts";
import { dashedMac, type Station } from "../../controller/station.ts";
import { toHex } from "../../values/hex.ts";
import { percentEncode } from "./percent_encoding.ts";
import type { UamSite } from "./uam_site.ts";

/** `res` (coova 5). */
export type LoginResult = "notyet" | "success" | "failed" | "already" | "logoff" | "splash" | "challenge";

/** What a redirect to the login page says beside what it always does. */
export interface LoginRedirect {
  readonly res: LoginResult;
  readonly reason?: "reject" | "timeout" | "mtu" | "other";
  /** A `status` tells more of the session. */
  readonly isStatus?: boolean;
  /** Acct-Session-Id, where it is not the station's. */
  readonly sessionId?: string;
  /** Reply-Message. */
  readonly reply?: string | null;
  /** As this log-on said it. */
  readonly lang?: string;
  readonly originalUrl: string;
  /** In place of the zone's login page. */
  readonly page?: string;
}

const encoder = new TextEncoder();

/** The signed address of the login page (coova 4). */
export function loginAddress(
  crypto: Pick<Crypto, "md5">,
  site: UamSite,
  station: Station,
  redirect: LoginRedirect,
  now: Date,
): string {
  const page = redirect.page ?? site.loginPage;
  const parameters = redirectParameters(site, station, redirect, now)
    .map(([name, value]) => `${name}=${percentEncode(String(value))}`);
  const address = `${page}${page.includes("?") ? "&" : "?"}${parameters.join("&")}`;
  const secret = site.zone.options.uamsecret;
  if (!secret) return address;
  return `${address}&md=${toHex(crypto.md5(encoder.encode(address + secret))).toUpperCase()}`;
}

type Parameters = readonly (readonly [name: string, value: string | number])[];

/** In the order that login pages may rely on. */
function redirectParameters(
  { zone, ip, port, called }: UamSite,
  station: Station,
  { res, reason, isStatus = false, sessionId, reply, lang, originalUrl }: LoginRedirect,
  now: Date,
): Parameters {
  const { nochallenge, ssid, nasid, vlan, redirurl } = zone.options;
  const timeLeft = secondsLeft(station, now);
  const hasChallenge = !nochallenge && (isStatus || (res !== "success" && res !== "already"));
  const redirectionUrl = redirurl && (res === "success" || res === "already")
    ? station.session?.grant.redirectionUrl
    : "";
  return [
    ["res", res],
    ...present("reason", reason),
    ["uamip", ip],
    ["uamport", port],
    ...hasChallenge ? [["challenge", station.challenge]] as const : [],
    ...isStatus ? sessionTimes(station, now) : [],
    ["called", called],
    ...res === "success" || isStatus ? [["uid", station.session?.userName ?? station.userName]] as const : [],
    ...res === "success" || isStatus ? present("timeleft", timeLeft) : [],
    ["mac", dashedMac(station.mac)],
    ["ip", stationAddress(station)],
    ...present("reply", reply),
    ...present("ssid", ssid),
    ...present("nasid", nasid),
    ...present("vlan", vlan),
    ...present("lang", lang),
    ["sessionid", sessionId ?? station.sessionId],
    ...present("redirurl", redirectionUrl),
    ["userurl", originalUrl],
  ];
}

/** IPv4 where there is one. */
export function stationAddress({ ip, ip6 }: Station): string {
  return ip || (ip6[0] ?? "");
}

/** Of the session's timeout; 0 when there is none. */
export function secondsLeft({ session }: Station, now: Date): number {
  if (!session?.grant.sessionTimeout) return 0;
  return Math.max(0, session.grant.sessionTimeout - secondsBetween(session.startedAt, now));
}

/** Whole seconds, never negative. */
export function secondsBetween(from: Date, to: Date): number {
  return Math.max(0, Math.floor((to.getTime() - from.getTime()) / 1000));
}

export function unixSeconds(instant: Date): number {
  return Math.floor(instant.getTime() / 1000);
}

function sessionTimes({ session, lastSession }: Station, now: Date): Parameters {
  const begun = session ?? lastSession;
  if (!begun) return [];
  return [
    ["starttime", unixSeconds(begun.startedAt)],
    ["sessiontime", session ? secondsBetween(session.startedAt, now) : 0],
    ...present("sessiontimeout", session?.grant.sessionTimeout),
    ...present("stoptime", session?.grant.terminateAt ? unixSeconds(session.grant.terminateAt) : 0),
  ];
}

function present(name: string, value: string | number | null | undefined): Parameters {
  return value ? [[name, value]] : [];
}
