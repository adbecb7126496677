import { deepEqual, equal, ok } from "node:assert/strict";
import { memoryVenue } from "../support/memory_venue.ts";

const packet = (status_type: string, unique_id: string, more: Record<string, unknown> = {}) => ({
  status_type,
  unique_id,
  session_id: unique_id,
  nas_ip_address: "10.0.0.1",
  ...more,
});

Deno.test("700 identical packets at one moment: one 201, the others 200, and what is known already is not written again", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization();
  for (const status of ["Start", "Interim-Update", "Stop"]) {
    const answers = await Promise.all(
      Array.from(
        { length: 700 },
        () => venue.post("accounting", organization, packet(status, "a", { session_time: "5" })),
      ),
    );
    const statuses = answers.map((answer) => answer.status);
    equal(statuses.filter((code) => code === 201).length, status === "Start" ? 1 : 0);
    equal(statuses.filter((code) => code === 200).length, status === "Start" ? 699 : 700);
  }
  const [row] = await venue.rows("select change_seq from radacct");
  ok(Number(row?.change_seq) <= 5, `${row?.change_seq} writes`);
  deepEqual(venue.faults, []);
  await venue.close();
});

Deno.test("a packet without credentials never reaches a stranger's session of the same id", async () => {
  const venue = await memoryVenue();
  const [a, b] = [await venue.addOrganization(), await venue.addOrganization()];
  const eve = await venue.addUser({ organizations: [a, b] });
  const zed = await venue.addUser({ organizations: [b] });
  await venue.token(eve, b);
  venue.clock.pass(1_000);
  await venue.token(eve, a);
  equal((await venue.post("accounting", b, packet("Start", "same", { username: zed.username }))).status, 201);
  const interim = packet("Interim-Update", "same", { username: eve.username, session_time: "500" });
  equal((await venue.post("accounting", null, interim)).status, 201);
  deepEqual(
    await venue.rows(
      "select organization_id as organization, username, acctsessiontime as seconds from radacct order by seconds",
    ),
    [
      { organization: b.id, username: zed.username, seconds: null },
      { organization: a.id, username: eve.username, seconds: 500 },
    ],
  );
  await venue.close();
});

Deno.test("of keys given out at the same moment five stay good", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization();
  const user = await venue.addUser({ organizations: [organization] });
  await Promise.all(Array.from({ length: 20 }, () => venue.token(user, organization)));
  deepEqual(await venue.rows("select count(*) as alive from radiustoken where can_auth = 1"), [{ alive: 5 }]);
  await venue.close();
});

Deno.test("pages of a long list are the same from either end, with and without a filter", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization();
  for (let index = 0; index < 45; index++) {
    const status = index % 3 ? "Stop" : "Start";
    await venue.post(
      "accounting",
      organization,
      packet(status, `u${index}`, { start_time: `2026-01-01T00:00:${10 + index % 9}Z` }),
    );
  }
  const list = async (query: string) => {
    const response = await venue.fetch(`/api/v1/freeradius/accounting/?page_size=7${query}`, {
      headers: { authorization: organization.authorization },
    });
    const items = await response.json() as { unique_id: string }[];
    if (response.status === 404) return [];
    return items.map(({ unique_id }) => unique_id);
  };
  for (const filter of ["", "&is_open=true", "&is_open=false", "&start_time=2026-01-01T00:00:12Z"]) {
    const whole: string[] = [];
    for (let page = 1;; page++) {
      const ids = await list(`${filter}&page=${page}`);
      whole.push(...ids);
      if (ids.length < 7) break;
    }
    const where = {
      "": "1",
      "&is_open=true": "acctstoptime is null",
      "&is_open=false": "acctstoptime is not null",
    }[filter] ??
      "acctstarttime >= '2026-01-01 00:00:12'";
    const rows = await venue.rows(
      `select acctuniqueid as id from radacct where ${where} order by acctstarttime desc, rowid desc`,
    );
    deepEqual(whole, rows.map(({ id }) => id), filter);
    deepEqual(await list(`${filter}&page=last`), whole.slice(Math.floor((whole.length - 1) / 7) * 7), filter);
  }
  await venue.client.execute("delete from radacct where acctstoptime is null");
  equal((await list("&page=last")).length, 30 % 7);
  await venue.close();
});
