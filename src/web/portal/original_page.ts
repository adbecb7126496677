import type { Station } from "../../controller/station.ts";
import { detectionProbe } from "../../values/detection_probe.ts";
import { normalizeIpAddress } from "../../values/ip_address.ts";

const LONGEST = 2047;

/** Where a guest wanted to go. */
export interface OriginalPage {
  readonly url: string;
  /** For the guest to read: ASCII, so that nobody is shown a name that only looks like another. */
  readonly host: string;
}

/**
 * What the authority sends its guests to, else the page that was asked for when the station was caught, when that is
 * one that a guest wants to see: no address of ours, none that a program asks for, nothing but the web.
 */
export function originalPage({ zone, session, originalUrl }: Station): OriginalPage | null {
  const redirection = webPage(session?.grant.redirectionUrl ?? "");
  if (redirection) return { url: redirection.href, host: redirection.host };
  const page = webPage(originalUrl);
  if (!page || detectionProbe(page.host, page.pathname) || isOurs(page, zone.options)) return null;
  return { url: page.href, host: page.host };
}

function webPage(text: string): URL | null {
  if (!text || text.length > LONGEST) return null;
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) return null;
  // `http://bank.example@evil.example/` is read as the bank's.
  return url.username || url.password ? null : url;
}

function isOurs(page: URL, options: Station["zone"]["options"]): boolean {
  const own = [
    ...options.address.map((prefix) => normalizeIpAddress(prefix.split("/", 1)[0] ?? "")),
    options.uamaliasip,
    options.uamlogoutip,
    "1.0.0.1",
    options.uamhostname,
    options.uamaliasname,
    "logout",
  ];
  return own.includes(page.hostname.replace(/^\[|\]$/g, ""));
}
