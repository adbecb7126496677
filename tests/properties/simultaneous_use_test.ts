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

const SETTINGS = { disposableRadiusUserToken: false };
const CALLED = "11-22-33-44-55-66:hotspot";
const station = (number: number) => `aa:bb:cc:dd:ee:${String(number).padStart(2, "0")}`;

interface Guest {
  readonly organization: TestOrganization;
  readonly user: TestUser;
  readonly password: string;
}

async function guest(venue: MemoryVenue, limit: number): Promise<Guest> {
  const organization = await venue.addOrganization();
  const group = await venue.addGroup(organization.id, {
    checks: [["Simultaneous-Use", ":=", String(limit)]],
  });
  const user = await venue.addUser({ organizations: [organization], groups: [group] });
  return { organization, user, password: await venue.token(user, organization) };
}

/** Whether the log-in was accepted; a refusal must be the one for too many sessions. */
async function login(venue: MemoryVenue, { organization, user, password }: Guest, calling: string) {
  const body = { username: user.username, password, called_station_id: calling && CALLED };
  const { status, text } = await venue.post("authorize", organization, {
    ...body,
    calling_station_id: calling,
  });
  if (status === 200) {
    ok(text.includes('"Accept"'), text);
    return true;
  }
  equal(status, 401);
  ok(text.includes("already logged in"), text);
  return false;
}

async function account(
  venue: MemoryVenue,
  { organization, user }: Guest,
  status: "Start" | "Stop",
  uniqueId: string,
  calling: string,
): Promise<void> {
  const answer = await venue.post("accounting", organization, {
    status_type: status,
    unique_id: uniqueId,
    session_id: uniqueId,
    nas_ip_address: "10.0.0.1",
    username: user.username,
    called_station_id: calling && CALLED,
    calling_station_id: calling,
  });
  ok(answer.status < 300);
}

async function twoProcesses(run: (venues: readonly MemoryVenue[]) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const clients = [openFile(`${folder}/venue.db`), openFile(`${folder}/venue.db`)];
  await Promise.all(clients.map(migrate));
  const venues = await Promise.all(clients.map((client) => memoryVenue({ client, settings: SETTINGS })));
  await run(venues);
  for (const venue of venues) await venue.close();
  for (const client of clients) client.close();
  await Deno.remove(folder, { recursive: true });
}

async function checkParallel(venues: readonly MemoryVenue[], limit: number, withStation: boolean) {
  const [first] = venues;
  ok(first);
  const one = await guest(first, limit);
  const answers = await Promise.all(
    Array.from({ length: 32 }, (_, index) => {
      const venue: MemoryVenue = venues[index % venues.length] ?? first;
      return login(venue, one, withStation ? station(index) : "");
    }),
  );
  equal(answers.filter(Boolean).length, limit, `limit ${limit}, station ids: ${withStation}`);
}

Deno.test("of 32 parallel log-ins exactly as many pass as there are places", async () => {
  const venue = await memoryVenue({ settings: SETTINGS });
  for (const limit of [1, 2, 5, 31, 32]) {
    await checkParallel([venue], limit, true);
    await checkParallel([venue], limit, false);
  }
  await venue.close();
});

Deno.test("of 32 parallel log-ins at two processes on one file exactly as many pass as there are places", async () => {
  await twoProcesses(async (venues) => {
    for (const limit of [1, 3]) {
      await checkParallel(venues, limit, true);
      await checkParallel(venues, limit, false);
    }
  });
});

Deno.test("a place that ran out does not come before one that was taken since", async () => {
  const venue = await memoryVenue({ settings: SETTINGS });
  const one = await guest(venue, 1);
  ok(await login(venue, one, station(1)));
  venue.clock.pass(11_000);
  ok(await login(venue, one, station(2)), "the first one never came: its place has run out");
  venue.clock.pass(1_000);
  ok(!await login(venue, one, station(1)), "the second one holds the only place");
  await venue.close();
});

Deno.test("a Start takes over a place that is held, not one that ran out", async () => {
  const venue = await memoryVenue({ settings: SETTINGS });
  const one = await guest(venue, 2);
  ok(await login(venue, one, ""));
  venue.clock.pass(11_000);
  ok(await login(venue, one, ""));
  await account(venue, one, "Start", "session", "");
  ok(await login(venue, one, ""), "one session and no place: the second of two");
  await venue.close();
});

interface Event {
  readonly kind: "login" | "start" | "stop" | "wait";
  readonly station: number;
  /** The question is asked again before it was answered. */
  readonly twice: boolean;
}

const events = fc.array(
  fc.array(
    fc.record({
      kind: fc.constantFrom<Event["kind"]>("login", "login", "start", "stop", "wait"),
      station: fc.integer({ min: 1, max: 4 }),
      twice: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  { minLength: 1, maxLength: 14 },
);

Deno.test("log-ins, Starts and Stops in any order: those who were let in are never more than allowed", async () => {
  const venue = await memoryVenue({ settings: SETTINGS });
  let sessions = 0;
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 3 }),
    fc.boolean(),
    events,
    async (limit, inParallel, groups) => {
      const one = await guest(venue, limit);
      /** A station to when it was let in, as long as that counts: until its Start or for 10 s. */
      const places = new Map<number, number>();
      const open = new Map<number, string>();
      const isHeld = (at: number | undefined) => at !== undefined && venue.clock.at.getTime() - at < 10_000;
      const occupied = () => {
        const stations = new Set(open.keys());
        for (const [number, at] of places) if (isHeld(at)) stations.add(number);
        return stations;
      };

      const perform = async ({ kind, station: number, twice }: Event) => {
        if (kind === "login") {
          const others = [...occupied()].filter((other) => other !== number).length;
          const answers = await Promise.all(
            (twice ? [1, 2] : [1]).map(() => login(venue, one, station(number))),
          );
          equal(new Set(answers).size, 1, "the same question, two answers");
          const [accepted] = answers;
          if (accepted && !open.has(number)) places.set(number, venue.clock.at.getTime());
          if (!inParallel) equal(accepted, others < limit, `${others} others, limit ${limit}`);
        } else if (kind === "start") {
          // A NAS begins a session only for somebody who was let in.
          if (open.has(number) || !isHeld(places.get(number))) return;
          const id = `session-${++sessions}`;
          open.set(number, id);
          await account(venue, one, "Start", id, station(number));
          places.delete(number);
        } else if (kind === "stop") {
          const id = open.get(number);
          if (!id) return;
          await account(venue, one, "Stop", id, station(number));
          open.delete(number);
        } else venue.clock.pass(number * 3_000);
      };

      for (const group of groups) {
        // What one station does has an order; different stations do things at once.
        const byStation = Map.groupBy(group.filter(({ kind }) => kind !== "wait"), (event) => event.station);
        for (const wait of group.filter(({ kind }) => kind === "wait")) await perform(wait);
        const performAll = async (line: readonly Event[]) => {
          for (const event of line) await perform(event);
        };
        if (inParallel) await Promise.all([...byStation.values()].map(performAll));
        else for (const line of byStation.values()) await performAll(line);
        ok(occupied().size <= limit, `${occupied().size} were let in, limit ${limit}`);
        venue.clock.pass(100);
      }
    },
  );
  await checkProperty(property, 300);
  deepEqual(venue.faults, []);
  await venue.close();
});
