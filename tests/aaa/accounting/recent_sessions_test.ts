import { deepEqual } from "node:assert/strict";
import fc from "fast-check";
import { recentSessions } from "../../../src/aaa/accounting/recent_sessions.ts";
import { closeStaleSessions } from "../../../src/jobs/close_stale_sessions.ts";
import { deleteOldSessions } from "../../../src/jobs/delete_old_records.ts";
import { checkProperty } from "../../support/check_property.ts";
import { type MemoryVenue, memoryVenue, type TestOrganization } from "../../support/memory_venue.ts";

const IDS = ["one", "two"];
const Packet = fc.record({
  kind: fc.constant("packet" as const),
  unique_id: fc.constantFrom(...IDS),
  status_type: fc.constantFrom("Start", "Interim-Update", "Interim-Update", "Stop"),
  username: fc.constantFrom("ada", "ada", "bob", "later", ""),
  session_time: fc.constantFrom(0, 10, 20, 5_000_000_000),
  input_octets: fc.constantFrom(0, 100, 2 ** 53),
  calling_station_id: fc.constantFrom("aa:bb:cc:dd:ee:ff", "AA-BB-CC-DD-EE-FF", "", "x\u0000\ud800"),
  called_station_id: fc.constantFrom("AP-1", "unconverted"),
  terminate_cause: fc.constantFrom("", "User-Request"),
});
/** What happens to sessions other than by their packets. */
const Event = fc.record({
  kind: fc.constantFrom("restart", "stale", "retention", "deleted", "other process", "user"),
});
const Step = fc.oneof({ weight: 4, arbitrary: Packet }, { weight: 3, arbitrary: Event });
type Step = typeof Step extends fc.Arbitrary<infer Value> ? Value : never;

async function twin() {
  const venue = await memoryVenue({
    settings: { calledStationIds: { alpha: { unconverted_ids: ["unconverted"], urls: [] } } },
  });
  const alpha = await venue.addOrganization({ slug: "alpha" });
  await venue.addUser({ username: "ada", organizations: [alpha] });
  await venue.addUser({ username: "bob", organizations: [alpha] });
  return { venue, alpha };
}

async function take(venue: MemoryVenue, alpha: TestOrganization, step: Step): Promise<unknown> {
  const now = venue.clock.at;
  switch (step.kind) {
    case "packet": {
      const { kind: _, ...body } = step;
      const nas = { session_id: step.unique_id, nas_ip_address: "10.0.0.1" };
      return (await venue.post("accounting", alpha, { ...body, ...nas })).status;
    }
    case "restart":
      return await venue.post("accounting", alpha, {
        status_type: "Accounting-On",
        nas_ip_address: "10.0.0.1",
      });
    case "stale":
      return await closeStaleSessions(venue.db, now);
    case "retention":
      return await deleteOldSessions(venue.db, now);
    case "deleted":
      return (await venue.rows("delete from radacct returning acctuniqueid")).length;
    case "other process":
      return (await venue.rows(
        `update radacct set acctsessiontime = coalesce(acctsessiontime, 0) + 7, node_id = 'another',
          change_seq = change_seq + 1 returning acctuniqueid`,
      )).length;
    case "user":
      // Whoever was a stranger until now has an account.
      return await venue.addUser({ username: "later", organizations: [alpha] }).then(() => "", () => "");
  }
}

const stored = async (venue: MemoryVenue) => {
  const sessions = await venue.rows("select * from radacct order by organization_id, acctuniqueid");
  const users = new Map(
    (await venue.rows('select id, username from "user"')).map(({ id, username }) => [id, username]),
  );
  const usage = await venue.rows(
    "select user_id, day, session_seconds, input_octets, output_octets from usage_by_day order by 1, 2",
  );
  // Ids are not the same in two venues.
  const named = (row: Record<string, unknown>) => ({
    ...row,
    organization_id: "",
    user_id: users.get(row.user_id),
  });
  return {
    sessions: sessions.map(named),
    usage: usage.map(named).sort((a, b) => String(a.user_id).localeCompare(String(b.user_id))),
  };
};

Deno.test("a session that is remembered goes on as one that is read, whatever happened meanwhile", async () => {
  await checkProperty(
    fc.asyncProperty(fc.array(Step, { minLength: 2, maxLength: 12 }), async (told) => {
      const [remembering, reading] = [await twin(), await twin()];
      // After each event the NAS repeats itself: its answer was lost.
      const steps = told.flatMap((step, index) => {
        const last = told.slice(0, index).findLast(({ kind }) => kind === "packet");
        return step.kind !== "packet" && last ? [last, step, last] : [step];
      });
      for (const step of steps) {
        for (const id of IDS) recentSessions(reading.venue.db).forget(`${reading.alpha.id} ${id}`);
        const answer = await take(remembering.venue, remembering.alpha, step);
        deepEqual(answer, await take(reading.venue, reading.alpha, step), JSON.stringify(step));
        deepEqual(await stored(remembering.venue), await stored(reading.venue), JSON.stringify(step));
        for (const { venue } of [remembering, reading]) venue.clock.pass(1_000);
      }
      deepEqual([remembering.venue.faults, reading.venue.faults], [[], []]);
      await remembering.venue.close();
      await reading.venue.close();
    }),
    60,
  );
});
