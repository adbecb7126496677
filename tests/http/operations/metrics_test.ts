import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { issueApiToken } from "../../../src/aaa/account/api_token.ts";
import { Counter, Histogram } from "../../../src/http/operations/prometheus_text.ts";
import { memoryVenue } from "../../support/memory_venue.ts";

Deno.test("a counter shows its combinations of labels, odd characters escaped", () => {
  const counter = new Counter({ name: "things_total", help: "Things" });
  counter.tally({ kind: "plain" });
  counter.tally({ kind: 'a"b\\c\nd', status: 200 }).count += 2;
  equal(
    [...counter.lines()].join("\n"),
    "# HELP things_total Things\n# TYPE things_total counter\n" +
      'things_total{kind="plain"} 0\nthings_total{kind="a\\"b\\\\c\\nd",status="200"} 2',
  );
});

Deno.test("a histogram counts each duration in every bucket that it fits into", () => {
  const histogram = new Histogram({ name: "wait_seconds", help: "Waits" }, [0.1, 1]);
  const durations = histogram.durations({ route: "/" });
  for (const seconds of [0.1, 0.2, 1, 7]) durations.add(seconds);
  equal(
    [...histogram.lines()].slice(2).join("\n"),
    'wait_seconds_bucket{route="/",le="0.1"} 1\nwait_seconds_bucket{route="/",le="1"} 3\n' +
      'wait_seconds_bucket{route="/",le="+Inf"} 4\nwait_seconds_sum{route="/"} 8.3\nwait_seconds_count{route="/"} 4',
  );
});

Deno.test("a used-up quota is counted by the group check that it belongs to", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization();
  const group = await venue.addGroup(alpha.id, { checks: [["Max-Daily-Session", ":=", "0"]] });
  const ada = await venue.addUser({ username: "ada", organizations: [alpha], groups: [group] });
  await venue.post("authorize", alpha, { username: "ada", password: await venue.token(ada, alpha) });
  match(
    await scrape(),
    /portico_access_decisions_total\{reason="quota_reached",check="Max-Daily-Session"\} 1/,
  );
  await venue.close();

  async function scrape() {
    return await (await venue.fetch("/metrics")).text();
  }
});

Deno.test("open sessions are counted at most every ten seconds", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization();
  const start = (id: string) =>
    venue.post("accounting", alpha, {
      status_type: "Start",
      unique_id: id,
      session_id: id,
      nas_ip_address: "10.0.0.1",
      username: id,
    });
  const open = async () =>
    /^portico_sessions_open (\d+)$/m.exec(await (await venue.fetch("/metrics")).text())?.[1];
  await start("one");
  equal(await open(), "1");
  await start("two");
  venue.clock.pass(9_999);
  equal(await open(), "1");
  venue.clock.pass(1);
  equal(await open(), "2");
  await venue.close();
});

Deno.test("/metrics is for the allowed hosts, IPv4 and IPv6", async () => {
  const venue = await memoryVenue({ settings: { metricsAllowedHosts: ["10.0.0.0/8", "2001:db8::/32"] } });
  const statusFrom = async (from: string) => {
    const response = await venue.fetch("/metrics", { from });
    await response.body?.cancel();
    return response.status;
  };
  for (const from of ["10.1.2.3", "::ffff:10.1.2.3", "2001:db8::7"]) equal(await statusFrom(from), 200, from);
  for (const from of ["127.0.0.1", "192.0.2.1", "2001:db9::7", "nonsense"]) {
    equal(await statusFrom(from), 403, from);
  }
  await venue.close();
});

Deno.test("counting adds nothing to the empty answers for FreeRADIUS", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization();
  const response = await venue.fetch("/api/v1/freeradius/authorize/", {
    method: "POST",
    headers: { authorization: alpha.authorization, "content-type": "application/json" },
    body: '{"username": "nobody", "password": "x"}',
  });
  equal(response.status, 200);
  equal([...response.headers.keys()].join(), "");
  equal((await response.arrayBuffer()).byteLength, 0);
  await venue.close();
});

Deno.test("requests to the account API are counted by route: no label names an organization, a user or a session", async () => {
  const venue = await memoryVenue({ settings: { captivePortalMock: true } });
  const spot = await venue.addOrganization({ slug: "seaside" });
  const user = await venue.addUser({ username: "ada", organizations: [spot] });
  const key = await issueApiToken(venue.db, venue.deps, user.id, venue.deps.now());
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await venue.fetch(path, { headers: { authorization: `Bearer ${key}` }, ...init });
    await response.body?.cancel();
  };
  const base = "/api/v1/radius/organization";
  await ask(`${base}/seaside/account/session/?calling_station_id=aa:bb:cc:dd:ee:ff`);
  await ask(`${base}/seaside/account/session`, { headers: {} });
  await ask(`${base}/nowhere/account/usage/`);
  await ask(`${base}/seaside/account/no-such-thing/`);
  await ask("/captive-portal-mock/logout/", {
    method: "POST",
    body: new URLSearchParams({ logout_id: "s7" }),
  });
  const text = await (await venue.fetch("/metrics")).text();
  const requests = [...text.matchAll(/^portico_http_requests_total\{(.*)\} 1$/gm)].map(([, labels]) =>
    labels
  );
  deepEqual(
    requests.sort(),
    [
      `route="${base}/:slug/account/session",status="200"`,
      `route="${base}/:slug/account/session",status="401"`,
      `route="${base}/:slug/account/usage",status="404"`,
      'route="/captive-portal-mock/logout",status="200"',
      'route="unmatched",status="404"',
    ].sort(),
  );
  doesNotMatch(text, /seaside|nowhere|ada|aa:bb|s7|no-such-thing/);
  await venue.close();
});
