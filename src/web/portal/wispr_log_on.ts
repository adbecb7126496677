import type { Context } from "hono";
import type { Crypto } from "../../aaa/credentials/crypto.ts";
import type { Station } from "../../controller/station.ts";
import { uamPassword } from "../../controller/uam_credential.ts";
import { readForm } from "../read_form.ts";

/** Whether a WISPr client follows its `LoginURL` (coova 10), and not somebody with a browser. */
export function isWispr(c: Context): boolean {
  return c.req.query("res") === "wispr" &&
    (c.req.method === "POST" || c.req.query("WISPrEAPMsg") !== undefined);
}

/**
 * Sends a WISPr client on to the log-on of the UAM port, which answers in XML. Its form has `UserName` and `Password`
 * (WISPr 1.0), or `WISPrEAPMsg` (2.0); without them, or with another challenge than the station's, which no other site
 * knows, it is told where to begin.
 *
 * @param base of the UAM port's paths.
 */
export async function sendOnWispr(
  crypto: Pick<Crypto, "md5">,
  c: Context,
  station: Station,
  base: string,
): Promise<Response> {
  const query = new URL(c.req.url).searchParams;
  const form = c.req.method === "POST" ? await readForm(c) : query;
  const logOn = typeof form !== "string" && isCurrent(station, query) ? logOnOf(crypto, station, form) : null;
  const location = logOn ? `${base}/logon?${logOn}` : `${base}/prelogin`;
  return new Response(null, { status: 302, headers: { Location: location, "Cache-Control": "no-store" } });
}

function isCurrent({ zone, challenge }: Station, query: URLSearchParams): boolean {
  return zone.options.nochallenge || query.get("challenge") === challenge;
}

function logOnOf(crypto: Pick<Crypto, "md5">, station: Station, form: URLSearchParams): string | null {
  const field = (...names: string[]) => names.map((name) => form.get(name)).find(Boolean);
  const username = field("UserName", "username");
  // Base64 has no spaces: that is a plus that the client has not encoded, as CoovaChilli's port takes it.
  const eap = field("WISPrEAPMsg")?.replaceAll(" ", "+");
  const password = field("Password", "password");
  if (!username || (!eap && !password)) return null;
  const { zone: { options }, challenge } = station;
  const version = field("WISPrVersion");
  return Object.entries({
    username,
    ...eap ? { WISPrEAPMsg: eap } : { password: uamPassword(crypto, options, challenge, password ?? "") },
    ...version && { WISPrVersion: version },
  }).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
}
