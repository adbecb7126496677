import { deepEqual, equal, ok } from "node:assert/strict";
import type { Client } from "@libsql/client";
import { issueApiToken } from "../../src/aaa/account/api_token.ts";
import { openFile } from "../../src/runtime/file_client.ts";
import { migrate } from "../../src/storage/migrate.ts";
import { type MemoryVenue, memoryVenue, type TestOrganization } from "../support/memory_venue.ts";
import { recordedClient } from "../support/recorded_client.ts";

const USERS = 500;
const SESSIONS = 20_000;

/** Users without e-mail and telephone, sessions, days and keys, as many as make a scan dear. */
async function fill(client: Client, organization: TestOrganization): Promise<void> {
  const numbers = (count: number) =>
    `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})`;
  const at = "'2026-10-01 00:00:00.000000'";
  const id = `'${organization.id}'`;
  await client.batch([
    `${
      numbers(USERS)
    } insert into user (id, username, username_key, phone_number, email, email_key, password, date_joined, modified)
      select 'u' || i, 'many' || i, 'many' || i, null, null, null, '!', ${at}, ${at} from n`,
    `${numbers(USERS)} insert into email_address (user_id, email, email_key, verified, "primary")
      select 'u' || i, 'many' || i, 'many' || i, 1, 1 from n`,
    `${numbers(USERS)} insert into outbox (id, kind, lane, state, created, due_at, expires_at, settled_at)
      select 'o' || i, 'mail', 'mail', 'sent', ${at}, ${at}, ${at}, ${at} from n`,
    `${numbers(USERS)} insert into organization_user (id, user_id, organization_id, created, modified)
      select 'm' || i, 'u' || i, ${id}, ${at}, ${at} from n`,
    `${
      numbers(USERS)
    } insert into radusergroup (id, username, groupname, user_id, group_id, created, modified)
      select 'g' || i, '', '', 'u' || i, (select id from radius_group limit 1), ${at}, ${at} from n`,
    `${numbers(USERS)} insert into radiustoken (key, user_id, organization_id, created)
      select 'k' || i, 'u' || i, ${id}, ${at} from n`,
    `${
      numbers(SESSIONS)
    } insert into radacct (acctuniqueid, organization_id, acctsessionid, username, user_id,
        nasipaddress, acctstarttime, acctstoptime, calledstationid, callingstationid, calling_mac, heard_at,
        described_by, node_id, change_seq)
      select 's' || i, ${id}, 's' || i, 'many' || (i % ${USERS}), 'u' || (i % ${USERS}), '10.0.' || (i % 200) || '.1',
        '2026-10-' || substr('0' || (i % 31 + 1), -2) || ' 00:00:00.000000',
        case when i % 10 then '2026-11-01 00:00:00.000000' end, 'AP-' || (i % 200), 'st-' || i,
        substr('000000000000' || i, -12), ${at}, 1, 'node', i from n`,
    `${numbers(USERS)} insert into usage_day select ${id}, 'u' || i, '2026-10-31', 'node', 1, 1, 1 from n`,
    `${numbers(USERS)} insert into usage_latest select ${id}, 'u' || i, '2026-11-01', 'node', 1, 1, 1 from n`,
    `${numbers(USERS)} insert into radpostauth (username, pass, reply, authdate, organization_id)
      select 'many' || i, '', 'Access-Accept', ${at}, ${id} from n`,
    `${numbers(USERS)} insert into access_refusal (organization_id, username, refused_at, reason, explanation)
      select ${id}, 'many' || i, ${at}, 'inactive', 'x' from n`,
    `${numbers(USERS)} insert into login_place (organization_id, user_id, pair, expires_at)
      select ${id}, 'u' || i, 'a|b', ${at} from n`,
    `${
      numbers(USERS)
    } insert into phone_token (id, user_id, organization_id, token, phone_number, ip, valid_until, created, modified)
      select 'p' || i, 'u' || i, ${id}, '', '+39', '192.0.2.' || i, ${at}, ${at}, ${at} from n`,
    `${numbers(USERS)} insert into pending_number select ${id}, 'u' || i, '+39', ${at} from n`,
    `${numbers(USERS)} insert into registered_user (id, user_id, organization_id, modified)
      select 'r' || i, 'u' || i, ${id}, ${at} from n`,
    `${numbers(USERS)} insert into throttle select 'others', '10.0.0.' || i, i, 60, 1 from n`,
  ], "write");
}

/** Everything a NAS can ask for, the ways apart that read differently. */
async function drive(venue: MemoryVenue, forget: () => void): Promise<TestOrganization> {
  // Of one organization SQLite would rather read the table than its index.
  for (let others = 0; others < 50; others++) {
    const { id } = await venue.addOrganization();
    await venue.addGroup(id, {
      checks: [["Max-Daily-Session", ":=", "1"]],
      replies: [["Idle-Timeout", "=", "1"]],
    });
  }
  const spot = await venue.addOrganization({
    settings: {
      macAddrRoamingEnabled: true,
      smsVerification: true,
      smsSender: "Spot",
      loginUrl: "https://wifi.example.org/",
    },
  });
  const group = await venue.addGroup(spot.id, {
    checks: [["Simultaneous-Use", ":=", "3"], ["Max-Daily-Session", ":=", "9000"], [
      "Max-Monthly-Session-Traffic",
      ":=",
      "9000",
    ]],
    replies: [["Idle-Timeout", "=", "60"]],
  });
  const user = await venue.addUser({
    username: "ada",
    password: "secret",
    email: "ada@example.org",
    phoneNumber: "+393665243702",
    organizations: [spot],
    groups: [group],
  });
  await venue.rows(
    `insert into email_address (user_id, email, email_key, verified, "primary")
      select id, email, email_key, 1, 1 from user where username = 'ada'`,
  );
  // One user's e-mail address is another's name.
  await venue.addUser({ username: "ada@example.org", organizations: [spot] });
  await fill(venue.client, spot);
  forget();
  const station = { called_station_id: "AP-1", calling_station_id: "aa:bb:cc:dd:ee:ff" };
  const session = { unique_id: "one", session_id: "one", nas_ip_address: "10.0.0.1", ...station };
  const post = async (
    endpoint: "authorize" | "accounting" | "postauth",
    organization: TestOrganization | null,
    body: Record<string, unknown>,
    expected: number,
  ) => {
    venue.clock.pass(6_000);
    const { status, text } = await venue.post(endpoint, organization, body);
    equal(status, expected, `${endpoint} ${JSON.stringify(body)} ${text}`);
  };
  for (const username of ["ada", "ada@example.org", "+39 366 5243702", "nobody"]) {
    await post("authorize", spot, { username, password: "secret", ...station }, 200);
  }
  await post(
    "authorize",
    spot,
    { username: "ada", password: await venue.token(user, spot), ...station },
    200,
  );
  await post("authorize", spot, { username: "ada", password: await venue.token(user, spot) }, 200);
  await post("authorize", null, { username: "ada", password: await venue.token(user, spot) }, 200);
  await post("postauth", spot, { username: "ada", password: "x", reply: "Access-Reject" }, 201);
  await post("accounting", spot, { ...session, username: "ada", status_type: "Start" }, 201);
  await post("authorize", null, { username: "AA-BB-CC-DD-EE-FF", password: "x" }, 200);
  await post("accounting", null, { ...session, username: "ada", status_type: "Start" }, 200);
  const totals = { session_time: 60, input_octets: 5, output_octets: 6 };
  await post(
    "accounting",
    spot,
    { ...session, username: "ada", status_type: "Interim-Update", ...totals },
    200,
  );
  await post("accounting", spot, { ...session, status_type: "Stop", ...totals, session_time: 90 }, 200);
  const stranger = { ...session, unique_id: "two", username: "nobody" };
  await post("accounting", spot, { ...stranger, status_type: "Start" }, 201);
  for (const sent of [station, { nas_ip_address: "10.0.0.1" }, { nas_ip_address: "10.0.0.1", ...station }]) {
    await post("accounting", spot, { status_type: "Accounting-On", ...sent }, 200);
  }
  return spot;
}

const QUERIES = [
  "",
  "page=last",
  "page_size=100&page=3",
  "username=many1",
  "called_station_id=AP-1",
  "calling_station_id=st-1",
  "start_time=2026-10-30",
  "stop_time=2026-11-02",
  "is_open=true",
  "is_open=false",
  "username=many1&is_open=true&start_time=2026-10-02",
];

async function list(venue: MemoryVenue, { authorization }: TestOrganization): Promise<void> {
  for (const query of QUERIES) {
    const response = await venue.fetch(`/api/v1/freeradius/accounting/?${query}`, {
      headers: { authorization },
    });
    equal(response.status, 200, query);
    await response.text();
  }
}

const OWN_QUERIES = [
  "",
  "is_open=true",
  "is_open=false",
  "is_open=false&page=last",
  "is_open=true&calling_station_id=aa:bb:cc:dd:ee:ff",
  "calling_station_id=aa:bb:cc:dd:ee:ff",
  "calling_station_id=st-1",
  "called_station_id=ap:1&is_open=false",
  "start_time=2026-10-30",
  "stop_time=2026-11-02",
  "start_time=2026-10-02&stop_time=2026-11-02&is_open=false",
];

/** What a guest's status page asks for. */
async function watch(venue: MemoryVenue, { slug }: TestOrganization): Promise<void> {
  const ask = async (path: string, userId: string) => {
    const key = await issueApiToken(venue.db, venue.deps, userId, venue.deps.now());
    const response = await venue.fetch(`/api/v1/radius/organization/${slug}/account/${path}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    equal(response.status, 200, path);
    await response.text();
  };
  for (const query of OWN_QUERIES) await ask(`session/?${query}`, "u1");
  const [ada] = await venue.rows("select id from user where username = 'ada'");
  await ask("usage/", String(ada?.id));
}

/** What log-ins ask for: by password, by the link in the mail of a session that began, by a key. */
async function enter(venue: MemoryVenue, { slug }: TestOrganization): Promise<void> {
  await venue.deliver();
  const [, link] = /sesame=([A-Za-z0-9]+)/.exec(venue.sent.mails[0]?.text ?? "") ?? [];
  const ask = async (path: string, body: Record<string, unknown>, headers: Record<string, string> = {}) => {
    const response = await venue.fetch(`/api/v1/radius/organization/${slug}/account/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    const answer: Record<string, unknown> = await response.json();
    equal(response.status, 200, `${path} ${JSON.stringify(answer)}`);
    return answer;
  };
  await ask("token/", {}, { authorization: `sesame ${link}` });
  const { key } = await ask("token/", { username: "ADA@example.org", password: "secret" });
  await ask("token/validate/", { token: key });
}

/** What proving a number and changing it asks for. */
async function prove(venue: MemoryVenue, { slug }: TestOrganization): Promise<void> {
  const [ada] = await venue.rows("select id from user where username = 'ada'");
  const key = await issueApiToken(venue.db, venue.deps, String(ada?.id), venue.deps.now());
  const ask = async (path: string, body: Record<string, string> | null, status: number) => {
    const response = await venue.fetch(`/api/v1/radius/organization/${slug}/account/phone/${path}`, {
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      ...(body && { method: "POST", body: JSON.stringify(body) }),
    });
    equal(response.status, status, `${path} ${await response.text()}`);
  };
  for (const change of [null, { phone_number: "+393331234567" }]) {
    await (change ? ask("change/", change, 200) : ask("token/", {}, 201));
    await ask("token/active/", null, 200);
    await ask("verify/", { code: "x" }, 400);
    await venue.deliver();
    const code = /[0-9]{6}/.exec(venue.sent.sms.at(-1)?.body ?? "")?.[0] ?? "";
    await ask("verify/", { code }, 200);
  }
}

/** What a guest asks for who forgot a password, and changes the new one. */
async function recover(venue: MemoryVenue, { slug }: TestOrganization): Promise<void> {
  const [ada] = await venue.rows("select id from user where username = 'ada'");
  const key = await issueApiToken(venue.db, venue.deps, String(ada?.id), venue.deps.now());
  const ask = async (path: string, body: Record<string, string>) => {
    const response = await venue.fetch(`/api/v1/radius/organization/${slug}/account/password/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    equal(response.status, 200, `${path} ${await response.text()}`);
  };
  for (const input of ["nobody", "ada"]) await ask("reset/", { input });
  await venue.deliver();
  const [, uid = "", token = ""] =
    /confirm\/([^/\s]+)\/([^/\s]+)/.exec(venue.sent.mails.at(-1)?.text ?? "") ?? [];
  const [first, second] = ["battery-staple-9", "battery-staple-8"] as const;
  await ask("reset/confirm/", { uid, token, new_password1: first, new_password2: first });
  await ask("change/", { current_password: first, new_password: second, confirm_password: second });
}

/** What signing up asks for, confirming the address, and choosing a method. */
async function arrive(venue: MemoryVenue, { slug }: TestOrganization): Promise<void> {
  const ask = async (path: string, body: Record<string, string>, status: number, key = "") => {
    const response = await venue.fetch(`/api/v1/radius/organization/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    equal(response.status, status, `${path} ${text}`);
    return JSON.parse(text).key as string;
  };
  const [password1, password2] = ["battery-staple-9", "battery-staple-9"];
  const passwords = { password1, password2, phone_number: "+393331234599" };
  const grace = { username: "grace", email: "grace@example.org", ...passwords };
  const key = await ask(`${slug}/account/`, grace, 201);
  await ask(`${slug}/account/`, grace, 400);
  await venue.deliver();
  const [link = ""] = /\/confirm-email\/\S+/.exec(venue.sent.mails.at(-1)?.text ?? "") ?? [];
  equal((await venue.fetch(link, { method: "POST" })).status, 200);
  await venue.rows(`update registered_user set method = 'pending_verification'
    where user_id = (select id from user where username = 'grace')`);
  await ask(`${slug}/account/registration-method/`, { method: "email" }, 200, key);
}

/** What of the statements reads sessions in another way than a range of one user's. */
async function beyondUser(client: Client, statements: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const sql of statements.filter((sql) => sql.includes("radacct"))) {
    const { rows } = await client.execute(`explain query plan ${sql}`);
    const steps = rows.map((row) => String(row[3]));
    if (
      !steps.every((step) =>
        /INDEX radacct_(user_start|open_user) \(organization_id=\? AND user_id=\?/.test(step)
      )
    ) {
      found.push(`${steps.join("\n")}\n  in ${sql}`);
    }
  }
  return found;
}

/** What of the plans reads a table from end to end, sorts sessions, or reads all of an organization's sessions. */
async function costly(client: Client, statements: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const sql of statements) {
    if (/^\s*(pragma|analyze)/i.test(sql)) continue;
    const { rows } = await client.execute(`explain query plan ${sql}`);
    for (const row of rows) {
      const step = String(row[3]);
      const isScan = /^SCAN (?!json_each|CONSTANT ROW|\(|given\b|lanes\b)/.test(step);
      const sortsSessions = /USE TEMP B-TREE/.test(step) && /radacct/.test(sql);
      const isBroad = /^SEARCH radacct .*\(organization_id=\?\)$/.test(step);
      if (isScan || sortsSessions || isBroad || /AUTOMATIC/.test(step)) found.push(`${step}\n  in ${sql}`);
    }
  }
  return found;
}

for (const analyzed of [false, true]) {
  const state = analyzed ? "after ANALYZE" : "without statistics";
  Deno.test(`no hot path reads a table from end to end, ${state}`, async () => {
    const inner = openFile(":memory:");
    await migrate(inner);
    const { client, take } = recordedClient(inner);
    const venue = await memoryVenue({
      client,
      settings: { throttleRates: { accounting: "100/second", authorize: "100/second" } },
    });
    const spot = await drive(venue, take);
    if (analyzed) await inner.execute("analyze");
    const packets = take();
    ok(packets.length > 20);
    deepEqual(await costly(inner, packets), []);

    await list(venue, spot);
    const listings = take();
    ok(listings.length >= QUERIES.length);
    // Counting a whole organization's sessions is what an unfiltered list is about.
    const counts = (await costly(inner, listings)).filter((step) => !/\(organization_id=\?\)\n/.test(step));
    deepEqual(counts, []);

    await watch(venue, spot);
    const own = take();
    ok(own.filter((sql) => sql.includes("radacct")).length > OWN_QUERIES.length);
    deepEqual(await beyondUser(inner, own), []);
    deepEqual(await costly(inner, own), []);

    await enter(venue, spot);
    const logins = take();
    ok(logins.filter((sql) => /api_token|magic_link|user_state/.test(sql)).length > 4);
    deepEqual(await costly(inner, logins), []);

    await prove(venue, spot);
    const proofs = take();
    ok(proofs.filter((sql) => sql.includes("phone_token")).length > 3);
    deepEqual(await costly(inner, proofs), []);

    await recover(venue, spot);
    const recoveries = take();
    ok(recoveries.filter((sql) => /password|throttle/.test(sql)).length > 5);
    deepEqual(await costly(inner, recoveries), []);

    await arrive(venue, spot);
    const arrivals = take();
    ok(arrivals.filter((sql) => /email_address|registered_user/.test(sql)).length > 5);
    deepEqual(await costly(inner, arrivals), []);
    await venue.close();
    inner.close();
  });
}
