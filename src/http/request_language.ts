import type { Context } from "hono";
import { type Language, languageOf } from "../languages/say.ts";

/** Nobody prefers more languages than fit in here. */
const LONGEST_HEADER = 1024;

interface Wish {
  readonly tag: string;
  readonly weight: number;
}

/** The first of our languages in `Accept-Language`, with or without q-values (RFC 9110 section 12.5.4); else English. */
export function requestLanguage(c: Context): Language {
  return statedLanguage(c) ?? "en";
}

/** Like `requestLanguage()`, but null when the request asks for none of ours. */
export function statedLanguage(c: Context): Language | null {
  for (const { tag } of wishes(c)) {
    const language = languageOf(tag);
    if (language) return language;
  }
  return null;
}

/** The first tag of `Accept-Language` that dates can be written in, with its region: `en-GB`; else `en`. */
export function requestLocale(c: Context): string {
  return wishes(c).find(({ tag }) => isLocale(tag))?.tag ?? "en";
}

/** What is asked for, the dearest first, what is refused (`q=0`) or cannot be read left out. */
function wishes(c: Context): readonly Wish[] {
  const header = c.req.header("accept-language");
  if (!header) return [];
  return readable(header).split(",").map(wish).filter(({ tag, weight }) => tag !== "" && weight > 0)
    .sort((a, b) => b.weight - a.weight);
}

function readable(header: string): string {
  if (header.length <= LONGEST_HEADER) return header;
  // What the cut goes through could pass for another language.
  const cut = header.slice(0, LONGEST_HEADER);
  return cut.slice(0, Math.max(0, cut.lastIndexOf(",")));
}

function wish(entry: string): Wish {
  const [tag = "", ...parameters] = entry.split(";").map((part) => part.trim());
  const [q = "1"] = parameters.flatMap((parameter) => /^q\s*=(.*)$/i.exec(parameter)?.[1]?.trim() ?? []);
  return { tag, weight: /^([01](\.\d*)?|\.\d+)$/.test(q) ? Math.min(1, Number(q)) : 0 };
}

function isLocale(tag: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}
