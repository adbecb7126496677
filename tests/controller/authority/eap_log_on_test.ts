import { deepEqual, equal, ok } from "node:assert/strict";
import { v7 as uuid } from "uuid";
import type { Zone } from "../../../src/aaa/identity/zones.ts";
import type { AuthorityAnswer } from "../../../src/controller/authority/authority.ts";
import { localAuthority } from "../../../src/controller/authority/local_authority.ts";
import { radcheck } from "../../../src/storage/schema/groups.ts";
import { toSqlDateTime } from "../../../src/values/sql_date_time.ts";
import { eapIdentity, eapMd5Response, eapResponse } from "../../support/eap_peer.ts";
import { testZone } from "../../support/memory_controller.ts";
import { type MemoryVenue, memoryVenue } from "../../support/memory_venue.ts";

interface Box {
  readonly venue: MemoryVenue;
  ask(message: Uint8Array, state?: Uint8Array | null, userName?: string): Promise<AuthorityAnswer>;
  /** A challenge for the user. */
  challenge(userName?: string): Promise<Extract<AuthorityAnswer, { kind: "challenge" }>>;
  /** The reasons on record, and their explanations, once what goes on after answers is done. */
  refusals(): Promise<readonly string[]>;
}

/** A box with the user ada, who has a `Cleartext-Password`, and bob, who has a hashed one. */
async function withBox(work: (box: Box) => Promise<void>, options: Record<string, unknown> = {}) {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization();
  const ada = await venue.addUser({ username: "ada", organizations: [organization] });
  await venue.addUser({ username: "bob", password: "secret", organizations: [organization] });
  const at = toSqlDateTime(venue.deps.now());
  await venue.db.directory.insert(radcheck).values({
    id: uuid(),
    username: "ada",
    userId: ada.id,
    organizationId: organization.id,
    attribute: "Cleartext-Password",
    value: "secret",
    created: at,
    modified: at,
  });
  const zone: Zone = { ...testZone(options), organizationId: organization.id };
  const ask: Box["ask"] = (message, state = null, userName = "ada") =>
    localAuthority(venue.deps).decide({
      zone,
      userName,
      credential: { kind: "eap", message, state },
      serviceType: "Login",
      calledStationId: "02-00-5E-00-00-FE",
      callingStationId: "02-00-5E-10-00-01",
      framedIpAddress: "10.1.0.2",
      sessionId: "179531185700000001",
    }, venue.deps.now());
  await work({
    venue,
    ask,
    async challenge(userName = "ada") {
      const answer = await ask(eapIdentity(userName), null, userName);
      ok(answer.kind === "challenge", answer.kind);
      return answer;
    },
    async refusals() {
      await venue.deliver();
      const rows = await venue.rows("select reply, reason, explanation from radpostauth order by id");
      return rows.map(({ reply, reason, explanation }) => `${reply}: ${reason}: ${explanation}`);
    },
  });
  await venue.close();
}

Deno.test("EAP-MD5 lets in who knows the password that is kept in clear, and ends with a success", () =>
  withBox(async ({ venue, ask, challenge }) => {
    const { eapMessage, state } = await challenge();
    const answer = await ask(eapMd5Response(eapMessage, "secret"), state);
    ok(answer.kind === "accept");
    // Of the response's identifier, which is the request's.
    equal(answer.eapMessage?.toHex(), "03020004");
    await venue.deliver();
    const [row] = await venue.rows("select username, pass, reply from radpostauth");
    deepEqual(row, { username: "ada", pass: "", reply: "Access-Accept" });
  }));

Deno.test("each identity gets a challenge of its own, and the next identifier", () =>
  withBox(async ({ ask }) => {
    const first = await ask(eapIdentity("ada", 255));
    const second = await ask(eapIdentity("ada", 255));
    ok(first.kind === "challenge" && second.kind === "challenge");
    equal(first.eapMessage[1], 0);
    equal(first.eapMessage.length, 22);
    ok(first.eapMessage.toHex() !== second.eapMessage.toHex());
  }));

Deno.test("a wrong password, another challenge's answer and an account without a clear password are refused", () =>
  withBox(async ({ ask, challenge, refusals }) => {
    const { eapMessage, state } = await challenge();
    const later = await challenge();
    equal((await ask(eapMd5Response(eapMessage, "guess"), state)).kind, "reject");
    equal((await ask(eapMd5Response(eapMessage, "secret"), later.state)).kind, "reject");
    const bob = await challenge("bob");
    equal((await ask(eapMd5Response(bob.eapMessage, "secret"), bob.state, "bob")).kind, "reject");
    deepEqual((await refusals()).map((text) => text.split(": ")[1]), [
      "wrong_credential",
      "wrong_credential",
      "needs_clear_password",
    ]);
  }));

Deno.test("what is no turn of the exchange is refused, and the record says why", () =>
  withBox(async ({ ask, challenge, refusals }) => {
    const { eapMessage, state } = await challenge();
    const right = eapMd5Response(eapMessage, "secret");
    const tries: readonly (readonly [Uint8Array, Uint8Array | null])[] = [
      // Nothing is open, or another identifier is.
      [right, null],
      [Uint8Array.of(2, 9, ...right.subarray(2)), state],
      // The device wants PEAP.
      [eapResponse(2, 3, Uint8Array.of(25)), state],
      [eapIdentity("bob"), null],
      [new Uint8Array([1, 2, 3]), state],
      [eapResponse(2, 4, new Uint8Array(16)), state],
      [eapResponse(2, 4, Uint8Array.of(16, 1, 2, 3)), state],
    ];
    for (const [message, open] of tries) {
      deepEqual(await ask(message, open), { kind: "reject", replyMessage: null });
    }
    const of = (text: string) => `Access-Reject: wrong_credential: ${text}`;
    deepEqual(await refusals(), [
      of("The EAP message answers no challenge that is open"),
      of("The EAP message answers no challenge that is open"),
      of("The device wants another EAP method than EAP-MD5, the only one that there is"),
      of("The EAP identity is not the user name"),
      of("The EAP message cannot be understood"),
      of("The EAP message cannot be understood"),
      of("The EAP message cannot be understood"),
    ]);
  }));

Deno.test("guesses by EAP are limited as all others", () =>
  withBox(async ({ venue, ask, challenge, refusals }) => {
    for (let guess = 0; guess < 20; guess++) {
      const { eapMessage, state } = await challenge();
      await ask(eapMd5Response(eapMessage, `guess ${guess}`), state);
      await venue.deliver();
    }
    const { eapMessage, state } = await challenge();
    const told = await ask(eapMd5Response(eapMessage, "secret"), state);
    ok(told.kind === "reject" && told.replyMessage !== null);
    equal((await refusals()).length, 20);
  }));

Deno.test("a device that tries another method all the time fills no ledger, and its owner can log on", () =>
  withBox(async ({ ask, challenge, refusals }) => {
    for (let time = 0; time < 30; time++) {
      deepEqual(await ask(eapResponse(2, 3, Uint8Array.of(25))), { kind: "reject", replyMessage: null });
    }
    equal((await refusals()).length, 20);
    const { eapMessage, state } = await challenge();
    equal((await ask(eapMd5Response(eapMessage, "secret"), state)).kind, "accept");
  }));

Deno.test("a local user may use EAP-MD5 too", () =>
  withBox(async ({ ask, challenge }) => {
    const { eapMessage, state } = await challenge("carol");
    equal((await ask(eapMd5Response(eapMessage, "local"), state, "carol")).kind, "accept");
  }, { localusers: ["carol:local"] }));
