import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import {
  countSessions,
  listSessions,
  type SessionFilter,
} from "../../../src/aaa/accounting/list_sessions.ts";
import { checkProperty } from "../../support/check_property.ts";
import { memoryVenue } from "../../support/memory_venue.ts";

const STATIONS = ["aa:aa:aa:aa:aa:aa", "bb:bb:bb:bb:bb:bb", null] as const;
const Row = fc.record({
  // Users who changed their name, names that several had, strangers.
  userId: fc.constantFrom("u1", "u2", null),
  username: fc.constantFrom("ada", "bob", "eve", null),
  calledStationId: fc.constantFrom("AP-1", "AP-2", null),
  callingStationId: fc.constantFrom(...STATIONS),
  startedAt: fc.integer({ min: 1, max: 5 }).map((day) => `2026-11-0${day} 00:00:00.000000`),
  isOpen: fc.boolean(),
  isElsewhere: fc.boolean(),
});
type Row = typeof Row extends fc.Arbitrary<infer Value> ? Value : never;
const Filter = fc.record({
  userId: fc.constantFrom("u1", "u2"),
  username: fc.constantFrom("ada", "bob", "eve", "nobody"),
  calledStationId: fc.constantFrom("AP-1", "AP-2"),
  callingStationId: fc.constantFrom("aa:aa:aa:aa:aa:aa", "bb:bb:bb:bb:bb:bb", "cc"),
  isOpen: fc.boolean(),
}, { requiredKeys: [] });

function matches(row: Row, { isOpen, ...texts }: SessionFilter): boolean {
  const same = Object.entries(texts).every(([name, value]) => row[name as keyof Row] === value);
  return !row.isElsewhere && same && (isOpen === undefined || row.isOpen === isOpen);
}

Deno.test("whatever is asked for, a list has the sessions that match and no others, the newest first, page by page", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization();
  const beta = await venue.addOrganization();
  const store = (row: Row, index: number) =>
    venue.rows(
      `insert into radacct (acctuniqueid, organization_id, acctsessionid, user_id, username, calledstationid,
        callingstationid, acctstarttime, acctstoptime, nasipaddress, heard_at, described_by, node_id, change_seq)
        values (?, ?, 'x', ?, ?, ?, ?, ?, ?, '10.0.0.1', '', 1, 'node', 1) returning acctuniqueid`,
      [
        `${index}`,
        row.isElsewhere ? beta.id : alpha.id,
        row.userId,
        row.username,
        row.calledStationId,
        row.callingStationId,
        row.startedAt,
        row.isOpen ? null : "2026-11-20 00:00:00.000000",
      ],
    );
  await checkProperty(
    fc.asyncProperty(
      fc.array(Row, { maxLength: 25 }),
      fc.array(Filter, { minLength: 5, maxLength: 12 }),
      async (rows, filters) => {
        await venue.rows("delete from radacct returning acctuniqueid");
        // Of earlier runs the aliases stay behind: whose sessions they name does not count.
        for (const [index, row] of rows.entries()) await store(row, index);
        for (const filter of filters) {
          const expected = rows.flatMap((row, index) => matches(row, filter) ? [`${index}`] : []);
          const found = await countSessions(venue.db, alpha.id, filter);
          equal(found, expected.length, JSON.stringify(filter));
          const pages = [];
          for (let offset = 0; offset < found; offset += 4) {
            pages.push(...await listSessions(venue.db, alpha.id, filter, { offset, limit: 4 }, found));
          }
          deepEqual(pages.map(({ uniqueId }) => uniqueId).sort(), expected.sort(), JSON.stringify(filter));
          const starts = pages.map(({ startedAt }) => startedAt);
          deepEqual(starts, starts.toSorted().toReversed());
        }
      },
    ),
    60,
  );
  await venue.close();
});

Deno.test("a session is found under the name and the station that a later packet gave it", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization();
  await venue.addUser({ username: "ada", organizations: [alpha] });
  const send = (body: object) =>
    venue.post("accounting", alpha, {
      unique_id: "one",
      session_id: "one",
      nas_ip_address: "10.0.0.1",
      ...body,
    });
  await send({ status_type: "Start", username: "nobody", calling_station_id: "aa:aa:aa:aa:aa:aa" });
  await send({
    status_type: "Interim-Update",
    username: "ada",
    session_time: 9,
    calling_station_id: "bb:bb:bb:bb:bb:bb",
  });
  const count = (filter: SessionFilter) => countSessions(venue.db, alpha.id, filter);
  equal(await count({ username: "ada" }), 1);
  equal(await count({ username: "nobody" }), 0);
  equal(await count({ callingStationId: "bb:bb:bb:bb:bb:bb" }), 1);
  equal(await count({ callingStationId: "aa:aa:aa:aa:aa:aa" }), 0);
  await venue.close();
});
