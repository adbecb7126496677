import { equal, match, ok } from "node:assert/strict";
import type { ContractCase } from "../contract_case.ts";
import { send } from "../hotspot.ts";

export const cases: ContractCase[] = [
  {
    name: "the API is described in OpenAPI 3.1",
    async run(target) {
      const answer = await send(target, "/api/v1/openapi.json", "GET", {});
      equal(answer.status, 200);
      equal(answer.type, "application/json");
      const { openapi, paths } = answer.json as { openapi: string; paths: Record<string, unknown> };
      equal(openapi, "3.1.0");
      ok("/api/v1/freeradius/accounting/" in paths);
    },
  },
  {
    name: "the documentation's page loads nothing that is not ours",
    async run(target) {
      for (const path of ["/api/v1/docs/", "/api/v1/docs"]) {
        const page = await send(target, path, "GET", {});
        equal(page.status, 200);
        match(page.type ?? "", /^text\/html/);
        const policy = page.headers.get("content-security-policy") ?? "";
        match(policy, /default-src 'none'/);
        match(policy, /script-src 'self';/);
        ok(!/(src|href)="(https?:)?\/\//.test(page.text));
        ok(!/<script(?![^>]* src=)/.test(page.text), "a script stands in the page");
      }
    },
  },
  {
    name: "the documentation's script is served whole, and compressed to who wants that",
    async run(target) {
      const fetched = async (encoding: string) => {
        const response = await target.fetch("/api/v1/docs/reference.js", {
          headers: { "accept-encoding": encoding },
        });
        equal(response.status, 200);
        match(response.headers.get("content-type") ?? "", /^text\/javascript/);
        const octets = new Uint8Array(await response.arrayBuffer());
        // A client that unpacks by itself leaves nothing to unpack.
        const isPacked = octets[0] === 0x1f && octets[1] === 0x8b;
        if (!isPacked) return new TextDecoder().decode(octets);
        return await new Response(new Blob([octets]).stream().pipeThrough(new DecompressionStream("gzip")))
          .text();
      };
      const plain = await fetched("identity");
      ok(plain.length > 1_000_000);
      match(plain, /@scalar\/api-reference/);
      equal(await fetched("gzip"), plain);
    },
  },
  {
    name: "without documentation its paths do not exist",
    environment: { PORTICO_API_DOCS: "false" },
    async run(target) {
      for (const path of ["/api/v1/openapi.json", "/api/v1/docs/", "/api/v1/docs/reference.js"]) {
        equal((await send(target, path, "GET", {})).status, 404, path);
      }
      ok(!(await send(target, "/", "GET", {})).text.includes("/api/v1/docs"));
    },
  },
];
