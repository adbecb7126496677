import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { checkProperty } from "../support/check_property.ts";
import { type MemoryVenue, memoryVenue, type TestOrganization } from "../support/memory_venue.ts";
import { arrivals, bodyOf, sessionPackets } from "./session_traffic.ts";

const STATION = {
  nas_ip_address: "10.0.0.1",
  called_station_id: "11-22-33-44-55-66:hotspot",
  calling_station_id: "aa:bb:cc:dd:ee:01",
};
/** One that is no MAC address takes another way. */
const CABLE = { ...STATION, calling_station_id: "port 7" };

/** Every row of every table that belongs to the organization, as text. */
async function everythingOf(venue: MemoryVenue, organization: TestOrganization): Promise<string[]> {
  const tables = await venue.rows(
    `select m.name from sqlite_schema m join pragma_table_info(m.name) c where m.type = 'table'
      and c.name = 'organization_id' order by m.name`,
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const rows = await venue.rows(`select * from "${name}" where organization_id = ?`, [
      organization.id,
    ]);
    texts.push(...rows.map((row) => `${name} ${JSON.stringify(row)}`));
  }
  return texts.sort();
}

type Action =
  | { readonly kind: "traffic"; readonly session: number; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: "restart"; readonly called: string; readonly address: string }
  | { readonly kind: "login"; readonly withStation: boolean; readonly byToken: boolean };

const traffic = fc.tuple(fc.nat({ max: 3 }), sessionPackets).map(([session, { packets }]) =>
  packets.map((packet): Action => ({
    kind: "traffic",
    session,
    body: bodyOf(
      { ...packet, names: packet.names === "missing" ? "email" : packet.names },
      "shared",
      session % 2 ? CABLE : STATION,
    ),
  }))
);
const restart = fc.record({
  kind: fc.constant("restart" as const),
  called: fc.constantFrom("", STATION.called_station_id),
  address: fc.constantFrom("", STATION.nas_ip_address),
});
const login = fc.record({
  kind: fc.constant("login" as const),
  withStation: fc.boolean(),
  // Seldom a key of the other organization: it is then checked as a password, which takes long.
  byToken: fc.constantFrom(...Array(9).fill(true), false),
});
const actions = fc.tuple(
  fc.array(traffic, { minLength: 1, maxLength: 3 }),
  fc.array(restart, { maxLength: 2 }),
  fc.array(login, { maxLength: 3 }),
).chain(([sessions, restarts, logins]) => arrivals<Action>([...sessions.flat(), ...restarts, ...logins]));

Deno.test("whatever one organization's NASes send, no octet of another organization's rows changes", async () => {
  const venue = await memoryVenue();
  const [mine, other] = [await venue.addOrganization(), await venue.addOrganization()];
  const limit = { checks: [["Simultaneous-Use", ":=", "1"]] } as const;
  const groups = [await venue.addGroup(mine.id, limit), await venue.addGroup(other.id, limit)];
  const user = await venue.addUser({
    username: "shared",
    email: "shared@example.org",
    organizations: [mine, other],
    groups,
  });
  let round = 0;

  const perform = async (organization: TestOrganization, action: Action, tokens: readonly string[]) => {
    switch (action.kind) {
      case "traffic": {
        const unique_id = `round-${round}-${action.session}`;
        const body = { ...action.body, unique_id, session_id: unique_id };
        return await venue.post("accounting", organization, body);
      }
      case "restart":
        return await venue.post("accounting", organization, {
          status_type: "Accounting-On",
          nas_ip_address: action.address,
          called_station_id: action.called,
        });
      case "login":
        return await venue.post("authorize", organization, {
          username: "shared",
          // Also the key that is good in the other organization only.
          password: tokens[action.byToken ? 0 : 1],
          ...(action.withStation && STATION),
        });
    }
  };

  const property = fc.asyncProperty(actions, actions, async (before, now) => {
    round++;
    venue.clock.pass(3_600_000);
    await venue.client.batch(
      ["radacct", "usage_day", "usage_latest", "access_refusal"].map((table) => `delete from ${table}`),
    );
    const keys = [await venue.token(user, other), await venue.token(user, mine)];
    // The same ids, user, station and NAS in the other organization first.
    for (const action of before.flat()) {
      const { status } = await perform(other, action, keys);
      ok(status < 402, `${status}`);
    }
    // Some are open for sure, of the user and the stations of all others.
    for (const [session, station] of [[8, STATION], [9, CABLE]] as const) {
      const body = { ...station, status_type: "Start", username: "shared" };
      equal((await perform(other, { kind: "traffic", session, body }, keys)).status, 201);
    }
    venue.clock.pass(60_000);
    const expected = await everythingOf(venue, other);
    ok(expected.some((text) => text.startsWith("radacct ")));
    for (const group of now) {
      const answers = await Promise.all(group.map((action) => perform(mine, action, keys.toReversed())));
      answers.forEach(({ status }) => ok(status < 402, `${status}`));
      venue.clock.pass(900);
      deepEqual(await everythingOf(venue, other), expected);
    }
  });
  await checkProperty(property, 60);
  equal(venue.faults.length, 0);
  await venue.close();
});
