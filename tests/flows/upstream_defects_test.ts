import { deepEqual, equal, match, ok } from "node:assert/strict";
import { listRefusals } from "../../src/aaa/access/record_refusal.ts";
import { openFile } from "../../src/runtime/file_client.ts";
import { migrate } from "../../src/storage/migrate.ts";
import { memoryVenue } from "../support/memory_venue.ts";

/** What can go wrong with openwisp-radius 1.3.3 and is not shown by a case of the contract suite; by its number there. */

const DAY = [["Max-Daily-Session", ":=", "10800"]] as const;
const json = (text: string) => JSON.parse(text) as Record<string, unknown>;

const packet = (status_type: string, unique_id: string, more: Record<string, unknown> = {}) => ({
  status_type,
  unique_id,
  session_id: unique_id,
  nas_ip_address: "10.0.0.1",
  ...more,
});

Deno.test("2: a forwarded address is believed from a configured proxy alone, and only its nearest untrusted hop", async () => {
  const venue = await memoryVenue({ settings: { trustedProxies: ["10.0.0.0/8", "2001:db8::1"] } });
  const organization = await venue.addOrganization({ settings: { freeradiusAllowedHosts: "192.0.2.7" } });
  const statusFrom = async (from: string, forwarded: string) => {
    const headers = { authorization: organization.authorization, "x-forwarded-for": forwarded };
    const response = await venue.fetch("/api/v1/freeradius/accounting/", { headers, from });
    await response.text();
    return response.status;
  };
  equal(await statusFrom("10.1.1.1", "192.0.2.7"), 200);
  equal(await statusFrom("::ffff:10.1.1.1", "192.0.2.7"), 200);
  equal(await statusFrom("2001:db8::1", "198.51.100.1, 192.0.2.7, 10.2.2.2"), 200);
  equal(await statusFrom("10.1.1.1", "192.0.2.7, 198.51.100.1"), 403);
  equal(await statusFrom("10.1.1.1", ""), 403);
  equal(await statusFrom("198.51.100.1", "192.0.2.7"), 403);
  await venue.close();
});

Deno.test("4: a disabled organization lets nobody in, and goes on accounting who is online", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization({ isActive: false });
  const user = await venue.addUser({ organizations: [organization], password: "secret" });
  equal(
    (await venue.post("authorize", organization, { username: user.username, password: "secret" })).text,
    "",
  );
  equal(
    (await venue.post("accounting", organization, packet("Start", "a", { username: user.username }))).status,
    201,
  );
  equal((await venue.post("postauth", organization, { username: "x", reply: "Access-Reject" })).status, 201);
  deepEqual(await venue.rows("select reason from access_refusal"), [{ reason: "organization_disabled" }]);
  const everywhere = { organizationId: undefined, username: undefined, limit: 10 };
  const [refusal] = await listRefusals(venue.db, everywhere);
  equal(refusal?.explanation, "The organization is disabled");
  deepEqual(await listRefusals(venue.db, { ...everywhere, username: "somebody else" }), []);
  await venue.close();
});

Deno.test("15: what a counter has left never replaces a smaller limit of the group, nor a larger one what is left", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization();
  const replyOf = async (timeout: string) => {
    const replies = [["Session-Timeout", "=", timeout]] as const;
    const group = await venue.addGroup(organization.id, { checks: DAY, replies });
    const user = await venue.addUser({ organizations: [organization], groups: [group], password: "secret" });
    const { text } = await venue.post("authorize", organization, {
      username: user.username,
      password: "secret",
    });
    const sent = json(text)["Session-Timeout"];
    return typeof sent === "object" && sent !== null && "value" in sent ? Number(sent.value) : Number(sent);
  };
  equal(await replyOf("500"), 500);
  equal(await replyOf("900000"), Number(DAY[0][2]));
  await venue.close();
});

Deno.test("18, 36: a day of quota ends at the organization's midnight, not at the server's", async () => {
  const venue = await memoryVenue({ now: new Date("2026-06-01T20:00:00Z") });
  const auckland = await venue.addOrganization({ settings: { timeZone: "Pacific/Auckland" } });
  const rome = await venue.addOrganization({ settings: { timeZone: "Europe/Rome" } });
  const groups = [
    await venue.addGroup(auckland.id, { checks: DAY }),
    await venue.addGroup(rome.id, { checks: DAY }),
  ];
  const user = await venue.addUser({ organizations: [auckland, rome], groups, password: "secret" });
  const left = async (organization: typeof rome) =>
    json(
      (await venue.post("authorize", organization, { username: user.username, password: "secret" })).text,
    )["Session-Timeout"];
  for (const organization of [auckland, rome]) {
    const stop = packet("Stop", "a", { username: user.username, session_time: "600" });
    equal((await venue.post("accounting", organization, stop)).status, 201);
  }
  deepEqual([await left(auckland), await left(rome)], [10200, 10200]);
  // 22:30 in Rome's summer is still the day, 00:30 the next; Auckland is at noon.
  venue.clock.pass(90 * 60_000);
  venue.db.cache.clear();
  deepEqual([await left(auckland), await left(rome)], [10200, 10200]);
  venue.clock.pass(60 * 60_000);
  venue.db.cache.clear();
  deepEqual([await left(auckland), await left(rome)], [10200, 10800]);
  await venue.close();
});

Deno.test("19: yesterday's part of a running session costs nothing today", async () => {
  const venue = await memoryVenue({ now: new Date("2026-11-21T23:00:00Z") });
  const organization = await venue.addOrganization();
  const checks = [...DAY, ["Max-Daily-Session-Traffic", ":=", "1000"]] as const;
  const group = await venue.addGroup(organization.id, { checks });
  const user = await venue.addUser({ organizations: [organization], groups: [group], password: "secret" });
  const send = (status: string, session_time: string, input_octets: string) =>
    venue.post(
      "accounting",
      organization,
      packet(status, "a", { username: user.username, session_time, input_octets }),
    );
  await send("Start", "", "");
  venue.clock.pass(2 * 3_600_000);
  await send("Interim-Update", "7200", "800");
  deepEqual(
    json((await venue.post("authorize", organization, { username: user.username, password: "secret" })).text),
    {
      "control:Auth-Type": "Accept",
      "Session-Timeout": 7200,
      "CoovaChilli-Max-Total-Octets": 600,
    },
  );
  await venue.close();
});

Deno.test("20: a subscription that began on the 31st starts again on the last day of a short month", async () => {
  const venue = await memoryVenue({
    now: new Date("2026-02-28T12:00:00Z"),
    settings: { counters: ["MonthlySubscriptionTrafficCounter"] },
  });
  const organization = await venue.addOrganization();
  const group = await venue.addGroup(organization.id, {
    checks: [["Max-Monthly-Session-Traffic", ":=", "1000"]],
  });
  const user = await venue.addUser({ organizations: [organization], groups: [group], password: "secret" });
  const use = (id: string, input_octets: string) =>
    venue.post("accounting", organization, packet("Stop", id, { username: user.username, input_octets }));
  venue.clock.at = new Date("2026-02-27T12:00:00Z");
  await use("before", "1000");
  const ask = async () =>
    json((await venue.post("authorize", organization, { username: user.username, password: "secret" })).text);
  match(String((await ask())["Reply-Message"]), /again on 28 February/);
  venue.clock.at = new Date("2026-02-28T12:00:00Z");
  await use("after", "400");
  equal((await ask())["CoovaChilli-Max-Total-Octets"], 600);
  await venue.close();
});

Deno.test("22: nothing that is missing or switched off is a fault", async () => {
  const venue = await memoryVenue({ settings: { counters: [], simultaneousUseEnabled: false } });
  const organization = await venue.addOrganization();
  const group = await venue.addGroup(organization.id, { checks: DAY, replies: [["Idle-Timeout", "=", "5"]] });
  const user = await venue.addUser({ organizations: [organization], groups: [group], password: "secret" });
  const accepted = await venue.post("authorize", organization, {
    username: user.username,
    password: "secret",
  });
  deepEqual(json(accepted.text), { "control:Auth-Type": "Accept", "Idle-Timeout": { op: "=", value: "5" } });
  equal((await venue.post("accounting", organization, packet("Stop", "nameless"))).status, 201);
  equal(
    (await venue.post("accounting", organization, packet("Stop", "null", { username: null }))).status,
    201,
  );
  equal((await venue.post("postauth", organization, { username: "x", reply: "Access-Reject" })).status, 201);
  deepEqual(venue.faults, []);
  await venue.close();
});

Deno.test("28, 44: without credentials a request goes to the organization whose token is shown, else to the newest one's", async () => {
  const venue = await memoryVenue();
  const [first, second] = [await venue.addOrganization(), await venue.addOrganization()];
  const user = await venue.addUser({ organizations: [first, second] });
  const { username } = user;
  const old = await venue.token(user, first);
  equal((await venue.post("accounting", null, packet("Start", "running", { username }))).status, 201);
  venue.clock.pass(1000);
  const fresh = await venue.token(user, second);
  for (const password of [old, fresh]) {
    const answer = await venue.post("authorize", null, { username, password });
    equal(json(answer.text)["control:Auth-Type"], "Accept");
  }
  // The session that is known stays with its organization, a new one follows the newest token.
  equal(
    (await venue.post("accounting", null, packet("Interim-Update", "running", { username }))).status,
    200,
  );
  equal((await venue.post("accounting", null, packet("Start", "new", { username }))).status, 201);
  deepEqual(
    await venue.rows(
      "select acctuniqueid as session, organization_id as organization, acctstoptime from radacct order by 1",
    ),
    [
      { session: "new", organization: second.id, acctstoptime: null },
      { session: "running", organization: first.id, acctstoptime: null },
    ],
  );
  await venue.client.execute({ sql: "delete from radiustoken where organization_id = ?", args: [second.id] });
  equal((await venue.post("accounting", null, packet("Start", "third", { username }))).status, 201);
  deepEqual(
    await venue.rows("select organization_id as organization from radacct where acctuniqueid = 'third'"),
    [
      { organization: first.id },
    ],
  );
  await venue.close();
});

Deno.test("37: a log-in asks the database at most three questions, and no more with a long history", async () => {
  const client = openFile(":memory:");
  await migrate(client);
  let statements: string[] = [];
  const counting = new Proxy(client, {
    get(target, name) {
      const member = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...given: unknown[]) => {
        if (name === "execute" || name === "batch") {
          statements.push(
            JSON.stringify(given[0], (_, value) => typeof value === "bigint" ? String(value) : value),
          );
        }
        return member.apply(target, given);
      };
    },
  });
  const venue = await memoryVenue({ client: counting, settings: { disposableRadiusUserToken: false } });
  const organization = await venue.addOrganization();
  const group = await venue.addGroup(organization.id, { checks: DAY });
  const user = await venue.addUser({ organizations: [organization], groups: [group], password: "secret" });
  const token = await venue.token(user, organization);
  const asked = async (password: string) => {
    await venue.post("authorize", organization, { username: user.username, password });
    statements = [];
    const answer = await venue.post("authorize", organization, { username: user.username, password });
    equal(json(answer.text)["control:Auth-Type"], "Accept");
    return statements.length;
  };
  ok(await asked(token) <= 3, statements.join("\n"));
  ok(await asked("secret") <= 3, statements.join("\n"));
  for (let session = 0; session < 50; session++) {
    await venue.post(
      "accounting",
      organization,
      packet("Stop", `s${session}`, { username: user.username, session_time: "1" }),
    );
  }
  ok(await asked(token) <= 3, statements.join("\n"));
  ok(!statements.some((sql) => sql.includes("radacct")), "a log-in reads no sessions to count usage");
  await venue.close();
  client.close();
});

Deno.test("a user who is refused by a limit keeps the token and holds no place", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization();
  const group = await venue.addGroup(organization.id, {
    checks: [["Max-Daily-Session", ":=", "100"], ["Simultaneous-Use", ":=", "1"]],
  });
  const user = await venue.addUser({ organizations: [organization], groups: [group] });
  const { username } = user;
  await venue.post("accounting", organization, packet("Stop", "a", { username, session_time: "100" }));
  const password = await venue.token(user, organization);
  const refused = await venue.post("authorize", organization, { username, password });
  equal(json(refused.text)["Reply-Message"], "Your maximum daily usage time has been reached");
  deepEqual(await venue.rows("select id from login_place"), []);
  deepEqual(await venue.rows("select can_auth from radiustoken"), [{ can_auth: 1 }]);
  venue.clock.at = new Date("2026-11-23T00:00:01Z");
  equal(
    json((await venue.post("authorize", organization, { username, password })).text)["control:Auth-Type"],
    "Accept",
  );
  await venue.close();
});
