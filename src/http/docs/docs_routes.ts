import { Hono } from "hono";
import type { Settings } from "../../aaa/settings.ts";
import type { Caller } from "../callers.ts";
import { referenceScript } from "./reference_script.ts";

const DOCUMENT = "/api/v1/openapi.json";
const SCRIPT = "/api/v1/docs/reference.js";

/** Everything is ours and works without the Internet: no proxy for trying things out, no fonts, no telemetry. */
const CONFIGURATION = {
  url: DOCUMENT,
  proxyUrl: "",
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: "never",
  orderSchemaPropertiesBy: "preserve",
  agent: { disabled: true },
  mcp: { disabled: true },
  metaData: { title: "Portico API" },
};

const PAGE_HEADERS = {
  // The reference writes its own styles into the page; scripts come from us alone, and none stands in the page.
  "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; " +
    "img-src 'self' data:; font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
};

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Portico API</title>
<link rel="icon" href="data:,">
</head>
<body>
<noscript>This page needs JavaScript. What it shows is in <a href="${DOCUMENT}">${DOCUMENT}</a>.</noscript>
<div id="api-reference" data-configuration="${JSON.stringify(CONFIGURATION).replaceAll('"', "&quot;")}"></div>
<script src="${SCRIPT}"></script>
</body>
</html>
`;

/** The documentation: for programs, and as a page. @param callers of the finished URL map. */
export function docsRoutes(settings: Settings, callers: () => ReadonlyMap<string, Caller>): Hono {
  const routes = new Hono({ strict: false });
  let json: string | undefined;
  routes.get(DOCUMENT, async (c) => {
    // Made when it is first asked for: what makes it is larger than all the rest.
    const { openapiDocument } = await import("./openapi_document.ts");
    json ??= JSON.stringify(openapiDocument(settings, callers()));
    return c.body(json, 200, { "Content-Type": "application/json" });
  });
  routes.get("/api/v1/docs", (c) => c.html(PAGE, 200, PAGE_HEADERS));
  routes.get(SCRIPT, async (c) => {
    const { body, headers } = await referenceScript(c.req.header("accept-encoding"));
    return c.body(body, 200, {
      ...headers,
      "Content-Type": "text/javascript; charset=utf-8",
      "Cache-Control": "public, max-age=86400",
      "X-Content-Type-Options": "nosniff",
    });
  });
  return routes;
}
