import { deepEqual, equal } from "node:assert/strict";
import { issueApiToken } from "../../../src/aaa/account/api_token.ts";
import { type MemoryVenue, memoryVenue, type TestOrganization } from "../../support/memory_venue.ts";
import type { GroupLine } from "../../support/directory_rows.ts";

type VenueOptions = Parameters<typeof memoryVenue>[0];

/** A member of a group with these checks, who looks at their quotas. */
async function guest(checks: readonly GroupLine[], options: VenueOptions = {}) {
  const venue = await memoryVenue(options);
  const spot = await venue.addOrganization();
  const group = await venue.addGroup(spot.id, { checks });
  const user = await venue.addUser({ organizations: [spot], groups: [group] });
  const key = await issueApiToken(venue.db, venue.deps, user.id, venue.deps.now());
  return {
    venue,
    spot,
    user,
    async ask() {
      const response = await venue.fetch(`/api/v1/radius/organization/${spot.slug}/account/usage/`, {
        headers: { authorization: `Bearer ${key}`, "content-type": "application/x-www-form-urlencoded" },
      });
      return { status: response.status, text: await response.text() };
    },
    use: (fields: Readonly<Record<string, unknown>>) =>
      use(venue, spot, { username: user.username, ...fields }),
  };
}

async function use(venue: MemoryVenue, spot: TestOrganization, fields: Readonly<Record<string, unknown>>) {
  venue.clock.pass(60_000);
  const { status, text } = await venue.post("accounting", spot, {
    status_type: "Stop",
    session_id: "one",
    unique_id: crypto.randomUUID().replaceAll("-", ""),
    nas_ip_address: "10.0.0.1",
    ...fields,
  });
  equal(status, 201, text);
}

Deno.test("usage shows the checks that a counter handles, in the order they were written, to the octet", async () => {
  const { venue, ask, use } = await guest([
    ["Max-Daily-Session-Traffic", ":=", "3000000000"],
    ["Simultaneous-Use", ":=", "2"],
    ["Max-Daily-Session", ":=", "10800"],
  ]);
  const unused = (await ask()).text;
  equal(
    unused,
    '{"checks":[{"attribute":"Max-Daily-Session-Traffic","op":":=","value":"3000000000","result":0,"type":"bytes"},' +
      '{"attribute":"Max-Daily-Session","op":":=","value":"10800","result":0,"type":"seconds"}]}',
  );
  await use({ session_time: 261, input_octets: 1, output_octets: 2 });
  const { checks } = JSON.parse((await ask()).text);
  deepEqual(checks.map(({ result }: { result: number }) => result), [3, 261]);
  await venue.close();
});

Deno.test("usage never exceeds the limit, and counts the days before for a monthly quota", async () => {
  const { venue, ask, use } = await guest([
    ["Max-Daily-Session", ":=", "300"],
    ["Max-Monthly-Session-Traffic", ":=", "5000"],
  ]);
  await use({ session_time: 200, input_octets: 1_000, output_octets: 0 });
  venue.clock.pass(86_400_000);
  await use({ session_time: 400, input_octets: 1_000, output_octets: 500 });
  const { checks } = JSON.parse((await ask()).text);
  deepEqual(checks.map(({ result }: { result: number }) => result), [300, 2_500]);
  await venue.close();
});

Deno.test("usage is always a whole number: for limits that are none, and beyond 2^53", async () => {
  const { venue, ask, use } = await guest([
    ["Max-Daily-Session", ":=", "a lot"],
    ["Max-Daily-Session-Traffic", ":=", "9007199254740993"],
    ["Max-Monthly-Session-Traffic", ":=", "+99999999999999999999999"],
  ]);
  await use({ session_time: 60, input_octets: "9223372036854775807", output_octets: "9223372036854775807" });
  const { text } = await ask();
  const results = [...text.matchAll(/"result":([^,]*)/g)].map(([, result]) => result);
  deepEqual(results, ["0", "9007199254740993", "18446744073709551616"]);
  await venue.close();
});

Deno.test("usage without a group is 404, without a counted check and without counters an empty list", async () => {
  const without = await guest([["Simultaneous-Use", ":=", "1"]]);
  equal((await without.ask()).text, '{"checks":[]}');
  await without.venue.rows("delete from radusergroup");
  without.venue.db.cache.clear();
  deepEqual(await without.ask(), { status: 404, text: '{"detail":"Not found."}' });
  await without.venue.close();

  const disabled = await guest([["Max-Daily-Session", ":=", "1"]], { settings: { counters: [] } });
  deepEqual(await disabled.ask(), { status: 200, text: '{"checks":[]}' });
  await disabled.venue.close();
});

Deno.test("usage's types come from the check's name, else from the setting, else they are null", async () => {
  const checks: GroupLine[] = [["Max-Data", ":=", "10"], ["Max-All-Session", ":=", "20"]];
  const counters = ["TotalCounter", "DailyTrafficCounter"] as const;
  const types = async (radiusAttributesTypeMap: Record<string, "bytes" | "seconds">) => {
    const { venue, ask, use } = await guest(checks, {
      settings: { counters: [...counters], trafficCounterCheckName: "Max-Data", radiusAttributesTypeMap },
    });
    await use({ session_time: 7, input_octets: 3, output_octets: 4 });
    const { checks: shown } = JSON.parse((await ask()).text);
    await venue.close();
    return shown.map(({ type, result }: { type: unknown; result: unknown }) => [type, result]);
  };
  deepEqual(await types({}), [[null, 7], ["seconds", 7]]);
  deepEqual(await types({ "Max-Data": "bytes" }), [["bytes", 7], ["seconds", 7]]);
});

Deno.test("of two counters with one check the one nearer to the limit is shown", async () => {
  const { venue, ask, use } = await guest([["Max-Monthly-Session-Traffic", ":=", "5000"]], {
    now: new Date("2026-10-31T12:00:00Z"),
    settings: { counters: ["MonthlyTrafficCounter", "MonthlySubscriptionTrafficCounter"] },
  });
  await use({ session_time: 1, input_octets: 100, output_octets: 0 });
  // Who joined on a 31st has a month that began yesterday; the calendar's begins today.
  venue.clock.pass(86_400_000);
  await use({ session_time: 1, input_octets: 10, output_octets: 0 });
  const { checks } = JSON.parse((await ask()).text);
  deepEqual(checks.map(({ result }: { result: number }) => result), [110]);
  await venue.close();
});

Deno.test("the group with the lowest priority number is the one that counts", async () => {
  const { venue, spot, user, ask } = await guest([["Max-Daily-Session", ":=", "1"]]);
  const better = await venue.addGroup(spot.id, { checks: [["Max-Daily-Session", ":=", "2"]] });
  await venue.rows(
    `insert into radusergroup (id, username, groupname, priority, user_id, group_id, created, modified)
      values ('z', '', '', 0, ?, ?, '2026-01-01', '2026-01-01')`,
    [user.id, better],
  );
  venue.db.cache.clear();
  equal(JSON.parse((await ask()).text).checks[0].value, "2");
  await venue.close();
});
