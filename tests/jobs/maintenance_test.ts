import { deepEqual, equal, ok } from "node:assert/strict";
import { clearExpiredState, forgetIdentities } from "../../src/jobs/clear_expired_state.ts";
import { closeStaleSessions } from "../../src/jobs/close_stale_sessions.ts";
import { deleteOldPostAuth, deleteOldSessions } from "../../src/jobs/delete_old_records.ts";
import { jobsOf } from "../../src/jobs/schedule.ts";
import { toSqlDateTime } from "../../src/values/sql_date_time.ts";
import { type MemoryVenue, memoryVenue } from "../support/memory_venue.ts";

const NOON = new Date("2026-11-22T12:00:00Z");
const hoursAgo = (hours: number) => new Date(NOON.getTime() - hours * 3_600_000);

interface SessionTimes {
  readonly id: string;
  readonly started: number;
  readonly updated?: number;
  readonly stopped?: number;
}

/** Times in hours before noon. */
async function insertSessions({ client }: MemoryVenue, sessions: readonly SessionTimes[]): Promise<void> {
  const at = (hours: number | undefined) => hours === undefined ? null : toSqlDateTime(hoursAgo(hours));
  await client.batch(
    sessions.map(({ id, started, updated, stopped }, index) => ({
      sql: `insert into radacct (acctuniqueid, organization_id, acctsessionid, nasipaddress, acctstarttime,
        acctupdatetime, acctstoptime, acctsessiontime, heard_at, described_by, node_id, change_seq)
        values (?, 'o', ?, '10.0.0.1', ?, ?, ?, 60, ?, 1, 'other', ?)`,
      args: [id, id, at(started), at(updated), at(stopped), at(updated ?? started), index],
    })),
    "write",
  );
}

Deno.test("a stale session ended when it was last heard of and lasted as long as was reported", async () => {
  const venue = await memoryVenue({ now: NOON });
  await insertSessions(venue, [
    { id: "stale", started: 50, updated: 25 },
    { id: "never-updated", started: 30 },
    { id: "fresh", started: 50, updated: 23 },
    { id: "closed", started: 50, updated: 40, stopped: 40 },
  ]);
  equal(await closeStaleSessions(venue.db, hoursAgo(24)), 2);
  const rows = await venue.rows(
    `select acctuniqueid as id, acctstoptime as stopped, acctsessiontime as seconds,
    acctterminatecause as cause, closed_by, node_id, change_seq from radacct order by id`,
  );
  deepEqual(rows, [
    {
      id: "closed",
      stopped: toSqlDateTime(hoursAgo(40)),
      seconds: 60,
      cause: null,
      closed_by: null,
      node_id: "other",
      change_seq: 3,
    },
    {
      id: "fresh",
      stopped: null,
      seconds: 60,
      cause: null,
      closed_by: null,
      node_id: "other",
      change_seq: 2,
    },
    {
      id: "never-updated",
      stopped: toSqlDateTime(hoursAgo(30)),
      seconds: 60,
      cause: "Session-Timeout",
      closed_by: "server",
      node_id: "node",
      change_seq: 1,
    },
    {
      id: "stale",
      stopped: toSqlDateTime(hoursAgo(25)),
      seconds: 60,
      cause: "Session-Timeout",
      closed_by: "server",
      node_id: "node",
      change_seq: 1,
    },
  ]);
  equal(await closeStaleSessions(venue.db, hoursAgo(24)), 0);
  await venue.close();
});

Deno.test("a packet that told nothing new still tells that the session went on", async () => {
  const venue = await memoryVenue({ now: NOON });
  await insertSessions(venue, [{ id: "idle", started: 50, updated: 25 }]);
  await venue.client.execute({
    sql: "update radacct set heard_at = ?",
    args: [toSqlDateTime(hoursAgo(48))],
  });
  equal(await closeStaleSessions(venue.db, hoursAgo(24)), 1);
  deepEqual(await venue.rows("select acctstoptime as stopped from radacct"), [{
    stopped: toSqlDateTime(hoursAgo(25)),
  }]);
  await venue.close();
});

Deno.test("a Stop that comes after all still raises what was reported", async () => {
  const venue = await memoryVenue({ now: NOON });
  const organization = await venue.addOrganization();
  const packet = (status: string, seconds: number) =>
    venue.post("accounting", organization, {
      status_type: status,
      unique_id: "u1",
      session_id: "s1",
      nas_ip_address: "10.0.0.1",
      username: "ada",
      session_time: seconds,
      input_octets: seconds,
      output_octets: 0,
    });
  await packet("Start", 0);
  await packet("Interim-Update", 600);
  venue.clock.pass(48 * 3_600_000);
  equal(await closeStaleSessions(venue.db, new Date(venue.clock.at.getTime() - 24 * 3_600_000)), 1);
  await packet("Stop", 900);
  deepEqual(await venue.rows("select acctsessiontime, acctinputoctets, closed_by from radacct"), [
    { acctsessiontime: 900, acctinputoctets: 900, closed_by: "nas" },
  ]);
  await venue.close();
});

Deno.test("thousands of old rows go, in more than one statement, and the young stay (14.39)", async () => {
  const venue = await memoryVenue({ now: NOON });
  const old = Array.from(
    { length: 2_500 },
    (_, at) => ({ id: `old${at}`, started: 50, updated: 49, stopped: 48 }),
  );
  await insertSessions(venue, [...old, { id: "young", started: 50, stopped: 1 }, {
    id: "open",
    started: 9_000,
  }]);
  equal(await deleteOldSessions(venue.db, hoursAgo(24)), 2_500);
  deepEqual(await venue.rows("select acctuniqueid as id from radacct order by id"), [{ id: "open" }, {
    id: "young",
  }]);
  await venue.close();
});

Deno.test("old post-auth records and reasons of refusals go together", async () => {
  const venue = await memoryVenue({ now: NOON });
  for (const hours of [48, 1]) {
    const at = toSqlDateTime(hoursAgo(hours));
    await venue.client.batch([
      {
        sql:
          "insert into radpostauth (username, pass, reply, authdate, organization_id) values ('a', '', '', ?, 'o')",
        args: [at],
      },
      {
        sql:
          "insert into access_refusal (organization_id, username, refused_at, reason, explanation) values ('o', 'a', ?, '', '')",
        args: [at],
      },
    ], "write");
  }
  equal(await deleteOldPostAuth(venue.db, hoursAgo(24)), 2);
  equal((await venue.rows("select 1 from radpostauth")).length, 1);
  equal((await venue.rows("select 1 from access_refusal")).length, 1);
  await venue.close();
});

Deno.test("state that nothing asks for any more is forgotten", async () => {
  const venue = await memoryVenue({ now: NOON });
  const second = Math.floor(NOON.getTime() / 1_000);
  const at = (milliseconds: number) => toSqlDateTime(new Date(NOON.getTime() + milliseconds));
  const token =
    "insert into radiustoken (key, user_id, organization_id, can_auth, created, taken_at, encrypted_key)";
  await venue.client.batch([
    `insert into throttle values ('s', 'over', ${second - 61}, 60, 1), ('s', 'running', ${
      second - 59
    }, 60, 1)`,
    `insert into login_place (organization_id, user_id, pair, expires_at)
      values ('o', 'over', '', '${at(-1)}'), ('o', 'held', '', '${at(1)}')`,
    `insert into nas_restart values ('o', 'old', '', '${at(-3_700_000)}'), ('o', 'new', '', '${
      at(-59_000)
    }')`,
    `${token} values ('taken', 'u', 'o', 0, '${at(0)}', '${at(-31_000)}', 'x')`,
    `${token} values ('repeatable', 'u', 'o', 0, '${at(0)}', '${at(-29_000)}', 'x')`,
    `${token} values ('reusable', 'u', 'o', 1, '${at(0)}', '${at(-31_000)}', 'x')`,
  ], "write");
  await clearExpiredState(venue.db, NOON);
  deepEqual(await venue.rows("select client from throttle"), [{ client: "running" }]);
  deepEqual(await venue.rows("select user_id from login_place"), [{ user_id: "held" }]);
  deepEqual(await venue.rows("select nas_ip_address from nas_restart"), [{ nas_ip_address: "new" }]);
  deepEqual(await venue.rows("select key from radiustoken where encrypted_key is not null order by 1"), [
    { key: "repeatable" },
    { key: "reusable" },
  ]);
  await venue.close();
});

/** How SQLite runs what some work runs in batches. */
async function plansOf({ client }: MemoryVenue, work: () => Promise<void>): Promise<string[]> {
  const plans: string[] = [];
  const batch = client.batch.bind(client);
  client.batch = async (statements, mode) => {
    for (const statement of statements) {
      if (typeof statement === "string" || Array.isArray(statement)) continue;
      const { rows } = await client.execute({ ...statement, sql: `explain query plan ${statement.sql}` });
      plans.push(...rows.map((row) => String(row[3])));
    }
    return await batch(statements, mode);
  };
  await work();
  return plans;
}

Deno.test("forgetting reads neither windows that run nor keys that were forgotten already", async () => {
  const venue = await memoryVenue({ now: NOON });
  const plans = await plansOf(venue, () => clearExpiredState(venue.db, NOON));
  ok(plans.includes("SEARCH throttle USING COVERING INDEX throttle_end (<expr><?)"), plans.join("\n"));
  ok(
    plans.some((plan) =>
      /^SEARCH radiustoken USING (COVERING )?INDEX radiustoken_shown \(taken_at/.test(plan)
    ),
    plans.join("\n"),
  );
  await venue.close();
});

Deno.test("an identifier's user is remembered for 90 days", async () => {
  const venue = await memoryVenue({ now: NOON });
  await venue.client.execute(`insert into login_identity values
    ('o', 'old', 'u', '${toSqlDateTime(hoursAgo(91 * 24))}'), ('o', 'new', 'u', '${
    toSqlDateTime(hoursAgo(89 * 24))
  }')`);
  await forgetIdentities(venue.db, NOON);
  deepEqual(await venue.rows("select username from login_identity"), [{ username: "new" }]);
  await venue.close();
});

Deno.test("no job reads through a whole table of packets", async () => {
  const venue = await memoryVenue({ now: NOON });
  const plans = await plansOf(venue, async () => {
    for (const [, job] of jobsOf(venue.db, venue.deliver)) await job(NOON);
  });
  ok(plans.length > 10);
  // The index of open sessions holds nothing else.
  const others = plans.filter((plan) => !/^SCAN radacct USING INDEX radacct_open_/.test(plan));
  deepEqual(
    others.filter((plan) => /^SCAN (radacct|radpostauth|access_refusal|throttle|radiustoken)\b/.test(plan)),
    [],
  );
  await venue.close();
});

/** Sessions of one user, a minute apart, each over after a minute. */
async function insertGuests(venue: MemoryVenue, count: number, station: string): Promise<void> {
  await venue.client.batch([{
    sql: `with recursive number(value) as (select 1 union all select value + 1 from number where value < ?)
      insert into radacct (acctuniqueid, organization_id, acctsessionid, username, user_id, nasipaddress, acctstarttime,
        acctstoptime, callingstationid, heard_at, described_by, closed_by, node_id, change_seq)
      select 'guest ' || value, 'o', 'x', 'guest', 'guest', '10.0.0.1', datetime('2026-01-01', value || ' minutes'),
        datetime('2026-01-01', (value + 1) || ' minutes'), ${station}, '', 3, 'nas', 'node', 1 from number`,
    args: [count],
  }], "write");
}

Deno.test("sessions that one user had from very many stations are deleted as fast as those from one", async () => {
  const spent: number[] = [];
  for (const station of ["'one'", "'station ' || value"]) {
    const venue = await memoryVenue({ now: NOON });
    await insertGuests(venue, 8_000, station);
    const begun = performance.now();
    equal(await deleteOldSessions(venue.db, hoursAgo(24)), 8_000);
    spent.push(performance.now() - begun);
    await venue.close();
  }
  const [one = 0, many = 0] = spent;
  ok(many < 5 * one, `${many} ms instead of ${one} ms`);
});

Deno.test("with the last session of a station its address is forgotten, once that month is to be deleted", async () => {
  const venue = await memoryVenue({ now: NOON });
  const store = (id: string, station: string, start: string, stop: string | null) =>
    venue.rows(
      `insert into radacct (acctuniqueid, organization_id, acctsessionid, username, user_id, nasipaddress, acctstarttime,
        acctstoptime, callingstationid, heard_at, described_by, node_id, change_seq)
        values (?, 'o', 'x', 'ada', 'ada', '10.0.0.1', ?, ?, ?, '', 3, 'node', 1) returning acctuniqueid`,
      [id, start, stop, station],
    );
  const known = async () =>
    (await venue.rows("select value from session_alias where kind = 'station' order by 1")).map(({ value }) =>
      value
    );
  await store("1", "gone", "2026-08-30 00:00:00.000000", "2026-08-30 01:00:00.000000");
  await store("2", "gone and back", "2026-08-30 00:00:00.000000", "2026-08-30 01:00:00.000000");
  await store("3", "gone and back", "2026-11-01 00:00:00.000000", "2026-11-01 01:00:00.000000");
  await store("4", "still open", "2026-08-30 00:00:00.000000", null);
  await store("5", "this month", "2026-10-01 00:00:00.000000", "2026-10-01 01:00:00.000000");
  await store("6", "was long", "2026-08-30 00:00:00.000000", "2026-10-20 01:00:00.000000");
  equal(await deleteOldSessions(venue.db, new Date("2026-10-02T00:00:00Z")), 3);
  deepEqual(await known(), ["gone and back", "still open", "this month", "was long"]);
  equal(await deleteOldSessions(venue.db, new Date("2026-11-02T00:00:00Z")), 2);
  deepEqual(await known(), ["gone and back", "still open"]);
  await venue.rows("update radacct set acctstoptime = '2026-11-03 00:00:00.000000' returning acctuniqueid");
  equal(await deleteOldSessions(venue.db, new Date("2026-12-03T00:00:00Z")), 1);
  deepEqual(await venue.rows("select * from session_alias"), []);
  await venue.close();
});
