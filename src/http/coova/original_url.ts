import { percentDecode, percentEncode } from "./percent_encoding.ts";
import type { UamTarget } from "./uam_request.ts";

/** UTF-16 units; coova 1. */
const LONGEST = 2047;

/** What a station wanted to see when it was caught; null when that cannot be said in an address. */
export function caughtUrl({ host, path, query, isWhole }: UamTarget): string | null {
  if (!isWhole || !host) return null;
  return checkedUrl(`http://${host}${path}${query === null ? "" : `?${query}`}`);
}

/** `userurl` of a log-on or log-off: decoded once more than other parameters (coova 1). */
export function sentUrl(userurl: string | undefined): string | null {
  return userurl ? checkedUrl(percentDecode(userurl)) : null;
}

/**
 * An address that may be offered after the log-on: of the web, with a host, without a user's name that would pass for
 * one, without control characters. It is kept as it is.
 */
export function checkedUrl(text: string): string | null {
  if (text.length > LONGEST || !/^https?:\/\/[^/?#\\@\s"'<>`{|}^]+(?:[/?#]|$)/i.test(text)) return null;
  if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text) || !URL.canParse(text)) return null;
  return text;
}

/** An address as a header can carry it; null when it is none of the web. */
export function locationOf(url: string): string | null {
  return checkedUrl(url) && asciiUrl(url);
}

/** With everything percent-encoded that is no printable ASCII. */
export function asciiUrl(url: string): string {
  return url.replaceAll(/[^\x21-\x7e]/gu, percentEncode);
}
