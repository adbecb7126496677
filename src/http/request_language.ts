import type { Context } from "hono";

/** The first language of `Accept-Language` that dates can be written in, with or without q-values; else English. */
export function requestLanguage(c: Context): string {
  const wanted = (c.req.header("accept-language") ?? "").slice(0, 256).split(",").map((entry, index) => {
    const [tag = "", ...parameters] = entry.split(";").map((part) => part.trim());
    const q = parameters.find((parameter) => parameter.startsWith("q="));
    return { tag, weight: q ? Number(q.slice(2)) || 0 : 1, index };
  });
  wanted.sort((a, b) => b.weight - a.weight || a.index - b.index);
  return wanted.find(({ tag, weight }) => weight > 0 && isSupported(tag))?.tag ?? "en";
}

function isSupported(tag: string): boolean {
  try {
    return tag !== "*" && Intl.DateTimeFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}
