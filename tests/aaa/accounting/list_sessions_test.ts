import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import {
  countSessions,
  listSessions,
  type SessionFilter,
} from "../../../src/aaa/accounting/list_sessions.ts";
import { macKey } from "../../../src/values/mac_address.ts";
import { toSqlDateTime } from "../../../src/values/sql_date_time.ts";
import { checkProperty } from "../../support/check_property.ts";
import { memoryVenue } from "../../support/memory_venue.ts";

const STATIONS = ["aa:aa:aa:aa:aa:aa", "AA-AA-AA-AA-AA-AA", "bb:bb:bb:bb:bb:bb", "port-7", "", null] as const;
const DAYS = [1, 2, 3, 4, 5].map((day) => toSqlDateTime(new Date(`2026-11-0${day}T00:00:00Z`)));
const Row = fc.record({
  // Users who changed their name, names that several had, strangers.
  userId: fc.constantFrom("u1", "u2", null),
  username: fc.constantFrom("ada", "bob", "eve", "", null),
  calledStationId: fc.constantFrom("AP-1", "ap:1", "AP-2", null),
  callingStationId: fc.constantFrom(...STATIONS),
  startedAt: fc.constantFrom(...DAYS),
  stoppedAt: fc.constantFrom(...DAYS, null, null),
  isElsewhere: fc.boolean(),
});
type Row = typeof Row extends fc.Arbitrary<infer Value> ? Value : never;
const Filter = fc.record({
  userId: fc.constantFrom("u1", "u2"),
  username: fc.constantFrom("ada", "bob", "eve", "nobody"),
  calledStationId: fc.constantFrom("AP-1", "AP-2"),
  callingStationId: fc.constantFrom("aa:aa:aa:aa:aa:aa", "bb:bb:bb:bb:bb:bb", "Port:7", "port-7", "cc"),
  stationsInAnySpelling: fc.constant(true),
  startedFrom: fc.constantFrom(...DAYS),
  stoppedUntil: fc.constantFrom(...DAYS),
  isOpen: fc.boolean(),
}, { requiredKeys: [] });

function matches(row: Row, filter: SessionFilter): boolean {
  const { isOpen, stationsInAnySpelling, startedFrom, stoppedUntil, ...texts } = filter;
  const spelled = (text: unknown) =>
    stationsInAnySpelling ? String(text).toLowerCase().replaceAll("-", ":") : text;
  const same = Object.entries(texts).every(([name, value]) => {
    const stored = row[name as keyof Row];
    return name.endsWith("StationId") ? spelled(stored) === spelled(value) : stored === value;
  });
  return !row.isElsewhere && same && (isOpen === undefined || (row.stoppedAt === null) === isOpen) &&
    (startedFrom === undefined || row.startedAt >= startedFrom) &&
    (stoppedUntil === undefined || row.stoppedAt !== null && row.stoppedAt <= stoppedUntil);
}

Deno.test("whatever is asked for, a list has the sessions that match and no others, the newest first, page by page", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization();
  const beta = await venue.addOrganization();
  const store = (row: Row, index: number) =>
    venue.rows(
      `insert into radacct (acctuniqueid, organization_id, acctsessionid, user_id, username, calledstationid,
        callingstationid, calling_mac, acctstarttime, acctstoptime, nasipaddress, heard_at, described_by, node_id,
        change_seq) values (?, ?, 'x', ?, ?, ?, ?, ?, ?, ?, '10.0.0.1', '', 1, 'node', 1) returning acctuniqueid`,
      [
        `${index}`,
        row.isElsewhere ? beta.id : alpha.id,
        row.userId,
        row.username,
        row.calledStationId,
        row.callingStationId,
        macKey(row.callingStationId ?? ""),
        row.startedAt,
        row.stoppedAt,
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
