import { deepEqual, doesNotMatch, equal, ok } from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Delivery } from "../../src/aaa/messages/senders.ts";
import { clearExpiredState } from "../../src/jobs/clear_expired_state.ts";
import { dueMessages, pauseSeconds } from "../../src/jobs/outbox_rows.ts";
import { openFile } from "../../src/runtime/file_client.ts";
import { migrate } from "../../src/storage/migrate.ts";
import { enqueueMail, enqueueSms, type OutgoingMail, type OutgoingSms } from "../../src/storage/outbox.ts";
import type { OrganizationId } from "../../src/values/organization_id.ts";
import { type MemoryVenue, memoryVenue } from "../support/memory_venue.ts";
import { recordedClient } from "../support/recorded_client.ts";
import { postman, testMail, testSms } from "../support/test_messages.ts";

const SENT: Delivery = { kind: "sent" };
const BUSY: Delivery = { kind: "not_now", reason: "busy" };
const MINUTE = 60_000;
const never = () => new Promise<Delivery>(() => {});

async function put(venue: MemoryVenue, ...messages: (OutgoingSms | OutgoingMail)[]): Promise<void> {
  const now = venue.deps.now();
  const statements = messages.map((message) =>
    "body" in message ? enqueueSms(venue.deps, message, now) : enqueueMail(venue.deps, message, now)
  );
  await venue.client.batch(statements, "write");
}

const states = async (venue: MemoryVenue) =>
  (await venue.rows("select state, attempts, failure from outbox order by created, rowid")).map(
    ({ state, attempts, failure }) => [state, attempts, failure],
  );

Deno.test("a message is handed over as it was put, once, and its words are gone after", async () => {
  const venue = await memoryVenue();
  const expiresAt = new Date("2026-11-22T12:30:00Z");
  const sms = testSms("code 123456", { metaData: { campaign: "è" }, expiresAt });
  const mail = testMail("Hello");
  await put(venue, sms, mail);
  await venue.deliver();
  await venue.deliver();

  deepEqual(venue.sent.sms, [sms]);
  deepEqual(venue.sent.mails, [mail]);
  deepEqual(await venue.rows("select state, sealed, failure from outbox"), [
    { state: "sent", sealed: null, failure: null },
    { state: "sent", sealed: null, failure: null },
  ]);
  await venue.close();
});

Deno.test("of a text message is told which organization sends it, also when nobody tries it any more", async () => {
  const venue = await memoryVenue();
  const events: unknown[] = [];
  const observe = (event: unknown) => void events.push(event);
  const post = postman(venue, () => ({ kind: "refused", reason: "no" }), { observe });
  await put(venue, testSms("code 123456"), testMail("Hello"));
  await post.deliver();
  await put(venue, testSms("code 654321", { expiresAt: new Date(venue.clock.at.getTime() + MINUTE) }));
  venue.clock.pass(MINUTE);
  await post.deliver();
  const [expired, ...refused] = events.reverse();
  deepEqual(expired, { kind: "sms", organization: "alpha", result: "expired", reason: "its time was over" });
  const what = { result: "refused", reason: "no" };
  equal(refused.length, 2);
  for (const event of [{ kind: "sms", organization: "alpha" }, { kind: "mail", organization: null }]) {
    ok(refused.some((one) => isDeepStrictEqual(one, { ...event, ...what })));
  }
  await venue.close();
});

Deno.test("neither a code nor a number can be found in the database's file while a message waits", async () => {
  const folder = mkdtempSync(join(tmpdir(), "portico-outbox-"));
  const client = openFile(join(folder, "portico.db"));
  await migrate(client);
  const venue = await memoryVenue({ client });
  await put(venue, testSms("code 918273"));
  for (const name of ["portico.db", "portico.db-wal"]) {
    doesNotMatch(readFileSync(join(folder, name), "latin1"), /918273|393665243702/);
  }
  await venue.close();
  client.close();
  rmSync(folder, { recursive: true });
});

Deno.test("what could not be delivered is tried again after growing pauses, until its time is over", async () => {
  const venue = await memoryVenue();
  const post = postman(venue, () => BUSY);
  await put(venue, testSms("code"));
  const attemptedAfter: number[] = [];
  for (let second = 0; second <= 3_700; second++) {
    const before = post.handed.length;
    await post.deliver();
    if (post.handed.length > before) attemptedAfter.push(second);
    venue.clock.pass(1_000);
  }
  deepEqual(attemptedAfter, [0, 5, 20, 65, 200, 605, 1_820]);
  deepEqual(post.events.at(-1), "sms expired busy");
  deepEqual(await states(venue), [["expired", 7, "busy"]]);
  deepEqual([1, 6, 7, 50].map(pauseSeconds), [5, 1_215, 1_800, 1_800]);
  await venue.close();
});

Deno.test("a gateway that says when to come back is asked then, within reason", async () => {
  const venue = await memoryVenue();
  const post = postman(venue, () => ({ ...BUSY, retryAfterSeconds: 120 }));
  await put(venue, testMail("one"));
  await post.deliver();
  venue.clock.pass(119_000);
  await post.deliver();
  equal(post.handed.length, 1);
  venue.clock.pass(1_000);
  await post.deliver();
  equal(post.handed.length, 2);
  await venue.close();
});

Deno.test("when the next attempt is due is known as soon as one has failed", async () => {
  const venue = await memoryVenue();
  const due: string[] = [];
  const post = postman(venue, () => BUSY, { dueNext: (at) => due.push(at.toISOString()) });
  await put(venue, testSms("code"));
  await post.deliver();
  equal(due.at(-1), "2026-11-22T12:00:05.000Z");
  await venue.close();
});

Deno.test("a refusal is the end", async () => {
  const venue = await memoryVenue();
  const post = postman(venue, () => ({ kind: "refused", reason: "webhook: HTTP 400" }));
  await put(venue, testSms("code"), testMail("mail"));
  await post.deliver();
  venue.clock.pass(60 * MINUTE);
  await post.deliver();
  equal(post.handed.length, 2);
  deepEqual(await states(venue), [["refused", 1, "webhook: HTTP 400"], ["refused", 1, "webhook: HTTP 400"]]);
  deepEqual(await venue.rows("select 1 from outbox where sealed is not null"), []);
  await venue.close();
});

Deno.test("where nobody knows what happened, a mail is repeated under its name and a text message is not", async () => {
  const venue = await memoryVenue();
  let outcome: Delivery = { kind: "unknown", reason: "the connection ended" };
  const post = postman(venue, () => outcome);
  await put(venue, testSms("code"), testMail("mail"));
  await post.deliver();
  outcome = SENT;
  venue.clock.pass(10 * MINUTE);
  await post.deliver();

  deepEqual(post.handed.map(({ words }) => words).sort(), ["code", "mail", "mail"]);
  equal(new Set(post.handed.filter(({ words }) => words === "mail").map(({ id }) => id)).size, 1);
  deepEqual((await states(venue)).map(([state]) => state), ["unknown", "sent"]);
  await venue.close();
});

Deno.test("a process that died during an attempt: the mail is sent by another, the text message by nobody", async () => {
  const venue = await memoryVenue();
  const dead = postman(venue, never);
  await put(venue, testSms("code"), testMail("mail"));
  dead.wake();
  while (dead.handed.length < 2) await new Promise((resolve) => setTimeout(resolve, 1));

  const alive = postman(venue, () => SENT);
  venue.clock.pass(MINUTE);
  await alive.deliver();
  deepEqual(alive.handed, [], "an attempt may take that long");
  venue.clock.pass(2 * MINUTE);
  await alive.deliver();
  deepEqual(alive.handed, dead.handed.filter(({ words }) => words === "mail"));
  deepEqual(alive.events.sort(), ["mail sent", "sms unknown the program ended during the attempt"]);
  await venue.close();
});

Deno.test("an attempt that comes back after its claim has ended changes nothing any more", async () => {
  const venue = await memoryVenue();
  let answer = (_: Delivery) => {};
  const slow = postman(venue, () => new Promise((resolve) => answer = resolve));
  await put(venue, testMail("mail"));
  slow.wake();
  while (!slow.handed.length) await new Promise((resolve) => setTimeout(resolve, 1));
  venue.clock.pass(3 * MINUTE);
  await postman(venue, () => SENT).deliver();
  answer(BUSY);
  await slow.idle();
  deepEqual(await states(venue), [["sent", 2, null]]);
  deepEqual(slow.events, []);
  await venue.close();
});

Deno.test("two processes on one database send two hundred messages once each", async () => {
  const folder = mkdtempSync(join(tmpdir(), "portico-outbox-"));
  const clients = [0, 1].map(() => openFile(join(folder, "portico.db")));
  for (const client of clients) await migrate(client);
  const venues = await Promise.all(clients.map((client) => memoryVenue({ client })));
  const [first] = venues;
  ok(first);
  await put(first, ...Array.from({ length: 200 }, (_, at) => testSms(`code ${at}`)));
  const pause = async () => {
    await new Promise((resolve) => setTimeout(resolve, 2));
    return SENT;
  };
  const posts = venues.map((venue) => postman(venue, pause));
  await Promise.all(posts.map((post) => post.deliver()));

  const words = posts.flatMap(({ handed }) => handed.map(({ words }) => words));
  equal(words.length, 200);
  equal(new Set(words).size, 200);
  ok(posts.every(({ handed }) => handed.length > 10), "both had a part in it");
  for (const venue of venues) {
    deepEqual(venue.faults, []);
    await venue.close();
  }
  for (const client of clients) client.close();
  rmSync(folder, { recursive: true });
});

Deno.test("a message whose code is worth nothing any more is not sent", async () => {
  const venue = await memoryVenue();
  const expiresAt = new Date(venue.clock.at.getTime() + 30 * MINUTE);
  await put(venue, testSms("code", { expiresAt }), testMail("mail", { validSeconds: 60 }));
  venue.clock.pass(30 * MINUTE);
  await venue.deliver();
  deepEqual([venue.sent.sms, venue.sent.mails], [[], []]);
  deepEqual((await states(venue)).map(([state]) => state), ["expired", "expired"]);
  deepEqual(await venue.rows("select 1 from outbox where sealed is not null"), []);
  await venue.close();
});

Deno.test("a gateway that hangs holds up neither mail nor other gateways, and is given up at its deadline", async () => {
  const venue = await memoryVenue();
  const own = (slug: string) => ({ id: slug as OrganizationId, slug, hasOwnGateway: true });
  const hanging = Array.from(
    { length: 20 },
    (_, at) => testSms(`hangs ${at}`, { organization: own("beta") }),
  );
  await put(
    venue,
    ...hanging,
    testSms("sms"),
    testSms("own", { organization: own("gamma") }),
    testMail("mail"),
  );
  const post = postman(venue, (words) => words.startsWith("hangs") ? never() : SENT, {
    deadlineMilliseconds: { mail: 200, sms: 200 },
  });
  post.wake();
  while (post.events.length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  deepEqual(post.events.toSorted(), ["mail sent", "sms sent", "sms sent"]);
  equal(post.handed.filter(({ words }) => words.startsWith("hangs")).length, 8, "no more at a time");

  await post.idle();
  equal(post.events.filter((event) => event === "sms unknown no answer within 0.2 s").length, 20);
  await venue.close();
});

Deno.test("more messages than are looked at together are all delivered", async () => {
  const venue = await memoryVenue();
  await put(venue, ...Array.from({ length: 230 }, (_, at) => testMail(`mail ${at}`)));
  await venue.deliver();
  equal(venue.sent.mails.length, 230);
  await venue.close();
});

Deno.test("a sender that throws says nothing of the message to the log", async () => {
  const venue = await memoryVenue();
  const post = postman(venue, (words) => {
    throw new TypeError(`Invalid URL: https://gateway.example/?text=${words}`);
  });
  await put(venue, testSms("code 123456"));
  await post.deliver();
  deepEqual(post.events, ["sms unknown the sender failed (TypeError)"]);
  deepEqual(venue.faults, []);
  await venue.close();
});

Deno.test("a message that was sealed with another secret key is given up", async () => {
  const venue = await memoryVenue();
  await put(venue, testSms("code"));
  const post = postman(venue, () => SENT, { serverKey: new Uint8Array(32).fill(9) });
  await post.deliver();
  deepEqual(post.events, ["sms refused it was sealed with another secret key"]);
  deepEqual(post.handed, []);
  await venue.close();
});

Deno.test("what became of a message is forgotten after a week, what waits is not", async () => {
  const venue = await memoryVenue();
  await put(venue, testMail("sent"));
  await venue.deliver();
  venue.clock.pass(7 * 24 * 60 * MINUTE + 1);
  await put(venue, testMail("waits"));
  await clearExpiredState(venue.db, venue.deps.now());
  deepEqual(await venue.rows("select state from outbox"), [{ state: "waiting" }]);
  await venue.close();
});

Deno.test("looking for messages reads of each lane what is wanted of it, and nothing that is settled", async () => {
  const { client, take } = recordedClient(openFile(":memory:"));
  await migrate(client);
  const venue = await memoryVenue({ client });
  const own = testSms("own", { organization: { ...testSms("").organization, hasOwnGateway: true } });
  await put(venue, ...Array.from({ length: 60 }, (_, at) => testMail(`mail ${at}`)), testSms("one"), own);
  take();
  const { due } = await dueMessages(venue.db, venue.deps.now());
  const lanes = due.map(({ lane }) => lane);
  const counts = [...new Set(lanes)].map((lane) => [lane, lanes.filter((other) => other === lane).length]);
  deepEqual(Object.fromEntries(counts), { mail: 50, sms: 1, [`sms ${own.organization.id}`]: 1 });

  const statements = take();
  equal(statements.length, 2);
  for (const sql of statements) {
    const { rows } = await client.execute(`explain query plan ${sql}`);
    const steps = rows.map((row) => String(row[3]));
    ok(steps.every((step) => !step.includes("SCAN") || step === "SCAN lanes"), steps.join("\n"));
  }
  await venue.close();
  client.close();
});

Deno.test("messages are counted by what became of them", async () => {
  const venue = await memoryVenue();
  await put(venue, testSms("sent"));
  await venue.deliver();
  await put(venue, testMail("waits"));
  const metrics = await (await venue.fetch("/metrics")).text();
  ok(metrics.includes('portico_messages_total{kind="sms",result="sent"} 1\n'), metrics);
  ok(metrics.includes('portico_messages_total{kind="mail",result="refused"} 0\n'), metrics);
  ok(metrics.includes('portico_outbox_waiting{kind="mail"} 1\n'), metrics);
  await venue.close();
});
