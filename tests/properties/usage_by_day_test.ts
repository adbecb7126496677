import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { checkProperty } from "../support/check_property.ts";
import { memoryVenue } from "../support/memory_venue.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Zones and moments around which their clocks change: forwards, backwards, at midnight, by half an hour. */
const CHANGES: readonly (readonly [zone: string, around: string])[] = [
  ["UTC", "2026-12-31T23:00:00Z"],
  ["Europe/Rome", "2026-10-25T01:00:00Z"],
  ["Europe/Rome", "2027-03-28T01:00:00Z"],
  ["America/New_York", "2026-11-01T06:00:00Z"],
  ["America/New_York", "2027-03-14T07:00:00Z"],
  ["America/Santiago", "2026-09-06T04:00:00Z"],
  ["America/Santiago", "2027-04-04T03:00:00Z"],
  ["America/Havana", "2026-11-01T05:00:00Z"],
  ["America/Havana", "2027-03-14T05:00:00Z"],
  ["Africa/Cairo", "2026-04-23T22:00:00Z"],
  ["Africa/Cairo", "2026-10-29T21:00:00Z"],
  ["Asia/Beirut", "2027-03-27T22:00:00Z"],
  ["Asia/Kathmandu", "2026-12-31T18:15:00Z"],
  ["Australia/Lord_Howe", "2026-10-03T15:30:00Z"],
  ["Australia/Lord_Howe", "2027-04-03T15:00:00Z"],
  ["Pacific/Apia", "2027-02-28T11:00:00Z"],
  ["Pacific/Kiritimati", "2028-02-28T10:00:00Z"],
  ["Etc/GMT+12", "2026-11-22T12:00:00Z"],
];

interface Packet {
  readonly at: number;
  readonly status: "Start" | "Interim-Update" | "Stop";
  /** Totals; null is not sent. */
  readonly seconds: number | null;
  readonly input: number | null;
  readonly output: number | null;
}

const count = fc.option(fc.integer({ min: 0, max: 5_000_000_000 }), { freq: 6 });
const step = fc.record({
  waited: fc.integer({ min: 0, max: 40 * HOUR }),
  /** How much of the time waited was used, in percent; a NAS's clock may also run ahead. */
  used: fc.option(fc.constantFrom(100, 100, 100, 0, 37, 250), { freq: 6 }),
  input: count,
  output: count,
  repeatedAfter: fc.array(fc.integer({ min: 0, max: 50 * HOUR }), { maxLength: 2 }),
});

/** A session's packets in order, and when some of them are received again. */
const history = fc.record({
  offset: fc.integer({ min: -60 * HOUR, max: 2 * HOUR }),
  usedBefore: fc.integer({ min: 0, max: 200_000 }),
  hasStart: fc.boolean(),
  hasStop: fc.boolean(),
  steps: fc.array(step, { minLength: 1, maxLength: 6 }),
}).map(({ offset, usedBefore, hasStart, hasStop, steps }) => {
  const packets: Packet[] = [];
  const repetitions: Packet[] = [];
  let at = offset;
  let totals = { seconds: hasStart ? 0 : usedBefore, input: 0, output: 0 };
  if (hasStart) packets.push({ at, status: "Start", seconds: 0, input: 0, output: 0 });
  steps.forEach(({ waited, used, input, output, repeatedAfter }, index) => {
    at += waited;
    totals = {
      seconds: totals.seconds + Math.floor(waited / 1000 * (used ?? 100) / 100),
      input: totals.input + (input ?? 0),
      output: totals.output + (output ?? 0),
    };
    const packet: Packet = {
      at,
      status: hasStop && index === steps.length - 1 ? "Stop" : "Interim-Update",
      seconds: used === null ? null : totals.seconds,
      input: input === null ? null : totals.input,
      output: output === null ? null : totals.output,
    };
    packets.push(packet);
    repetitions.push(...repeatedAfter.map((after) => ({ ...packet, at: at + after })));
  });
  // A stable sort: a repetition at the same moment comes after what it repeats.
  return { packets, received: [...packets, ...repetitions].sort((a, b) => a.at - b.at) };
});

type Usage = { seconds: number; input: number; output: number };

/**
 * The rule, worked out minute by minute: what a packet adds was used evenly from the later of the last packet that
 * added something and as many seconds ago as it adds, until it came. (No zone changes its day within a minute.)
 */
function usageByDay(zone: string, packets: readonly Packet[]): Map<string, Usage> {
  const days = new Map<string, Usage>();
  const known: Usage = { seconds: 0, input: 0, output: 0 };
  let lastAt = -Infinity;
  for (const [index, { at, seconds, input, output }] of packets.entries()) {
    const added = {
      seconds: Math.max(0, (seconds ?? 0) - known.seconds),
      input: Math.max(0, (input ?? 0) - known.input),
      output: Math.max(0, (output ?? 0) - known.output),
    };
    const isNew = added.seconds || added.input || added.output;
    const from = Math.max(lastAt, at - added.seconds * 1000);
    if (isNew || index === 0) lastAt = at;
    if (!isNew) continue;
    for (const [day, share] of sharesOfDays(zone, from, at)) {
      const usage = days.get(day) ?? { seconds: 0, input: 0, output: 0 };
      usage.seconds += added.seconds * share;
      usage.input += added.input * share;
      usage.output += added.output * share;
      days.set(day, usage);
    }
    known.seconds += added.seconds;
    known.input += added.input;
    known.output += added.output;
  }
  return days;
}

/** Each day's part, 0 to 1, of the time from `from` to `to`. */
function sharesOfDays(zone: string, from: number, to: number): Map<string, number> {
  if (from >= to) return new Map([[dayOf(zone, to), 1]]);
  const shares = new Map<string, number>();
  for (let at = from; at < to;) {
    const next = Math.min(to, Math.floor(at / MINUTE + 1) * MINUTE);
    const day = dayOf(zone, at);
    shares.set(day, (shares.get(day) ?? 0) + (next - at) / (to - from));
    at = next;
  }
  return shares;
}

const known = new Map<string, string>();
const formats = new Map<string, Intl.DateTimeFormat>();

function dayOf(zone: string, at: number): string {
  const key = `${zone} ${Math.floor(at / MINUTE)}`;
  const found = known.get(key);
  if (found) return found;
  const format = formats.get(zone) ??
    new Intl.DateTimeFormat("en-US", { timeZone: zone, year: "numeric", month: "numeric", day: "numeric" });
  formats.set(zone, format);
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const day = [parts.year, parts.month?.padStart(2, "0"), parts.day?.padStart(2, "0")].join("-");
  known.set(key, day);
  return day;
}

Deno.test("usage is divided between days in proportion, whatever is repeated and however the clocks change", async () => {
  const venue = await memoryVenue();
  const organizations = new Map<string, Awaited<ReturnType<typeof venue.addOrganization>>>();
  for (const [zone] of CHANGES) {
    organizations.set(zone, await venue.addOrganization({ settings: { timeZone: zone } }));
  }
  let sessions = 0;
  const property = fc.asyncProperty(
    fc.constantFrom(...CHANGES),
    history,
    async ([zone, around], { packets, received }) => {
      const organization = organizations.get(zone);
      ok(organization);
      const user = await venue.addUser({ organizations: [organization] });
      const base = Date.parse(around);
      const uniqueId = `days-${++sessions}`;
      for (const { at, status, seconds, input, output } of received) {
        venue.clock.at = new Date(base + at);
        const { status: answer } = await venue.post("accounting", organization, {
          status_type: status,
          unique_id: uniqueId,
          session_id: uniqueId,
          nas_ip_address: "10.0.0.1",
          username: user.username,
          ...(seconds !== null && { session_time: seconds }),
          ...(input !== null && { input_octets: input }),
          ...(output !== null && { output_octets: output }),
        });
        ok(answer === 200 || answer === 201);
      }
      const rows = await venue.rows(
        `select day, session_seconds as seconds, input_octets as input, output_octets as output from usage_by_day
          where organization_id = ? and user_id = ? order by day`,
        [organization.id, user.id],
      );
      const expected = usageByDay(zone, packets.map((packet) => ({ ...packet, at: base + packet.at })));
      const sum: Usage = { seconds: 0, input: 0, output: 0 };
      const checked = new Set<string>();
      for (const row of rows) {
        checked.add(String(row.day));
        const share = expected.get(String(row.day)) ?? { seconds: 0, input: 0, output: 0 };
        for (const name of ["seconds", "input", "output"] as const) {
          sum[name] += Number(row[name]);
          // Whole numbers: each packet may move one from a day to the next.
          ok(
            Math.abs(Number(row[name]) - share[name]) <= packets.length + 0.001,
            `${zone} ${row.day}: ${row[name]} ${name} instead of ${share[name]}`,
          );
        }
      }
      for (const [day, { seconds, input, output }] of expected) {
        ok(
          checked.has(day) || Math.max(seconds, input, output) <= packets.length,
          `${zone} ${day} is missing`,
        );
      }
      const [row] = await venue.rows(
        `select acctsessiontime as seconds, acctinputoctets as input, acctoutputoctets as output from radacct
          where acctuniqueid = ?`,
        [uniqueId],
      );
      deepEqual(sum, {
        seconds: row?.seconds ?? 0,
        input: row?.input ?? 0,
        output: row?.output ?? 0,
      });
    },
  );
  await checkProperty(property, 300);
  equal(venue.faults.length, 0);
  await venue.close();
});
