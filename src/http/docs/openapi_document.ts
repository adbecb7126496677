import type { Settings } from "../../aaa/settings.ts";
import type { Caller } from "../callers.ts";
import { ACCOUNT_TAG } from "./account/account_description.ts";
import { accountRoutes } from "./account/account_routes.ts";
import { captivePortalMockRoutes } from "./captive_portal_mock_routes.ts";
import { freeradiusRoutes } from "./freeradius_routes.ts";
import { legacyRoutes } from "./legacy_routes.ts";
import { pageRoutes } from "./page_routes.ts";
import type {
  OpenapiDocument,
  Operation,
  PathItem,
  SecurityRequirement,
  SecurityScheme,
} from "./openapi_types.ts";
import type { RouteDescription } from "./route_description.ts";

const ABOUT = `
Portico decides who may use a hotspot's network, for how long and how much, and remembers what was used.

Every path takes a slash at its end, or none. Bodies are JSON, a form or multipart, at most 1 MiB, sent within 10 seconds.
Errors are JSON: \`{"detail": "…"}\`, or messages by field. A path that does not exist is a 404.`;

const TAGS: OpenapiDocument["tags"] = [
  {
    name: "FreeRADIUS",
    description:
      "What rlm_rest calls. docs/freeradius.md has the configuration to copy. Without organization credentials, " +
      "a user's RADIUS token or a station's open session tells the organization.",
  },
  {
    name: ACCOUNT_TAG,
    description:
      "What login pages call for a guest, and any other client may: sign up, sign in, verify, recover, see one's use. " +
      "Texts are in the first language of `Accept-Language` that is known here.",
  },
  { name: "Operation", description: "What watches over the program." },
  { name: "Documentation" },
  { name: "Pages", description: "For people." },
  {
    name: "Captive portal mock",
    description:
      "For developing with the OpenWISP login pages, which submit these forms into a hidden frame and wait for its load.",
  },
  {
    name: "django-freeradius",
    description:
      "What old installations call: one token, one organization. Served where `PORTICO_LEGACY_API_TOKEN` is set.",
  },
];

const SECURITY_SCHEMES: Readonly<Record<string, SecurityScheme>> = {
  organizationHeader: {
    type: "apiKey",
    in: "header",
    name: "Authorization",
    description: "`Bearer ORGANIZATION-UUID RADIUS-TOKEN`: three parts.",
  },
  organizationUuid: {
    type: "apiKey",
    in: "query",
    name: "uuid",
    description: "The organization's UUID, together with `token`.",
  },
  organizationToken: {
    type: "apiKey",
    in: "query",
    name: "token",
    description: "The organization's RADIUS token, together with `uuid`.",
  },
  userToken: {
    type: "apiKey",
    in: "query",
    name: "username",
    description:
      "No organization credentials, but somebody, in the body or here, who has a RADIUS token: that names the " +
      "organization.",
  },
  apiKey: {
    type: "http",
    scheme: "bearer",
    description: "A guest's API key, from a log-in or sign-up: 40 lower-case hex digits.",
  },
  legacyHeader: {
    type: "http",
    scheme: "bearer",
    description: "The installation's one token, `PORTICO_LEGACY_API_TOKEN`: two parts.",
  },
  legacyToken: { type: "apiKey", in: "query", name: "token", description: "The same in the query." },
};

/** Any one of a list is enough; an empty list is for routes that ask for nothing, or for something else. */
const SECURITY: Readonly<Record<Caller, readonly SecurityRequirement[]>> = {
  anybody: [],
  nas: [{ organizationHeader: [] }, { organizationUuid: [], organizationToken: [] }, { userToken: [] }],
  "legacy client": [{ legacyHeader: [] }, { legacyToken: [] }],
  guest: [],
  "key holder": [{ apiKey: [] }],
  "key in body": [],
  "metrics host": [],
  invited: [],
};

/**
 * The API as it is served, with what this installation's settings make of it.
 *
 * @param callers every path of the URL map, and who may call it.
 * @throws {Error} for a path that nothing describes.
 */
export function openapiDocument(
  settings: Settings,
  callers: ReadonlyMap<string, Caller>,
): OpenapiDocument {
  const described = new Map(descriptions(settings).map((route) => [pathInUrlMap(route.path), route]));
  const paths: Record<string, PathItem> = {};
  for (const [path, caller] of callers) {
    const route = described.get(path);
    if (!route) throw new Error(`The documentation says nothing about ${path}`);
    paths[route.path] = pathItem(route, caller);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Portico",
      version: "1",
      description: ABOUT.trim(),
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    tags: TAGS,
    paths,
    components: { securitySchemes: SECURITY_SCHEMES },
  };
}

function descriptions({ apiDefaultPageSize, apiMaxPageSize }: Settings): readonly RouteDescription[] {
  const pageSize = { usual: apiDefaultPageSize, most: apiMaxPageSize };
  return [
    ...freeradiusRoutes(pageSize),
    ...accountRoutes(pageSize),
    ...pageRoutes(),
    ...captivePortalMockRoutes(),
    ...legacyRoutes(pageSize),
  ];
}

function pathItem({ get, post }: RouteDescription, caller: Caller): PathItem {
  const secured = (operation: Operation) => ({ ...operation, security: SECURITY[caller] });
  return { ...(get && { get: secured(get) }), ...(post && { post: secured(post) }) };
}

/** `/setup/{secret}/` is `/setup/:secret` there. */
function pathInUrlMap(path: string): string {
  return path.replace(/\{(\w+)\}/g, ":$1").replace(/(?<=.)\/$/, "");
}
