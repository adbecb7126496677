import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { ContractCase } from "../contract_case.ts";
import { hotspot, isDetail, isEmpty, send } from "../hotspot.ts";

export const cases: ContractCase[] = [
  {
    name: "a healthy venue says so, and that it could write",
    async run(target) {
      const answer = await send(target, "/healthz", "GET", {});
      equal(answer.status, 200, answer.text);
      deepEqual(answer.json, { status: "ok", directory: "ok", ledger: "ok", state: "ok" });
      const { rows } = await target.db.execute("select value from installation where name = 'write_probe'");
      const age = Date.now() - Date.parse(String(rows[0]?.[0]));
      ok(age < 60_000, `the last write was ${age} ms ago`);
    },
  },
  {
    name: "a hundred who ask about health at once cost one write",
    async run(target) {
      const written = async () =>
        String(
          (await target.db.execute("select value from installation where name = 'write_probe'")).rows[0]?.[0],
        );
      const before = await written();
      const seen = new Set<string>();
      await Promise.all(Array.from({ length: 100 }, async () => {
        equal((await send(target, "/healthz", "GET", {})).status, 200);
        seen.add(await written());
      }));
      seen.delete(before);
      ok(seen.size <= 2, `${seen.size} writes`);
    },
  },
  {
    name: "metrics count decisions by reason, accounting and post-auth",
    async run(target) {
      // Workers count per isolate, everybody else per process: both are the one that answered here.
      const spot = await hotspot(target);
      const [ada, nobody] = [spot.name("ada"), spot.name("nobody")];
      await spot.users({ username: ada });
      const before = await scrape(target);
      equal((await spot.authorize({ username: ada, password: "secret" })).status, 200);
      isEmpty(await spot.authorize({ username: nobody, password: "secret" }), 200);
      const packet = {
        unique_id: spot.name("u"),
        session_id: "s",
        nas_ip_address: "10.0.0.1",
        username: ada,
      };
      isEmpty(await spot.accounting({ ...packet, status_type: "Start" }), 201);
      isEmpty(await spot.accounting({ ...packet, status_type: "Interim-Update" }), 200);
      equal((await spot.accounting({ ...packet, status_type: "Stop", unique_id: "" })).status, 400);
      isEmpty(await spot.postAuth({ username: ada, password: "x", reply: "Access-Accept" }), 201);
      const after = await scrape(target);

      for (
        const series of [
          'portico_access_decisions_total{reason="accepted",check=""}',
          'portico_access_decisions_total{reason="unknown_user",check=""}',
          'portico_accounting_packets_total{status_type="Start",outcome="created"}',
          'portico_accounting_packets_total{status_type="Interim-Update",outcome="updated"}',
          'portico_accounting_packets_total{status_type="Stop",outcome="refused"}',
          'portico_post_auth_total{reply="Access-Accept"}',
          'portico_http_requests_total{route="/api/v1/freeradius/postauth",status="201"}',
          'portico_http_request_duration_seconds_count{route="/api/v1/freeradius/postauth"}',
        ]
      ) ok((after.get(series) ?? 0) > (before.get(series) ?? 0), series);
      ok((after.get("portico_sessions_open") ?? -1) >= 0);
      equal(typeof after.get("portico_password_hashes_waiting"), "number");
    },
  },
  {
    name: "metrics name no user, station or organization",
    async run(target) {
      const spot = await hotspot(target);
      const username = spot.name("secretive");
      await spot.authorize({ username, password: "secret", calling_station_id: "02:11:22:33:44:55" });
      await spot.accounting({ status_type: "Reboot-Please", username });
      await spot.postAuth({ username, password: "x", reply: "Access-Wonder" });
      await send(target, `/${username}`, "GET", {});
      const { text } = await send(target, "/metrics", "GET", {});
      for (const word of [username, "02:11:22", spot.id, spot.slug, "Reboot-Please", "Access-Wonder"]) {
        ok(!text.includes(word), word);
      }
      match(text, /route="unmatched",status="404"/);
    },
  },
  {
    name: "metrics are read by the hosts that a setting names",
    environment: { PORTICO_METRICS_ALLOWED_HOSTS: "192.0.2.0/24" },
    async run(target) {
      isDetail(await send(target, "/metrics", "GET", {}), 403);
      isDetail(await send(target, "/metrics", "GET", { "x-forwarded-for": "192.0.2.7" }), 403);
    },
  },
  {
    name: "the bare address says what this is, on a page without script",
    async run(target) {
      const answer = await send(target, "/", "GET", {});
      equal(answer.status, 200);
      equal(answer.type?.toLowerCase(), "text/html; charset=utf-8");
      match(answer.text, /<html lang="en" dir="ltr">/);
      ok(!/<script|style=|onclick/i.test(answer.text));
      match(
        answer.headers.get("content-security-policy") ?? "",
        /default-src 'none'.*frame-ancestors 'none'/,
      );
      equal((await send(target, "/portico.css", "GET", {})).type?.toLowerCase(), "text/css; charset=utf-8");
    },
  },
  {
    name: "a link for the first operator that nobody gave out opens nothing",
    async run(target) {
      for (const method of ["GET", "POST"]) {
        const form = method === "POST" ? new URLSearchParams({ username: "mallory" }) : undefined;
        const answer = await send(
          target,
          "/setup/0123456789012345678901234567890123456789",
          method,
          {},
          form,
        );
        equal(answer.status, 404);
        match(answer.type ?? "", /^text\/html/);
        equal(answer.headers.get("referrer-policy"), "no-referrer");
        equal(answer.headers.get("cache-control"), "no-store");
      }
    },
  },
];

async function scrape(target: Parameters<typeof send>[0]): Promise<Map<string, number>> {
  const { status, type, text } = await send(target, "/metrics", "GET", {});
  equal(status, 200, text);
  match(type ?? "", /^text\/plain; version=0\.0\.4/);
  const lines = text.split("\n").filter((line) => line && !line.startsWith("#"));
  return new Map(lines.map((line) => {
    const at = line.lastIndexOf(" ");
    return [line.slice(0, at), Number(line.slice(at + 1))];
  }));
}
