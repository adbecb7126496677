import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createApp } from "../../../src/app.ts";
import type { PasswordVerifier, Verdict } from "../../../src/aaa/credentials/password_verifier.ts";
import { type MemoryVenue, memoryVenue, type TestOrganization } from "../../support/memory_venue.ts";

const TOKEN = "165f9a790787fc38e5cc12c1640db2300648d9a2";
const PATH = "/api/v1/account/token/";

Deno.test("whatever identifies a member gets a token that lets in once", async () => {
  const { venue, organization } = await legacyVenue();
  await venue.addUser({
    username: "ada",
    email: "ada@example.org",
    phoneNumber: "+393665243702",
    password: " s p ",
    organizations: [organization],
  });
  for (const username of ["ada", "ADA@example.ORG", "+39 366.52 43-702"]) {
    const { status, json } = await obtain(venue, { username, password: " s p " });
    equal(status, 200);
    deepEqual(Object.keys(json), ["token"]);
    match(String(json.token), /^[A-Za-z0-9]{40}$/);
    const login = { username: "ada", password: json.token };
    match((await venue.post("authorize", organization, login)).text, /Accept/);
    equal((await venue.post("authorize", organization, login)).text, "");
  }
  await venue.close();
});

Deno.test("strangers, non-members, the deactivated and wrong passwords get one and the same answer", async () => {
  const { venue, organization } = await legacyVenue();
  const other = await venue.addOrganization();
  await venue.addUser({ username: "ada", password: "right", organizations: [organization] });
  await venue.addUser({ username: "far", password: "right", organizations: [other] });
  await venue.addUser({ username: "off", password: "right", organizations: [organization], isActive: false });
  const answers = await Promise.all([
    obtain(venue, { username: "ada", password: "wrong" }),
    obtain(venue, { username: "ada", password: " right" }),
    obtain(venue, { username: "Ada", password: "right" }),
    obtain(venue, { username: "nobody", password: "right" }),
    obtain(venue, { username: "far", password: "right" }),
    obtain(venue, { username: "off", password: "right" }),
  ]);
  for (const answer of answers) {
    equal(answer.status, 400);
    deepEqual(answer.json, answers[0]?.json);
  }
  deepEqual(Object.keys(answers[0]?.json ?? {}), ["non_field_errors"]);
  await venue.close();
});

Deno.test("every refusal pays for one password hash, and for no other than ours", async () => {
  const { venue, organization } = await legacyVenue();
  await venue.addUser({ username: "ada", password: "right", organizations: [organization] });
  await venue.addUser({ username: "far", password: "right" });
  const asked: (string | undefined)[] = [];
  const counting = withVerdict(venue, (candidate) => {
    asked.push(candidate?.userId);
    return { kind: "wrong" };
  });
  for (const username of ["ada", "nobody", "far"]) await obtain(counting, { username, password: "x" });
  equal(asked.length, 3);
  ok(asked[0]);
  deepEqual(asked.slice(1), [undefined, undefined]);
  await venue.close();
});

Deno.test("a token is not good for getting another one", async () => {
  const { venue, organization } = await legacyVenue();
  const ada = await venue.addUser({ username: "ada", organizations: [organization] });
  const password = await venue.token(ada, organization);
  equal((await obtain(venue, { username: "ada", password })).status, 400);
  await venue.close();
});

Deno.test("what is missing is named, other methods are refused, and a disabled organization lets nobody in", async () => {
  const { venue } = await legacyVenue();
  deepEqual(await obtain(venue, {}), {
    status: 400,
    retryAfter: null,
    json: { username: ["This field is required."], password: ["This field is required."] },
  });
  equal((await obtain(venue, { username: " ", password: "" })).status, 400);
  equal((await obtain(venue, { username: "a".repeat(255), password: "x" })).status, 400);
  const get = await venue.fetch(PATH);
  equal(get.status, 405);
  equal(get.headers.get("allow"), "POST, OPTIONS");
  await get.body?.cancel();
  await venue.rows("update organization set is_active = 0");
  venue.db.cache.clear();
  equal((await obtain(venue, { username: "ada", password: "x" })).status, 403);
  await venue.close();
});

Deno.test("after twenty wrong passwords an account waits, existing or not; others do not, nor does who is right", async () => {
  const { venue, organization } = await legacyVenue();
  for (const username of ["ada", "bob"]) {
    await venue.addUser({
      username,
      email: `${username}@example.org`,
      password: "right",
      organizations: [organization],
    });
  }
  const wrong = withVerdict(venue, () => ({ kind: "wrong" }));
  for (const names of [["ada", "ADA@example.org"], ["eve@example.org", "EVE@example.org"]]) {
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, at) => obtain(wrong, { username: names[at % 2], password: `x${at}` })),
    );
    equal(answers.filter(({ status }) => status === 400).length, 20);
    const waiting = answers.filter(({ status }) => status === 429);
    equal(waiting.length, 10);
    ok(Number(waiting[0]?.retryAfter) > 0 && Number(waiting[0]?.retryAfter) <= 600);
  }
  const right = withVerdict(venue, () => ({ kind: "genuine", rehash: false }));
  for (let time = 0; time < 30; time++) {
    equal((await obtain(right, { username: "bob", password: "right" })).status, 200);
  }
  equal((await obtain(right, { username: "ada", password: "right" })).status, 429);
  venue.clock.pass(600_000);
  equal((await obtain(right, { username: "ada", password: "right" })).status, 200);
  await venue.close();
});

Deno.test("too many log-ins at once are asked to wait, and it does not count against the account", async () => {
  const { venue, organization } = await legacyVenue();
  await venue.addUser({ username: "ada", password: "right", organizations: [organization] });
  const busy = withVerdict(venue, () => ({ kind: "overloaded", retryAfterSeconds: 3 }));
  for (let time = 0; time < 30; time++) {
    const answer = await obtain(busy, { username: "ada", password: "right" });
    deepEqual([answer.status, answer.retryAfter], [429, "3"]);
  }
  await venue.close();
});

Deno.test("requests are counted under obtain_auth_token", async () => {
  const { venue } = await legacyVenue({ obtain_auth_token: "2/hour" });
  const statuses: number[] = [];
  for (let time = 0; time < 3; time++) statuses.push((await obtain(venue, {})).status);
  deepEqual(statuses, [400, 400, 429]);
  await venue.close();
});

async function legacyVenue(throttleRates = {}) {
  const venue = await memoryVenue({ settings: { legacyApiToken: TOKEN, throttleRates } });
  const organization: TestOrganization = await venue.addOrganization({ slug: "default" });
  return { venue, organization };
}

/** The same venue with another opinion of passwords. */
function withVerdict(
  venue: MemoryVenue,
  verdict: (candidate: Parameters<PasswordVerifier["verify"]>[0]) => Verdict,
) {
  const verify: PasswordVerifier["verify"] = (candidate) => Promise.resolve(verdict(candidate));
  const app = createApp({ ...venue.deps, passwords: { ...venue.deps.passwords, verify } });
  return {
    fetch: async (path: string, init: RequestInit) => await app.request(path, init, { from: "127.0.0.1" }),
  };
}

async function obtain(venue: Pick<MemoryVenue, "fetch">, body: Record<string, unknown>) {
  const response = await venue.fetch(PATH, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const json: Record<string, unknown> = await response.json();
  return { status: response.status, retryAfter: response.headers.get("retry-after"), json };
}
