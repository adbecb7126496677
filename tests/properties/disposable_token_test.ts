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

interface Holder {
  readonly organization: TestOrganization;
  readonly user: TestUser;
  readonly key: string;
}

async function holder(venue: MemoryVenue): Promise<Holder> {
  const organization = await venue.addOrganization();
  const user = await venue.addUser({ organizations: [organization] });
  return { organization, user, key: await venue.token(user, organization) };
}

/** Shows the key at an access point; number 0 sends no station ids. */
async function show(venue: MemoryVenue, { organization, user, key }: Holder, accessPoint: number) {
  const { status, text } = await venue.post("authorize", organization, {
    username: user.username,
    password: key,
    called_station_id: accessPoint ? `AP-${accessPoint}` : "",
    calling_station_id: "aa:bb:cc:dd:ee:ff",
  });
  equal(status, 200);
  return text.includes('"Accept"');
}

async function checkParallel(venues: readonly MemoryVenue[]): Promise<void> {
  const [first] = venues;
  ok(first);
  const one = await holder(first);
  const at = (index: number): MemoryVenue => venues[index % venues.length] ?? first;
  const answers = await Promise.all(
    Array.from({ length: 32 }, (_, index) => show(at(index), one, index + 1)),
  );
  equal(answers.filter(Boolean).length, 1);
  const winner = answers.indexOf(true) + 1;
  const pass = (milliseconds: number) => venues.forEach(({ clock }) => clock.pass(milliseconds));
  pass(29_999);
  deepEqual([await show(at(1), one, winner), await show(at(0), one, winner)], [true, true]);
  equal(await show(at(0), one, winner % 32 + 1), false, "another access point");
  equal(await show(at(0), one, 0), false, "no access point");
  pass(2);
  equal(await show(at(0), one, winner), false, "after 30 s");
}

Deno.test("of 32 access points that show a disposable token at once one wins, and may repeat it for 30 s", async () => {
  const venue = await memoryVenue();
  for (let round = 0; round < 3; round++) await checkParallel([venue]);
  await venue.close();
});

Deno.test("of 32 access points at two processes on one file one wins", async () => {
  const folder = await Deno.makeTempDir();
  const clients = [openFile(`${folder}/venue.db`), openFile(`${folder}/venue.db`)];
  await Promise.all(clients.map(migrate));
  const venues = await Promise.all(clients.map((client) => memoryVenue({ client })));
  await checkParallel(venues);
  for (const venue of venues) await venue.close();
  for (const client of clients) client.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("without station ids a disposable token is good once, however many ask at once", async () => {
  const venue = await memoryVenue();
  const one = await holder(venue);
  const answers = await Promise.all(Array.from({ length: 32 }, () => show(venue, one, 0)));
  equal(answers.filter(Boolean).length, 1);
  equal(await show(venue, one, 0), false);
  await venue.close();
});

Deno.test("the same question asked 32 times at once has one answer", async () => {
  const venue = await memoryVenue();
  const one = await holder(venue);
  const answers = await Promise.all(Array.from({ length: 32 }, () => show(venue, one, 1)));
  equal(answers.filter(Boolean).length, 32);
  await venue.close();
});

const shows = fc.array(
  fc.record({
    accessPoints: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 }),
    wait: fc.nat(20_000),
  }),
  { minLength: 1, maxLength: 4 },
);

Deno.test("whoever shows a token, and when: it is good at one access point, for 30 s from the first time", async () => {
  const venue = await memoryVenue();
  const property = fc.asyncProperty(shows, fc.boolean(), async (groups, stops) => {
    const one = await holder(venue);
    let taken: { readonly by: number; readonly at: number } | undefined;
    let stopped = false;
    for (const { accessPoints, wait } of groups) {
      const answers = await Promise.all(accessPoints.map((number) => show(venue, one, number)));
      const now = venue.clock.at.getTime();
      if (!taken) {
        const by = accessPoints[answers.indexOf(true)];
        ok(by !== undefined, "the first log-in is let in");
        taken = { by, at: now };
        if (by === 0) equal(answers.filter(Boolean).length, 1);
      } else {
        const isRepeatable: boolean = !stopped && taken.by !== 0 && now - taken.at <= 30_000;
        const { by } = taken;
        deepEqual(answers, accessPoints.map((number) => isRepeatable && number === by));
      }
      const { by } = taken;
      if (by !== 0) answers.forEach((accepted, index) => ok(!accepted || accessPoints[index] === by));
      venue.clock.pass(wait + 1);
      if (stops && !stopped) {
        stopped = true;
        const id = `session of ${one.user.username}`;
        await venue.post("accounting", one.organization, {
          status_type: "Stop",
          unique_id: id.slice(0, 32),
          session_id: id,
          nas_ip_address: "10.0.0.1",
          username: one.user.username,
        });
      }
    }
  });
  // Each refused key is checked as a password too.
  await checkProperty(property, 60);
  deepEqual(venue.faults, []);
  await venue.close();
});
