import { deepEqual, equal, match } from "node:assert/strict";
import { openUam } from "../../../src/http/coova/uam.ts";
import { type ListenerRequest, type PortalPeer, uamHandler } from "../../../src/http/coova/uam_handler.ts";
import { nativeCrypto } from "../../../src/runtime/crypto.ts";
import { memoryController, testZone } from "../../support/memory_controller.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const BODY = new TextEncoder().encode("username=ada");

function textOf(body: string | Uint8Array): string {
  return typeof body === "string" ? body : new TextDecoder().decode(body);
}

function handler() {
  const zones = [testZone({}, "guests"), testZone({}, "staff")];
  const controller = memoryController(zones, () => NOW);
  controller.put("127.0.0.1");
  controller.put("127.0.0.2", { zone: zones[1] ?? testZone() });
  const visits: {
    readonly url: string;
    readonly method: string;
    readonly body: string;
    readonly peer: PortalPeer;
  }[] = [];
  const uam = openUam({ controller, crypto: nativeCrypto(), now: () => NOW });
  const { answer, refusal } = uamHandler({
    uam,
    zones: () => zones,
    async portal(request, peer) {
      visits.push({ url: request.url, method: request.method, body: await request.text(), peer });
      return new Response("page ü", {
        headers: [["content-type", "text/html"], ["set-cookie", "a=1"], ["set-cookie", "b=2"], [
          "connection",
          "keep-alive",
        ]],
      });
    },
  });
  const send = (
    method: string,
    target: string,
    { host = "127.0.0.1:8080", source = "127.0.0.1", body = new Uint8Array() } = {},
  ) =>
    answer(
      {
        method,
        target,
        headers: [["HOST", host], ["Content-Type", "application/x-www-form-urlencoded"]],
        body,
        source,
        local: { address: "::ffff:127.0.0.1", port: 8080 },
        logsOut: false,
      } satisfies ListenerRequest,
    );
  return { send, visits, refusal };
}

Deno.test("what is below /www/ goes to Portico's own pages, with its body, and comes back with its cookies", async () => {
  const { send, visits } = handler();
  const answer = await send("POST", "/www/login?a=b", { host: "portal.example:8080", body: BODY });
  deepEqual(visits.map(({ url, method, body }) => [url, method, body]), [
    ["http://portal.example:8080/www/login?a=b", "POST", "username=ada"],
  ]);
  equal(visits[0]?.peer.source, "127.0.0.1");
  deepEqual({ ...answer, body: textOf(answer.body) }, {
    version: "1.1",
    status: 200,
    statusText: "",
    headers: [
      ["Connection", "close"],
      ["content-type", "text/html"],
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
      ["Content-Length", "7"],
    ],
    body: "page ü",
  });
});

Deno.test("a host that is none does not become the page's address; what fetch refuses is answered 400", async () => {
  const { send, visits } = handler();
  await send("GET", "/www/login", { host: 'evil"><script>' });
  await send("GET", "http://whole.example/www/login");
  deepEqual(visits.map(({ url }) => url), [
    "http://127.0.0.1:8080/www/login",
    "http://127.0.0.1:8080/www/login",
  ]);
  for (const method of ["TRACE", "CONNECT", "track"]) equal((await send(method, "/www/login")).status, 400);
});

Deno.test("zones without a network share a listener: a path says which, the first one is for the others", async () => {
  const { send, visits } = handler();
  const first = await send("GET", "/json/status");
  match(String(first.body), /"logoutURL":"http:\/\/127\.0\.0\.1:8080\/logoff"/);
  const second = await send("GET", "/zone/staff/json/status", { source: "127.0.0.2" });
  match(String(second.body), /"logoutURL":"http:\/\/127\.0\.0\.1:8080\/zone\/staff\/logoff"/);
  const caught = await send("GET", "/zone/staff", { source: "127.0.0.2" });
  match(
    caught.headers.find(([name]) => name === "Location")?.[1] ?? "",
    /^http:\/\/127\.0\.0\.1:8080\/zone\/staff\/www\/login\?/,
  );
  await send("GET", "/zone/staff/www/login");
  deepEqual([visits[0]?.peer.zone.name, visits[0]?.peer.prefix, visits[0]?.url], [
    "staff",
    "/zone/staff",
    "http://127.0.0.1:8080/www/login",
  ]);
  equal((await send("GET", "/zone/nobody/status")).status, 404);
  equal((await send("GET", "/zone/staff/json/status", { source: "127.0.0.9" })).status, 403);
});

Deno.test("what cannot be read is refused in a sentence", () => {
  const { refusal } = handler();
  const { status, body } = refusal(400);
  deepEqual([status, body], [400, "This request cannot be understood.\r\n"]);
  match(refusal(500).body, /logged/);
});
