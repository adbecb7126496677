import type { Context } from "hono";
import type { Settings } from "../aaa/settings.ts";
import { message } from "../languages/say.ts";
import { notFound } from "./problem.ts";

export interface Page {
  /** From 1. */
  readonly number: number;
  readonly count: number;
  readonly offset: number;
  readonly limit: number;
}

/**
 * The page a query asks for: `page` is a number or `last`, `page_size` falls back to the default when it is none.
 *
 * @throws {HttpProblem} 404 for a page that does not exist; page 1 always does.
 */
export function pageOf(c: Context, settings: Settings, items: number): Page {
  const size = Number(/^\d+$/.test(c.req.query("page_size") ?? "") ? c.req.query("page_size") : 0);
  const limit = size > 0 ? Math.min(size, settings.apiMaxPageSize) : settings.apiDefaultPageSize;
  const count = Math.max(1, Math.ceil(items / limit));
  const asked = c.req.query("page") || "1";
  const number = asked === "last" ? count : /^\d+$/.test(asked) ? Number(asked) : 0;
  if (number < 1 || number > count) throw notFound(message("invalid_page"));
  return { number, count, offset: (number - 1) * limit, limit };
}

/** A `Link` header (RFC 8288) to the first, previous, next and last page; undefined when there is one page. */
export function linkHeader(c: Context, { number, count }: Page): string | undefined {
  const links: string[] = [];
  const add = (page: number, rel: string) => links.push(`<${pageUrl(c, page)}>; rel="${rel}"`);
  if (number > 1) {
    add(1, "first");
    add(number - 1, "prev");
  }
  if (number < count) {
    add(number + 1, "next");
    add(count, "last");
  }
  return links.length ? links.join(", ") : undefined;
}

/** The OpenWISP pages look for `next` anywhere in the header: no address may have the word (portal-client 5.4). */
function pageUrl(c: Context, page: number): string {
  const url = new URL(c.req.url);
  if (page === 1) url.searchParams.delete("page");
  else url.searchParams.set("page", String(page));
  url.searchParams.sort();
  const { href, origin } = url;
  // A reference without host (RFC 8288 section 3.1) is good everywhere; a percent sign in a host is not.
  const address = /next/i.test(origin) ? href.slice(origin.length) : href;
  return address.replace(/next/gi, (word) => `%${word.charCodeAt(0).toString(16)}${word.slice(1)}`);
}
