import { deepEqual, equal, ok } from "node:assert/strict";
import type { Crypto } from "../../../src/aaa/credentials/crypto.ts";
import { passwordVerifier } from "../../../src/aaa/credentials/password_verifier.ts";
import { type MemoryVenue, memoryVenue } from "../../support/memory_venue.ts";
import { logIn, withPasswords } from "./guest_client.ts";

/** Our own format and cost; nobody knows the password. */
const STORED = `scrypt$32768$${"s".repeat(22)}$8$1$${btoa("x".repeat(64))}`;
const CALLS = 200;
const ACCOUNTS = 5;

Deno.test("by no answer, nor by its time, can a stranger tell which accounts exist", async () => {
  const venue = await memoryVenue();
  const [alpha, beta] = [await venue.addOrganization(), await venue.addOrganization()];
  const kinds = {
    unknown: () => Promise.resolve(),
    known: (username: string) => venue.addUser({ username, organizations: [alpha] }),
    elsewhere: (username: string) => venue.addUser({ username, organizations: [beta] }),
    deactivated: (username: string) => venue.addUser({ username, organizations: [alpha], isActive: false }),
    "without password": (username: string) => venue.addUser({ username, organizations: [alpha] }),
  };
  for (const [kind, add] of Object.entries(kinds)) {
    for (let at = 0; at < ACCOUNTS; at++) await add(`${kind}-${at}`);
  }
  await venue.rows("update user set password = ? where username not like 'without%'", [STORED]);
  venue.db.cache.clear();

  let hashes = 0;
  const cheaper: Crypto["scrypt"] = (password, salt, cost) => {
    hashes++;
    return venue.deps.crypto.scrypt(password, salt, { ...cost, N: 2048 });
  };
  const guests = withHashes(venue, cheaper);
  const times = new Map<string, number[]>(Object.keys(kinds).map((kind) => [kind, []]));
  const answers = new Set<string>();
  for (let call = 0; call < CALLS; call++) {
    // Taken in turns, so that whatever else the machine does slows all kinds alike.
    const [kind = "", taken] = [...times][call % times.size] ?? [];
    const account = Math.floor(call / times.size) % ACCOUNTS;
    const began = performance.now();
    const { status, text } = await logIn(guests, alpha, `${kind}-${account}`, `wrong-${call}`);
    taken?.push(performance.now() - began);
    answers.add(`${status} ${text}`);
  }
  equal(answers.size, 1, [...answers].join("\n"));
  equal(hashes, CALLS);
  const [unknown = 0, ...others] = [...times.values()].map(median);
  for (const known of others) {
    ok(Math.abs(known - unknown) < 0.4 * unknown, `${others.join(" ms, ")} ms against ${unknown} ms`);
  }
  await venue.close();
});

Deno.test("55: in a crowd those whose turn would come too late are told before a single password is checked, the others are served", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization();
  const { begin, scrypt } = gate();
  const guests = withHashes(venue, scrypt);
  const crowd = Array.from({ length: 60 }, (_, at) => logIn(guests, alpha, `guest-${at}`, "x"));
  const early: number[] = [];
  for (const answer of crowd) answer.then(({ status }) => early.push(status));
  // The last of them has been told by then: it came when the queue was longest.
  equal((await crowd.at(-1))?.status, 429);
  deepEqual(new Set(early), new Set([429]));
  begin();
  const served = (await Promise.all(crowd)).filter(({ status }) => status !== 429);
  ok(served.length >= 20, "twenty at once are what two cores can serve in time");
  deepEqual(new Set(served.map(({ status }) => status)), new Set([400]));
  await venue.close();
});

function withHashes(venue: MemoryVenue, scrypt: Crypto["scrypt"]) {
  const options = { parallel: 2, longestWaitMs: 60_000 };
  return withPasswords(venue, passwordVerifier({ ...venue.deps.crypto, scrypt }, options));
}

/** Hashes that end when they may. */
function gate() {
  const open = Promise.withResolvers<void>();
  const scrypt: Crypto["scrypt"] = async () => {
    await open.promise;
    return new Uint8Array(64);
  };
  return { begin: () => open.resolve(), scrypt };
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}
