import { deepEqual, equal } from "node:assert/strict";
import { openFile } from "../../../src/runtime/file_client.ts";
import { migrate } from "../../../src/storage/migrate.ts";
import { noTurns } from "../../../src/storage/turns.ts";
import { type MemoryVenue, memoryVenue, type TestOrganization } from "../../support/memory_venue.ts";
import { askAccount, type GuestAnswer, withPasswords } from "./guest_client.ts";

const MANY = 16;
const PASSWORDS = { password1: "a-long-word-7", password2: "a-long-word-7" };
const NUMBER = "+393661234567";

type SignUps = (at: number) => Readonly<Record<string, unknown>>;

const IN_ANY_LETTER_CASE: SignUps = (at) => {
  const name = [..."ada@example.org"].map((letter, place) => place === at ? letter.toUpperCase() : letter)
    .join("");
  return { username: name, email: name };
};

/**
 * Without turns, as on Workers and between processes, and with hashes that take no processor: all are past the first
 * look at what there is when the first one writes.
 */
function quick(venue: MemoryVenue): Pick<MemoryVenue, "fetch"> {
  const slowly = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { kind: "hashed", encoded: "!" } as const;
  };
  const db = { ...venue.db, turns: noTurns };
  return withPasswords({ ...venue, deps: { ...venue.deps, db } }, { hashNow: slowly });
}

async function signUpAtOnce(
  doors: readonly Pick<MemoryVenue, "fetch">[],
  organization: TestOrganization,
  signUps: SignUps,
): Promise<GuestAnswer[]> {
  return await Promise.all(Array.from({ length: MANY }, (_, at) => {
    const door = doors[at % doors.length];
    if (!door) throw new TypeError("There is no door");
    return askAccount(door, organization, "", { ...PASSWORDS, ...signUps(at) });
  }));
}

/** One account and what belongs to it, and the same refusal for everybody else. */
async function expectOne(
  venue: MemoryVenue,
  answers: readonly GuestAnswer[],
  refusal: readonly string[],
): Promise<void> {
  equal(answers.filter(({ status }) => status === 201).length, 1);
  const others = answers.filter(({ status }) => status !== 201);
  deepEqual([...new Set(others.map(({ status }) => status))], [400]);
  deepEqual([...new Set(others.map(({ json }) => Object.keys(json).sort().join()))], [refusal.join()]);
  for (const table of ["user", "organization_user", "registered_user", "api_token", "radiustoken"]) {
    equal((await venue.rows(`select count(*) as rows from ${table}`))[0]?.rows, 1, table);
  }
  deepEqual(venue.faults, []);
}

Deno.test("of sixteen sign-ups at once, in any letter case, one makes an account", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization();
  const answers = await signUpAtOnce([quick(venue)], alpha, IN_ANY_LETTER_CASE);
  await expectOne(venue, answers, ["email", "username"]);
  await venue.deliver();
  equal(venue.sent.mails.length, 1);
  await venue.close();
});

Deno.test("those who come too late for a name, an address or a number cost no hash", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization();
  let hashes = 0;
  const door = withPasswords(venue, {
    hashNow: (...sent) => {
      hashes++;
      return venue.deps.passwords.hashNow(...sent);
    },
  });
  await expectOne(venue, await signUpAtOnce([door], alpha, IN_ANY_LETTER_CASE), ["email", "username"]);
  equal(hashes, 1);
  await venue.close();
});

Deno.test("of sixteen who want one address, or one number, one gets it", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization({ settings: { smsVerification: true, smsSender: "Alpha" } });
  const byAddress = await signUpAtOnce([quick(venue)], alpha, (at) => ({
    username: `ada-${at}`,
    email: "ada@example.org",
    phone_number: `+3936612345${10 + at}`,
  }));
  await expectOne(venue, byAddress, ["email"]);
  await venue.rows("delete from user");
  await venue.rows("delete from radiustoken");
  const byNumber = await signUpAtOnce([quick(venue)], alpha, (at) => ({
    username: `ada-${at}`,
    phone_number: NUMBER,
  }));
  await expectOne(venue, byNumber, ["phone_number"]);
  await venue.close();
});

Deno.test("of sign-ups at once in two organizations one makes an account, and the other is told where", async () => {
  const venue = await memoryVenue();
  const door = quick(venue);
  const alpha = await venue.addOrganization({ slug: "alpha" });
  const beta = await venue.addOrganization({ slug: "beta" });
  const ada = { ...PASSWORDS, username: "ada@example.org", email: "ada@example.org" };
  const answers = await Promise.all([alpha, beta].map((place) => askAccount(door, place, "", ada)));
  deepEqual(answers.map(({ status }) => status).sort(), [201, 409]);
  const winner = answers[0]?.status === 201 ? "alpha" : "beta";
  const told = answers.find(({ status }) => status === 409);
  deepEqual(told?.json.organizations, [{ slug: winner, name: winner }]);
  await venue.close();
});

Deno.test("two processes on one file make one account of sixteen sign-ups", async () => {
  const folder = await Deno.makeTempDir();
  const clients = [openFile(`${folder}/portico.db`), openFile(`${folder}/portico.db`)];
  for (const client of clients) await migrate(client);
  const venues = await Promise.all(clients.map((client) => memoryVenue({ client })));
  const [first] = venues;
  if (!first) throw new TypeError("There is no venue");
  const alpha = await first.addOrganization();
  const answers = await signUpAtOnce(venues.map(quick), alpha, IN_ANY_LETTER_CASE);
  await expectOne(first, answers, ["email", "username"]);
  for (const venue of venues) {
    deepEqual(venue.faults, []);
    await venue.close();
  }
  for (const client of clients) client.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("of a name and an address that are the same, and asked for at once, the name is not given too", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization({ slug: "alpha" });
  // The name's owner is past the first look when the address's owner is stored.
  const slow = quick(venue);
  const fast = withPasswords({ ...venue, deps: { ...venue.deps, db: { ...venue.db, turns: noTurns } } }, {
    hashNow: () => Promise.resolve({ kind: "hashed", encoded: "!" } as const),
  });
  const [named, addressed] = await Promise.all([
    askAccount(slow, alpha, "", { ...PASSWORDS, username: "ada@example.org" }),
    askAccount(fast, alpha, "", { ...PASSWORDS, username: "ada", email: "Ada@example.org" }),
  ]);
  equal(addressed.status, 201);
  deepEqual([named.status, Object.keys(named.json)], [400, ["username"]]);
  await venue.close();
});
