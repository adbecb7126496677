import { deepEqual, equal, ok } from "node:assert/strict";
import { memoryVenue } from "../support/memory_venue.ts";
import { checkRefusalText, describeRequest } from "./judge_answer.ts";
import { type Credentials, fuzzRequest } from "./requests.ts";
import { SeededRandom } from "./seeded_random.ts";

const REQUESTS = Number(Deno.env.get("FUZZ_REQUESTS") ?? 20_000);
const SEED = Number(Deno.env.get("TEST_SEED") ?? 1);
/** No answer may take this long; one that computes a password hash on a busy machine comes near. */
const LONGEST_MILLISECONDS = 5_000;

Deno.test(`${REQUESTS} hostile requests: a clear answer to each, and nothing half stored`, async () => {
  const legacyToken = "165f9a790787fc38e5cc12c1640db2300648d9a2";
  const venue = await memoryVenue({
    settings: {
      disposableRadiusUserToken: false,
      legacyApiToken: legacyToken,
      // Counting requests is a change too.
      throttleRates: { others: null },
      authThrottleRate: "",
    },
  });
  const organization = await venue.addOrganization({ slug: "default" });
  const other = await venue.addOrganization();
  const user = await venue.addUser({ organizations: [organization] });
  const known: Credentials = {
    organizationId: organization.id,
    organizationToken: organization.token,
    otherOrganizationId: other.id,
    username: user.username,
    radiusKey: await venue.token(user, organization),
    legacyToken,
  };
  const random = new SeededRandom(SEED);
  const statuses = new Map<number, number>();
  const created = { accounting: 0, postauth: 0 };

  for (let number = 0; number < REQUESTS; number++) {
    const request = fuzzRequest(random, known, number);
    const before = await changes();
    const started = performance.now();
    const response = await venue.fetch(request.target, {
      method: request.method,
      headers: request.headers.map(([name, value]): [string, string] => [name, value]),
      // `Request` refuses a body here; a socket takes it.
      ...(request.body && !/^(GET|HEAD)$/.test(request.method) && { body: request.body }),
    });
    const text = await response.text();
    const told = `request ${number} of seed ${SEED}: ${describeRequest(request)}\n→ ${response.status} ${
      text.slice(0, 300)
    }`;
    ok(performance.now() - started < LONGEST_MILLISECONDS, `slow: ${told}`);
    ok(response.status < 500, told);
    if (response.status >= 400) {
      if (request.method !== "HEAD" && response.status !== 401) checkRefusalText(text, told);
      // A refusal for too many sessions is recorded, and so is a wrong password at the token route.
      const isRecorded = response.status === 401 || request.target.startsWith("/api/v1/account/token/");
      if (!isRecorded) equal(await changes(), before, `stored: ${told}`);
    }
    if (response.status === 201) {
      // Not by `endpoint`: a path may lead there by detours.
      const { pathname } = new URL(request.target, "http://localhost");
      if (/accounting/.test(pathname)) created.accounting++;
      if (/postauth/.test(pathname)) created.postauth++;
    }
    statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
    venue.clock.pass(10);
  }

  deepEqual(venue.faults, []);
  deepEqual(await venue.rows("select count(*) as n from radpostauth"), [{ n: created.postauth }]);
  deepEqual(await venue.rows("select count(*) as n from radacct"), [{ n: created.accounting }]);
  deepEqual(await venue.rows("pragma integrity_check"), [{ integrity_check: "ok" }]);
  // Each way through has been taken.
  for (const status of [200, 201, 400, 403, 404, 405, 413, 415]) ok(statuses.get(status), `no ${status}`);
  await venue.close();

  async function changes(): Promise<unknown> {
    return (await venue.rows("select total_changes() as n"))[0]?.n;
  }
});
