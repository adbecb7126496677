import { deepEqual, equal, ok } from "node:assert/strict";
import { issueApiToken } from "../../../src/aaa/account/api_token.ts";
import { callersOf } from "../../../src/http/callers.ts";
import { openapiDocument } from "../../../src/http/docs/openapi_document.ts";
import type { OpenapiDocument } from "../../../src/http/docs/openapi_types.ts";
import { SESSION_EXAMPLE, SESSION_SCHEMA } from "../../../src/http/docs/session_schema.ts";
import { AccountingFields } from "../../../src/http/freeradius/accounting_fields.ts";
import { memoryVenue } from "../../support/memory_venue.ts";

const METHODS = ["get", "post", "put", "patch", "delete"] as const;

Deno.test("the documentation has every route of the URL map, and no other", async () => {
  const venue = await memoryVenue();
  const documented = Object.keys(await documentOf(venue)).map(inUrlMap).sort();
  const served = [...new Set(venue.app.routes.map(({ path }) => path))].filter((path) => path !== "/*")
    .sort();
  deepEqual(documented, served);
  await venue.close();
});

Deno.test("the documentation has every method that a route takes, and no other", async () => {
  const venue = await memoryVenue({ settings: { legacyApiToken: "legacy-token" } });
  await venue.addOrganization({ slug: "default" });
  const alpha = await venue.addOrganization({ settings: { smsVerification: true, smsSender: "Alpha" } });
  const group = await venue.addGroup(alpha.id);
  const ada = await venue.addUser({ organizations: [alpha], groups: [group], verified: true });
  const key = await issueApiToken(venue.db, venue.deps, ada.id, venue.clock.at);
  for (const [path, item] of Object.entries(await documentOf(venue))) {
    // An unknown link is a 404 whatever is done with it.
    if (/^\/(setup|confirm-email)\//.test(path)) continue;
    const caller = callersOf(venue.app).get(inUrlMap(path));
    const authorization = caller === "legacy client"
      ? "Bearer legacy-token"
      : caller === "key holder"
      ? `Bearer ${key}`
      : alpha.authorization;
    for (const method of METHODS) {
      const response = await venue.fetch(path.replace("{slug}", alpha.slug), {
        method: method.toUpperCase(),
        headers: { authorization },
      });
      await response.body?.cancel();
      const isWrongMethod = response.status === 405 || response.status === 404;
      equal(!isWrongMethod, method in item, `${method} ${path}: ${response.status}`);
    }
  }
  await venue.close();
});

Deno.test("what is said about fields is what is checked: their names, lengths and whether they may be missing", async () => {
  const venue = await memoryVenue();
  const schema = (await documentOf(venue))["/api/v1/freeradius/accounting/"]?.post?.requestBody
    ?.content["application/json"]?.schema;
  deepEqual(Object.keys(schema?.properties ?? {}), Object.keys(AccountingFields.entries));
  deepEqual(schema?.required, ["status_type", "unique_id", "session_id", "nas_ip_address"]);
  deepEqual(schema?.properties?.unique_id, { type: "string", minLength: 1, maxLength: 32 });
  deepEqual(schema?.properties?.username, { type: ["string", "null"], maxLength: 255 });
  deepEqual(schema?.properties?.session_time?.type, ["integer", "string"]);
  await venue.close();
});

Deno.test("the example requests of the documentation are taken, and the example session is what lists show", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization();
  const paths = await documentOf(venue);
  for (const name of ["authorize", "accounting", "postauth"] as const) {
    const body = paths[`/api/v1/freeradius/${name}/`]?.post?.requestBody?.content["application/json"]
      ?.example;
    const { status, text } = await venue.post(name, alpha, body as Record<string, unknown>);
    ok(status === 200 || status === 201, text);
  }
  const list = await venue.fetch("/api/v1/freeradius/accounting/", {
    headers: { authorization: alpha.authorization },
  });
  const [session] = await list.json();
  deepEqual(Object.keys(SESSION_SCHEMA.properties ?? {}), Object.keys(session));
  deepEqual(Object.keys(SESSION_EXAMPLE), Object.keys(session));
  await venue.close();
});

Deno.test("the documentation asks for the credentials that the route asks for", async () => {
  const venue = await memoryVenue();
  const paths = await documentOf(venue);
  const schemesOf = (path: string) => paths[path]?.post?.security.flatMap((one) => Object.keys(one));
  deepEqual(schemesOf("/api/v1/freeradius/authorize/"), [
    "organizationHeader",
    "organizationUuid",
    "organizationToken",
    "userToken",
  ]);
  deepEqual(schemesOf("/api/v1/authorize/"), ["legacyHeader", "legacyToken"]);
  deepEqual(schemesOf("/api/v1/account/token/"), []);
  await venue.close();
});

Deno.test("the page sizes of the documentation are the installation's", async () => {
  const venue = await memoryVenue({ settings: { apiDefaultPageSize: 25, apiMaxPageSize: 500 } });
  const document = openapiDocument(venue.deps.settings, callersOf(venue.app));
  const size = document.paths["/api/v1/freeradius/accounting/"]?.get?.parameters
    ?.find(({ name }) => name === "page_size");
  deepEqual([size?.schema.default, size?.schema.maximum], [25, 500]);
  await venue.close();
});

async function documentOf(venue: Awaited<ReturnType<typeof memoryVenue>>): Promise<OpenapiDocument["paths"]> {
  const response = await venue.fetch("/api/v1/openapi.json");
  equal(response.status, 200);
  const document: OpenapiDocument = await response.json();
  return document.paths;
}

function inUrlMap(path: string): string {
  return path.replace(/\{(\w+)\}/, ":$1").replace(/(?<=.)\/$/, "");
}
