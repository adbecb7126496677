import type { Context } from "hono";
import { acceptedLanguage, acceptedTags } from "../languages/accept_language.ts";
import type { Language } from "../languages/say.ts";

/** The first of our languages in `Accept-Language`, with or without q-values (RFC 9110 section 12.5.4); else English. */
export function requestLanguage(c: Context): Language {
  return statedLanguage(c) ?? "en";
}

/** Like `requestLanguage()`, but null when the request asks for none of ours. */
export function statedLanguage(c: Context): Language | null {
  return acceptedLanguage(c.req.header("accept-language"));
}

/** The first tag of `Accept-Language` that dates can be written in, with its region: `en-GB`; else `en`. */
export function requestLocale(c: Context): string {
  return acceptedTags(c.req.header("accept-language")).find(isLocale) ?? "en";
}

function isLocale(tag: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}
