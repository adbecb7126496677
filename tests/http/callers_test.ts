import { equal, ok } from "node:assert/strict";
import { type Caller, callersOf } from "../../src/http/callers.ts";
import { memoryVenue } from "../support/memory_venue.ts";

interface Stranger {
  readonly what: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
  readonly from?: string;
  readonly status: number;
}

Deno.test("every route says who may call it", async () => {
  const venue = await memoryVenue();
  const callers = callersOf(venue.app);
  const silent = venue.app.routes.filter(({ path }) => path !== "/*" && !callers.has(path));
  equal(silent.map(({ method, path }) => `${method} ${path}`).join(), "");
  ok(callers.size > 10);
  await venue.close();
});

Deno.test("whoever may not call a route is turned away, without credentials and with wrong ones", async () => {
  const venue = await memoryVenue({ settings: { legacyApiToken: "legacy-token-0123456789" } });
  await venue.addOrganization({ slug: "default" });
  const alpha = await venue.addOrganization({ settings: { smsVerification: true, smsSender: "Alpha" } });
  const beta = await venue.addOrganization();
  const strangers: Record<Exclude<Caller, "anybody">, readonly Stranger[]> = {
    nas: [
      { what: "nothing", status: 403 },
      { what: "half a header", headers: { authorization: "Bearer abc" }, status: 400 },
      { what: "another organization's token", headers: pair(alpha.id, tokenOf(beta)), status: 403 },
      { what: "a made-up organization", headers: pair(crypto.randomUUID(), tokenOf(alpha)), status: 403 },
      { what: "half the query", query: `?uuid=${alpha.id}`, status: 403 },
      { what: "the legacy token", query: "?token=legacy-token-0123456789", status: 403 },
      {
        what: "the right header from elsewhere",
        headers: { authorization: alpha.authorization },
        from: "192.0.2.1",
        status: 403,
      },
    ],
    "legacy client": [
      { what: "nothing", status: 403 },
      { what: "a wrong token", headers: { authorization: "Bearer wrong" }, status: 403 },
      { what: "a wrong token in the query", query: "?token=wrong", status: 403 },
      { what: "an organization's credentials", headers: { authorization: alpha.authorization }, status: 403 },
    ],
    guest: [{ what: "a password without a name", status: 400 }],
    "metrics host": [
      { what: "nothing, from elsewhere", from: "192.0.2.1", status: 403 },
      {
        what: "a forwarded address",
        headers: { "x-forwarded-for": "127.0.0.1" },
        from: "192.0.2.1",
        status: 403,
      },
    ],
    "key holder": [
      { what: "nothing", status: 401 },
      { what: "a made-up key", headers: { authorization: `Bearer ${"0".repeat(40)}` }, status: 401 },
      { what: "an organization's credentials", headers: { authorization: alpha.authorization }, status: 401 },
      { what: "the legacy token", headers: { authorization: "Bearer legacy-token-0123456789" }, status: 401 },
      { what: "another scheme", headers: { authorization: "Basic YWRhOnNlY3JldA==" }, status: 401 },
    ],
    "key in body": [{ what: "nothing", status: 401 }],
    invited: [{ what: "a made-up link", status: 404 }],
  };
  for (const [path, caller] of callersOf(venue.app)) {
    if (caller === "anybody") continue;
    const method = caller === "metrics host" ? "GET" : "POST";
    for (const { what, headers = {}, query = "", from = "127.0.0.1", status } of strangers[caller]) {
      const response = await venue.fetch(
        path.replace(":secret", "made-up").replace(":slug", alpha.slug) + query,
        {
          method,
          from,
          headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
          ...(method === "POST" && { body: "status_type=Stop&password=x" }),
        },
      );
      const text = await response.text();
      equal(response.status, status, `${path} with ${what}: ${text}`);
    }
  }
  await venue.close();
});

function pair(id: string, token: string) {
  return { authorization: `Bearer ${id} ${token}` };
}

function tokenOf({ authorization }: { readonly authorization: string }): string {
  return authorization.split(" ")[2] ?? "";
}
