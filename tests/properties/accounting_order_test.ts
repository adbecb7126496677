import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { openFile } from "../../src/runtime/file_client.ts";
import { migrate } from "../../src/storage/migrate.ts";
import { checkProperty } from "../support/check_property.ts";
import {
  type MemoryVenue,
  memoryVenue,
  type TestOrganization,
  type TestUser,
} from "../support/memory_venue.ts";
import { arrivals, bodyOf, knownTotals, type SentPacket, sessionPackets } from "./session_traffic.ts";

const NAS = "10.0.0.1";
const STATION = "aa:bb:cc:dd:ee:01";
const CALLED = "11-22-33-44-55-66:hotspot";

interface Row {
  readonly acctsessiontime: number | bigint | null;
  readonly acctinputoctets: number | bigint | null;
  readonly acctoutputoctets: number | bigint | null;
  readonly acctstarttime: string;
  readonly acctstoptime: string | null;
  readonly acctupdatetime: string | null;
  readonly acctterminatecause: string | null;
  readonly heard_at: string;
  readonly change_seq: number;
  readonly [column: string]: unknown;
}

let sessions = 0;

/** A fresh user of `organization` and what all packets of its one session send. */
async function newSession(venue: MemoryVenue, organization: TestOrganization) {
  const uniqueId = `session-${++sessions}`;
  const user = await venue.addUser({
    username: `guest-${sessions}`,
    email: `guest-${sessions}@example.org`,
    organizations: [organization],
  });
  const common = {
    unique_id: uniqueId,
    session_id: uniqueId,
    nas_ip_address: NAS,
    calling_station_id: STATION,
    called_station_id: CALLED,
    framed_ip_address: "192.0.2.7",
  };
  return { uniqueId, user, common };
}

async function rowOf(venue: MemoryVenue, organization: TestOrganization, uniqueId: string): Promise<Row> {
  const [row] = await venue.rows("select * from radacct where organization_id = ? and acctuniqueid = ?", [
    organization.id,
    uniqueId,
  ]);
  ok(row, `no row of ${uniqueId}`);
  // The columns of the query above.
  return row as unknown as Row;
}

async function usedBy(venue: MemoryVenue, organization: TestOrganization, user: TestUser) {
  const [row] = await venue.rows(
    `select coalesce(sum(session_seconds), 0) as seconds, coalesce(sum(input_octets), 0) as input,
      coalesce(sum(output_octets), 0) as output from usage_by_day where organization_id = ? and user_id = ?`,
    [organization.id, user.id],
  );
  return [row?.seconds, row?.input, row?.output].map((value) => BigInt(Number(value)));
}

function counted({ seconds, input, output }: ReturnType<typeof knownTotals>): bigint[] {
  return [seconds ?? 0n, input ?? 0n, output ?? 0n];
}

function totalsOf(row: Row) {
  const big = (value: number | bigint | null) => value === null ? null : BigInt(value);
  return {
    seconds: big(row.acctsessiontime),
    input: big(row.acctinputoctets),
    output: big(row.acctoutputoctets),
  };
}

/** Columns that only ever rise, fall, or are set once. */
function checkForward(before: Row, after: Row): void {
  for (const name of ["acctsessiontime", "acctinputoctets", "acctoutputoctets"] as const) {
    ok((after[name] ?? -1) >= (before[name] ?? -1), `${name} fell from ${before[name]} to ${after[name]}`);
  }
  ok(after.acctstarttime <= before.acctstarttime, "the start rose");
  ok((after.acctupdatetime ?? "") >= (before.acctupdatetime ?? ""), "the update time fell");
  ok(after.heard_at >= before.heard_at, "the last receipt fell");
  ok(after.change_seq >= before.change_seq, "the change number fell");
  if (before.acctstoptime !== null) equal(after.acctstoptime, before.acctstoptime, "the stop time moved");
  for (const name of ["user_id", "callingstationid", "calledstationid", "framedipaddress"]) {
    if (before[name]) equal(after[name], before[name], `${name} was lost`);
  }
  if (before.username) ok(after.username, "the user name was lost");
}

/** Sends each group at one moment, alternately through the venues, and looks at the row after each. */
async function deliver(
  venues: readonly MemoryVenue[],
  organization: TestOrganization,
  uniqueId: string,
  groups: readonly (readonly Record<string, unknown>[])[],
  afterGroup: (index: number) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const [first] = venues;
  ok(first);
  let before: Row | undefined;
  for (const [index, group] of groups.entries()) {
    const answers = await Promise.all(group.map((body, at) => {
      const venue: MemoryVenue = venues[(index + at) % venues.length] ?? first;
      return venue.post("accounting", organization, body);
    }));
    for (const { status, text } of answers) equal(`${status} ${text}`, `${status === 201 ? 201 : 200} `);
    equal(answers.filter(({ status }) => status === 201).length, before ? 0 : 1, "a row is made once");
    const after = await rowOf(first, organization, uniqueId);
    if (before) checkForward(before, after);
    before = after;
    await afterGroup(index);
    for (const venue of venues) venue.clock.pass(7_321);
  }
}

async function checkOrder(venues: readonly MemoryVenue[], runs: number): Promise<void> {
  const [venue] = venues;
  ok(venue);
  const organization = await venue.addOrganization();
  const property = fc.asyncProperty(
    sessionPackets.chain((session) => fc.tuple(fc.constant(session), arrivals(session.packets))),
    async ([{ packets, terminateCause }, groups]) => {
      const { uniqueId, user, common } = await newSession(venue, organization);
      const complete = groups.map((group) => group.map((packet) => bodyOf(packet, user.username, common)));
      await deliver(venues, organization, uniqueId, complete);

      const row = await rowOf(venue, organization, uniqueId);
      const expected = knownTotals(packets);
      deepEqual(totalsOf(row), expected);
      const isNamed = packets.some(({ names }) => names === "username" || names === "email");
      equal(row.user_id, isNamed ? user.id : null);
      equal(row.acctstoptime !== null, terminateCause !== null, "open or closed");
      if (terminateCause !== null) equal(row.acctterminatecause, terminateCause);
      deepEqual(await usedBy(venue, organization, user), isNamed ? counted(expected) : [0n, 0n, 0n]);
      await endAll(venue);
    },
  );
  await checkProperty(property, runs);
  deepEqual(venues.flatMap(({ faults }) => faults), []);
}

/** Nothing that is still open may be met by the next example. */
async function endAll(venue: MemoryVenue): Promise<void> {
  await venue.client.execute("update radacct set acctstoptime = '2026-01-01' where acctstoptime is null");
}

Deno.test("any order, repetition and simultaneity of a session's packets gives the same totals, end and usage", async () => {
  const venue = await memoryVenue();
  await checkOrder([venue], 250);
  await venue.close();
});

Deno.test("packets of a session that reach two processes on one file are one session", async () => {
  const folder = await Deno.makeTempDir();
  const clients = [openFile(`${folder}/venue.db`), openFile(`${folder}/venue.db`)];
  await Promise.all(clients.map(migrate));
  const venues = await Promise.all(clients.map((client) => memoryVenue({ client })));
  await checkOrder(venues, 60);
  for (const venue of venues) await venue.close();
  for (const client of clients) client.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("Accounting-On in between closes what is open, and neither totals nor the Stop's cause depend on when", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization();
  const property = fc.asyncProperty(
    sessionPackets.chain((session) => fc.tuple(fc.constant(session), arrivals(session.packets))),
    fc.nat(),
    fc.constantFrom(NAS, "10.0.0.2"),
    fc.constantFrom("", CALLED, "other"),
    async ([{ packets, terminateCause }, groups], moment, nasAddress, called) => {
      const { uniqueId, user, common } = await newSession(venue, organization);
      const complete = groups.map((group) => group.map((packet) => bodyOf(packet, user.username, common)));
      // Long enough after the last example's for it to be no repetition.
      venue.clock.pass(120_000);
      const when = moment % complete.length;
      await deliver([venue], organization, uniqueId, complete, async (index) => {
        if (index !== when) return;
        const on = {
          status_type: "Accounting-On",
          nas_ip_address: nasAddress,
          called_station_id: called,
        };
        deepEqual(await venue.post("accounting", organization, on), { status: 200, text: "" });
      });
      const concerns = nasAddress === NAS && called !== "other";
      const row = await rowOf(venue, organization, uniqueId);
      deepEqual(totalsOf(row), knownTotals(packets));
      equal(row.acctstoptime !== null, concerns || terminateCause !== null);
      if (row.acctstoptime !== null) equal(row.acctterminatecause, terminateCause ?? "NAS-Reboot");
      const isNamed = packets.some(({ names }) => names === "username" || names === "email");
      deepEqual(
        await usedBy(venue, organization, user),
        isNamed ? counted(knownTotals(packets)) : [0n, 0n, 0n],
      );
      await endAll(venue);
    },
  );
  await checkProperty(property, 150);
  deepEqual(venue.faults, []);
  await venue.close();
});

Deno.test("sessions of one user and station end each other: the one that began last stays, every total is kept", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization();
  const many = fc.array(sessionPackets, { minLength: 2, maxLength: 4 });
  const property = fc.asyncProperty(
    many.chain((all) =>
      fc.tuple(
        fc.constant(all),
        arrivals(all.flatMap(({ packets }, session) => packets.map((packet) => ({ packet, session })))),
      )
    ),
    fc.constantFrom([STATION, STATION], [STATION, STATION.toUpperCase().replaceAll(":", "-")], [
      "port 7",
      "port 7",
    ]),
    async ([all, groups], spellings) => {
      const { uniqueId, user, common } = await newSession(venue, organization);
      const complete = ({ packet, session }: { packet: SentPacket; session: number }) => ({
        ...bodyOf({ ...packet, names: "username" }, user.username, common),
        unique_id: `${uniqueId}-${session}`,
        calling_station_id: spellings[session % 2],
        start_time: new Date(venue.clock.at.getTime() - 3_600_000 + session * 60_000).toISOString(),
      });
      const startTimes = new Map<string, string>();
      for (const group of groups) {
        await Promise.all(group.map((one) => {
          const body = complete(one);
          // A NAS says the same start in every packet.
          const start = startTimes.get(body.unique_id) ?? body.start_time;
          startTimes.set(body.unique_id, start);
          return venue.post("accounting", organization, { ...body, start_time: start });
        }));
        venue.clock.pass(1_000);
      }
      const expected = { seconds: 0n, input: 0n, output: 0n };
      const rows: Row[] = [];
      for (const [session, { packets, terminateCause }] of all.entries()) {
        const row = await rowOf(venue, organization, `${uniqueId}-${session}`);
        const known = knownTotals(packets);
        deepEqual(totalsOf(row), known);
        expected.seconds += known.seconds ?? 0n;
        expected.input += known.input ?? 0n;
        expected.output += known.output ?? 0n;
        if (terminateCause !== null) equal(row.acctterminatecause, terminateCause);
        else if (row.acctstoptime !== null) equal(row.acctterminatecause, "Session-Timeout");
        rows.push(row);
      }
      const newest = rows.reduce((a, b) => a.acctstarttime > b.acctstarttime ? a : b);
      const newestIndex = rows.indexOf(newest);
      equal(newest.acctstoptime === null, all[newestIndex]?.terminateCause === null);
      deepEqual(Object.values(expected), await usedBy(venue, organization, user));
      await endAll(venue);
    },
  );
  await checkProperty(property, 120);
  deepEqual(venue.faults, []);
  await venue.close();
});
