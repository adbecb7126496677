import { type Language, languageOf } from "./say.ts";

/** Nobody prefers more languages than fit in here. */
const LONGEST_HEADER = 1024;

interface Wish {
  readonly tag: string;
  readonly weight: number;
}

/**
 * The first of our languages in an `Accept-Language` header, with or without q-values (RFC 9110 section 12.5.4); null
 * when it asks for none of them.
 */
export function acceptedLanguage(header: string | undefined): Language | null {
  for (const tag of acceptedTags(header)) {
    const language = languageOf(tag);
    if (language) return language;
  }
  return null;
}

/** What a header asks for, the dearest first; what is refused (`q=0`) or cannot be read is left out. */
export function acceptedTags(header: string | undefined): readonly string[] {
  if (!header) return [];
  return readable(header).split(",").map(wish).filter(({ tag, weight }) => tag !== "" && weight > 0)
    .sort((a, b) => b.weight - a.weight).map(({ tag }) => tag);
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
