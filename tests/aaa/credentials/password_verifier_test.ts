import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { Crypto, ScryptCost } from "../../../src/aaa/credentials/crypto.ts";
import {
  hashPassword,
  parsePasswordHash,
  verifyPassword,
} from "../../../src/aaa/credentials/password_hash.ts";
import {
  LOGIN_PAGE_PATIENCE_MS,
  passwordVerifier,
  type Verdict,
} from "../../../src/aaa/credentials/password_verifier.ts";
import { nativeCrypto } from "../../../src/runtime/crypto.ts";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const MINUTE = 60_000;
/** One hash of our own cost. */
const TYPICAL_MS = parsePasswordHash(`scrypt$32768$salt$8$1$${"A".repeat(86)}==`)?.typicalMs ?? NaN;
const GENUINE: Verdict = { kind: "genuine", rehash: false };
const WRONG: Verdict = { kind: "wrong" };
const PATIENT = { parallel: 2, longestWaitMs: 60_000 };

/** Lets what became possible happen. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

interface PacedCrypto {
  readonly crypto: Crypto;
  /** What was hashed so far, in order. */
  readonly started: { readonly password: string; readonly cost: ScryptCost }[];
  /** What the stopwatch shows. */
  readonly stopwatchMs: () => number;
  /** Lets the hash that started first end, `tookMs` after the last event. */
  finish(tookMs?: number): Promise<void>;
}

/** scrypt's place is taken by a quick digest that ends when the test says so. */
function pacedCrypto(): PacedCrypto {
  const native = nativeCrypto();
  const started: PacedCrypto["started"] = [];
  const waiting: (() => void)[] = [];
  let elapsedMs = 0;

  async function scrypt(password: Uint8Array, salt: Uint8Array, cost: ScryptCost): Promise<Uint8Array> {
    started.push({ password: new TextDecoder().decode(password), cost });
    await new Promise<void>((resolve) => waiting.push(resolve));
    const digest = native.sha256(new Uint8Array([...password, 0, ...salt]));
    return new Uint8Array([...digest, ...digest]);
  }

  return {
    crypto: { ...native, scrypt },
    started,
    stopwatchMs: () => elapsedMs,
    async finish(tookMs = 0) {
      elapsedMs += tookMs;
      waiting.shift()?.();
      await settle();
    },
  };
}

async function storedBy({ crypto, started, finish }: PacedCrypto, password: string): Promise<string> {
  const encoded = hashPassword(crypto, password);
  await finish();
  started.length = 0;
  return await encoded;
}

Deno.test("verify() tells a right password from a wrong one, and an own format from one to hash anew", async () => {
  const crypto = nativeCrypto();
  const passwords = passwordVerifier(crypto, PATIENT);
  const ada = { userId: "ada", encoded: await passwords.hash("pässwörd ") };
  const imported = {
    userId: "bob",
    encoded: "pbkdf2_sha256$1000$seasalt$+hs9qSCcGyNSGDNojIEbomuX9WI/mzTF5yfwAXqyKOo=",
  };

  deepEqual(await passwords.verify(ada, "pässwörd ", NOW), GENUINE);
  deepEqual(await passwords.verify(ada, "pässwörd", NOW), WRONG);
  deepEqual(await passwords.verify(imported, "secret", NOW), { kind: "genuine", rehash: true });
  deepEqual(await passwords.verify(imported, "Secret", NOW), WRONG);
  ok(await verifyPassword(crypto, await passwords.hash("secret"), "secret"));
});

Deno.test("whoever cannot log in costs exactly one hash of our own cost, like a wrong password", async () => {
  const paced = pacedCrypto();
  const encoded = await storedBy(paced, "secret");
  const passwords = passwordVerifier(paced.crypto, PATIENT);
  const refused = {
    "an unknown user": null,
    "a wrong password": { userId: "ada", encoded },
    "an unusable password": { userId: "ada", encoded: "!" + "a".repeat(40) },
    "no password": { userId: "ada", encoded: "" },
    "a format nobody knows": { userId: "ada", encoded: "md5$salt$00" },
    "a hash over the limits": { userId: "ada", encoded: encoded.replace("$8$1$", "$8$9999$") },
  };
  for (const [name, candidate] of Object.entries(refused)) {
    const verdict = passwords.verify(candidate, "guess", NOW);
    await paced.finish();
    deepEqual(await verdict, WRONG, name);
    const cost = { N: 32_768, r: 8, p: 1, keyLength: 64 };
    deepEqual(paced.started.splice(0), [{ password: "guess", cost }], name);
  }
});

Deno.test("a right password is remembered for five minutes from its check, and a wrong one never", async () => {
  const paced = pacedCrypto();
  const ada = { userId: "ada", encoded: await storedBy(paced, "secret") };
  const passwords = passwordVerifier(paced.crypto, PATIENT);
  const first = passwords.verify(ada, "secret", NOW);
  await paced.finish();
  deepEqual(await first, GENUINE);

  deepEqual(await passwords.verify(ada, "secret", NOW + 4 * MINUTE), GENUINE);
  deepEqual(await passwords.verify(ada, "secret", NOW + 5 * MINUTE - 1), GENUINE);
  equal(paced.started.length, 1);

  const late = passwords.verify(ada, "secret", NOW + 5 * MINUTE);
  const wrong = passwords.verify(ada, "guess", NOW);
  await paced.finish();
  await paced.finish();
  deepEqual([await late, await wrong], [GENUINE, WRONG]);
  equal(paced.started.length, 3);

  const wrongAgain = passwords.verify(ada, "guess", NOW);
  equal(paced.started.length, 4);
  await paced.finish();
  deepEqual(await wrongAgain, WRONG);
});

Deno.test("a remembered password is forgotten with a new hash, and is nobody else's", async () => {
  const paced = pacedCrypto();
  const ada = { userId: "ada", encoded: await storedBy(paced, "secret") };
  const passwords = passwordVerifier(paced.crypto, { ...PATIENT, parallel: 9 });
  passwords.verify(ada, "secret", NOW);
  await paced.finish();

  const others = [
    { candidate: { ...ada, encoded: await storedBy(paced, "changed") }, password: "secret" },
    { candidate: { ...ada, encoded: "!" }, password: "secret" },
    { candidate: { ...ada, userId: "bob" }, password: "guess" },
    { candidate: { userId: "ad", encoded: `a${ada.encoded}` }, password: "secret" },
    { candidate: null, password: "secret" },
  ];
  for (const { candidate, password } of others) {
    const verdict = passwords.verify(candidate, password, NOW);
    equal(paced.started.length, 1);
    await paced.finish();
    deepEqual(await verdict, WRONG);
    paced.started.length = 0;
  }
});

Deno.test("ten thousand passwords are remembered, the oldest is forgotten first", async () => {
  const crypto = { ...nativeCrypto(), equal: () => true, scrypt: () => Promise.resolve(new Uint8Array(64)) };
  const encoded = await hashPassword(crypto, "");
  let hashes = 0;
  const counting = { ...crypto, scrypt: () => (hashes++, Promise.resolve(new Uint8Array(64))) };
  const passwords = passwordVerifier(counting, PATIENT);
  for (let user = 0; user <= 10_000; user++) await passwords.verify({ userId: `${user}`, encoded }, "p", NOW);
  equal(hashes, 10_001);

  await passwords.verify({ userId: "1", encoded }, "p", NOW);
  await passwords.verify({ userId: "10000", encoded }, "p", NOW);
  equal(hashes, 10_001);
  await passwords.verify({ userId: "0", encoded }, "p", NOW);
  equal(hashes, 10_002);
});

Deno.test("a remembered password is answered while the queue is full", async () => {
  const paced = pacedCrypto();
  const ada = { userId: "ada", encoded: await storedBy(paced, "secret") };
  const passwords = passwordVerifier(paced.crypto, { parallel: 1, longestWaitMs: 0 });
  passwords.verify(ada, "secret", NOW);
  await paced.finish();
  const running = passwords.verify(null, "guess", NOW);

  deepEqual(await passwords.verify(ada, "secret", NOW), GENUINE);
  deepEqual(await passwords.verify(ada, "other", NOW), { kind: "overloaded", retryAfterSeconds: 1 });
  await paced.finish();
  await running;
});

Deno.test("the same log-in fifty times at once is hashed once for each core", async () => {
  const paced = pacedCrypto();
  const ada = { userId: "ada", encoded: await storedBy(paced, "secret") };
  const passwords = passwordVerifier(paced.crypto, PATIENT);

  const verdicts = Array.from({ length: 50 }, () => passwords.verify(ada, "secret", NOW));
  await paced.finish();
  await paced.finish();
  for (const verdict of await Promise.all(verdicts)) deepEqual(verdict, GENUINE);
  equal(paced.started.length, 2);
});

Deno.test("the same wrong password at once is hashed as often for a user as for nobody", async () => {
  for (const isUser of [true, false]) {
    const paced = pacedCrypto();
    const ada = { userId: "ada", encoded: await storedBy(paced, "secret") };
    const passwords = passwordVerifier(paced.crypto, PATIENT);
    const verdicts = Array.from({ length: 10 }, () => passwords.verify(isUser ? ada : null, "guess", NOW));
    for (let hash = 0; hash < 10; hash++) await paced.finish();
    for (const verdict of await Promise.all(verdicts)) deepEqual(verdict, WRONG);
    equal(paced.started.length, 10);
  }
});

Deno.test("hashes run two at a time in the order they were asked for, new ones after the log-ins", async () => {
  const paced = pacedCrypto();
  const passwords = passwordVerifier(paced.crypto, PATIENT);
  const order = () => paced.started.map(({ password }) => password).join(" ");

  const verdicts = ["1", "2", "3"].map((password) => passwords.verify(null, password, NOW));
  const anew = [passwords.hash("a"), passwords.hash("b")];
  const last = passwords.verify(null, "4", NOW);
  equal(order(), "1 2");
  await paced.finish();
  equal(order(), "1 2 3");
  for (let hash = 0; hash < 5; hash++) await paced.finish();
  equal(order(), "1 2 3 4 a b");
  await Promise.all([...verdicts, ...anew, last]);
});

Deno.test("a new hash gets its turn although log-ins never stop", async () => {
  const paced = pacedCrypto();
  const passwords = passwordVerifier(paced.crypto, { ...PATIENT, parallel: 1 });
  const verdicts = Array.from({ length: 30 }, () => passwords.verify(null, "login", NOW));
  const anew = passwords.hash("anew");
  for (let hash = 0; hash < 31; hash++) await paced.finish();

  equal(paced.started.findIndex(({ password }) => password === "anew"), 8);
  await Promise.all([...verdicts, anew]);
});

Deno.test("whoever would wait too long is told so at once, by what hashes take on this machine", async () => {
  const paced = pacedCrypto();
  const options = { parallel: 2, longestWaitMs: 3000, stopwatchMs: paced.stopwatchMs };
  const passwords = passwordVerifier(paced.crypto, options);

  /** How many of 200 at once are let in, and the others' first advice. */
  async function flood(tookMs: number): Promise<{ admitted: number; retryAfterSeconds: number | undefined }> {
    const before = paced.started.length;
    const verdicts = Array.from({ length: 200 }, () => passwords.verify(null, "guess", NOW));
    await settle();
    for (let running = 1; running > 0;) {
      const seen = paced.started.length;
      // Two run side by side, so each event is half of what one takes apart.
      await paced.finish(tookMs / 2);
      running = paced.started.length - seen;
    }
    await paced.finish(tookMs / 2);
    const turnedAway = (await Promise.all(verdicts)).find(({ kind }) => kind === "overloaded");
    const retryAfterSeconds = turnedAway?.kind === "overloaded" ? turnedAway.retryAfterSeconds : undefined;
    return { admitted: paced.started.length - before, retryAfterSeconds };
  }

  await flood(100);
  const usual = await flood(100);
  ok(Math.abs(usual.admitted - 62) <= 2, `${usual.admitted} at 100 ms`);
  equal(usual.retryAfterSeconds, 1);
  await flood(1000);
  const slow = await flood(1000);
  ok(Math.abs(slow.admitted - 8) <= 1, `${slow.admitted} at 1 s`);
});

Deno.test("fifty log-ins at once are all let in before anything was measured", async () => {
  const paced = pacedCrypto();
  const passwords = passwordVerifier(paced.crypto, { parallel: 2, longestWaitMs: 3000 });
  const verdicts = Array.from({ length: 50 }, () => passwords.verify(null, "guess", NOW));
  for (let hash = 0; hash < 50; hash++) await paced.finish();
  for (const verdict of await Promise.all(verdicts)) deepEqual(verdict, WRONG);
});

Deno.test("log-ins that were answered from memory do not make hashes look quick", async () => {
  const paced = pacedCrypto();
  const ada = { userId: "ada", encoded: await storedBy(paced, "secret") };
  const passwords = passwordVerifier(paced.crypto, {
    parallel: 1,
    longestWaitMs: 1000,
    stopwatchMs: paced.stopwatchMs,
  });
  const same = Array.from({ length: 10 }, () => passwords.verify(ada, "secret", NOW));
  await paced.finish(70);
  await Promise.all(same);
  equal(paced.started.length, 1);

  const verdicts = Array.from({ length: 100 }, () => passwords.verify(null, "guess", NOW));
  for (let hash = 0; hash < 100; hash++) await paced.finish(70);
  const answered = (await Promise.all(verdicts)).filter(({ kind }) => kind === "wrong").length;
  ok(answered >= 14 && answered <= 16, `${answered}`);
});

Deno.test("a hash that fails is the fault of one log-in, and the next one is served", async () => {
  const native = nativeCrypto();
  const encoded = await hashPassword(native, "secret");
  let calls = 0;
  const failing: Crypto = {
    ...native,
    scrypt: (...parameters) =>
      calls++ === 0 ? Promise.reject(new Error("no memory")) : native.scrypt(...parameters),
  };
  const passwords = passwordVerifier(failing, { parallel: 1, longestWaitMs: 1000 });
  const failed = passwords.verify({ userId: "ada", encoded }, "secret", NOW);
  const served = passwords.verify({ userId: "ada", encoded }, "secret", NOW);
  await rejects(failed, /no memory/);
  deepEqual(await served, GENUINE);
});

Deno.test("hashNow() takes its turn among the log-ins, and the new password is remembered with its hash alone", async () => {
  const paced = pacedCrypto();
  const passwords = passwordVerifier(paced.crypto, { ...PATIENT, parallel: 1 });
  const login = passwords.verify(null, "1", NOW);
  const anew = passwords.hashNow("ada", "new", NOW);
  const last = passwords.verify(null, "2", NOW);
  for (let hash = 0; hash < 3; hash++) await paced.finish();
  equal(paced.started.map(({ password }) => password).join(" "), "1 new 2");
  await Promise.all([login, last]);

  const made = await anew;
  ok(made.kind === "hashed");
  deepEqual(await passwords.verify({ userId: "ada", encoded: made.encoded }, "new", NOW), GENUINE);
  equal(paced.started.length, 3);
  const another = passwords.verify({ userId: "bob", encoded: made.encoded }, "new", NOW);
  await paced.finish();
  await another;
  equal(paced.started.length, 4);
});

Deno.test("exchange() hashes both passwords side by side, and the present one not at all when it is remembered", async () => {
  const paced = pacedCrypto();
  const ada = { userId: "ada", encoded: await storedBy(paced, "old") };
  const passwords = passwordVerifier(paced.crypto, PATIENT);
  const first = passwords.exchange(ada, { present: "old", next: "new" }, NOW);
  await settle();
  equal(paced.started.length, 2);
  await paced.finish();
  await paced.finish();
  equal((await first).kind, "hashed");

  paced.started.length = 0;
  const second = passwords.exchange(ada, { present: "old", next: "newer" }, NOW);
  await paced.finish();
  equal((await second).kind, "hashed");
  deepEqual(paced.started.map(({ password }) => password), ["newer"]);
});

Deno.test("exchange() makes nothing of a wrong password, and spares the second hash on one core", async () => {
  for (const parallel of [1, 2]) {
    const paced = pacedCrypto();
    const ada = { userId: "ada", encoded: await storedBy(paced, "old") };
    const passwords = passwordVerifier(paced.crypto, { ...PATIENT, parallel });
    const exchange = passwords.exchange(ada, { present: "wrong", next: "new" }, NOW);
    for (let hash = 0; hash < parallel; hash++) await paced.finish();
    deepEqual(await exchange, WRONG);
    equal(paced.started.length, parallel);
  }
});

Deno.test("whoever asks may be less patient than the verifier, and is told at once", async () => {
  const paced = pacedCrypto();
  const ada = { userId: "ada", encoded: await storedBy(paced, "old") };
  const passwords = passwordVerifier(paced.crypto, { ...PATIENT, parallel: 1 });
  const verdicts = Array.from({ length: 30 }, () => passwords.verify(null, "login", NOW));
  const told = [
    await passwords.verify(ada, "old", NOW, 500),
    await passwords.hashNow("ada", "new", NOW, 500),
    await passwords.exchange(ada, { present: "old", next: "new" }, NOW, 500),
  ];
  deepEqual(told.map(({ kind }) => kind), ["overloaded", "overloaded", "overloaded"]);
  for (let hash = 0; hash < 30; hash++) await paced.finish();
  await Promise.all(verdicts);
  equal(paced.started.length, 30);
});

Deno.test("of a crowd that changes passwords, whoever is let in is done within the pages' patience and two hashes", async () => {
  const paced = pacedCrypto();
  const encoded = await storedBy(paced, "old");
  const options = { parallel: 2, longestWaitMs: 3000, stopwatchMs: paced.stopwatchMs };
  const passwords = passwordVerifier(paced.crypto, options);
  const doneAtMs: number[] = [];
  const crowd = Array.from({ length: 60 }, async (_, user) => {
    const stored = { userId: `${user}`, encoded };
    const { kind } = await passwords.exchange(
      stored,
      { present: "old", next: "new" },
      NOW,
      LOGIN_PAGE_PATIENCE_MS,
    );
    doneAtMs.push(kind === "overloaded" ? 0 : paced.stopwatchMs());
  });
  await settle();
  // A hash takes what is typical for it; two run side by side.
  while (doneAtMs.length < crowd.length) await paced.finish(TYPICAL_MS / 2);
  await Promise.all(crowd);
  ok(Math.max(...doneAtMs) <= LOGIN_PAGE_PATIENCE_MS + 2 * TYPICAL_MS, `${Math.max(...doneAtMs)} ms`);
  const letIn = doneAtMs.filter((at) => at > 0).length;
  ok(letIn >= LOGIN_PAGE_PATIENCE_MS / TYPICAL_MS && letIn < crowd.length, `${letIn}`);
});

Deno.test("whoever has waited far longer than expected when her turn comes is told so, and not hashed for nobody", async () => {
  const paced = pacedCrypto();
  const options = { parallel: 1, longestWaitMs: 100, stopwatchMs: paced.stopwatchMs };
  const passwords = passwordVerifier(paced.crypto, options);
  const first = passwords.verify(null, "first", NOW);
  const second = passwords.verify(null, "second", NOW);
  const patient = passwords.hashNow("ada", "third", NOW, 1000);
  await paced.finish(131);
  deepEqual(await first, WRONG);
  deepEqual(await second, { kind: "overloaded", retryAfterSeconds: 1 });
  await paced.finish();
  equal((await patient).kind, "hashed");
  deepEqual(paced.started.map(({ password }) => password), ["first", "third"]);
});

Deno.test("a change of password whose turn comes too late is told so, and nothing is hashed for it any more", async () => {
  const paced = pacedCrypto();
  const encoded = await storedBy(paced, "old");
  const passwords = passwordVerifier(paced.crypto, {
    parallel: 1,
    longestWaitMs: 1000,
    stopwatchMs: paced.stopwatchMs,
  });
  const before = passwords.verify(null, "login", NOW);
  const exchange = passwords.exchange({ userId: "ada", encoded }, { present: "old", next: "new" }, NOW);
  await paced.finish(5000);
  await before;
  equal((await exchange).kind, "overloaded");
  equal(paced.started.length, 1);
});
