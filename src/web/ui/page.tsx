/** @jsxRuntime automatic */
/** @jsxImportSource hono/jsx */
import { type Context, Hono } from "hono";
import type { Child } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { direction, type Language } from "../../languages/say.ts";
import theme from "./theme.css" with { type: "text" };

const STYLESHEET = "/portico.css";

/** No script at all, no style but ours, and nobody may show a page of ours inside theirs. */
const PAGE_HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
};

const MARK = "M12 2 2 7v2h20V7L12 2ZM4 11v8h3v-8H4Zm6.5 0v8h3v-8h-3ZM17 11v8h3v-8h-3ZM2 20.5V23h20v-2.5H2Z";
const ICON = `data:image/svg+xml,${
  encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="#2f8fb0" d="${MARK}"/></svg>`,
  )
}`;

/** A whole document: one sheet in the middle, on every width, in both colour schemes and both directions. */
export function Page({ title, language = "en", brand = "Portico", stylesheet = STYLESHEET, children }: {
  readonly title: string;
  readonly language?: Language;
  /** Whose page it is. */
  readonly brand?: string | undefined;
  /** Relative where the page is served below somebody else's root. */
  readonly stylesheet?: string;
  readonly children?: Child;
}) {
  return (
    <html lang={language} dir={direction(language)}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{title}</title>
        <link rel="icon" href={ICON} />
        <link rel="stylesheet" href={stylesheet} />
      </head>
      <body>
        <header class="brand">
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d={MARK} />
          </svg>
          {brand}
        </header>
        <main class="sheet">{children}</main>
      </body>
    </html>
  );
}

/** The one way to answer with a page: with its headers. */
export async function showPage(
  c: Context,
  page: ReturnType<typeof Page>,
  status: ContentfulStatusCode = 200,
): Promise<Response> {
  return c.html(`<!doctype html>${await page.toString()}`, status, PAGE_HEADERS);
}

/** What the pages look like. */
export function stylesheetRoute(): Hono {
  return new Hono({ strict: false }).get(STYLESHEET, showStylesheet);
}

export function showStylesheet(c: Context): Response {
  return c.body(theme, 200, {
    "Content-Type": "text/css; charset=utf-8",
    "Cache-Control": "public, max-age=600",
    "X-Content-Type-Options": "nosniff",
  });
}
