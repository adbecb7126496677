import { deepEqual, equal, match } from "node:assert/strict";
import { v7 as uuid } from "uuid";
import * as v from "valibot";
import { chapResponse } from "../../../src/aaa/credentials/chap.ts";
import type { Credential } from "../../../src/aaa/credentials/credential.ts";
import { ZoneOptions } from "../../../src/aaa/identity/zone_options.ts";
import type { Zone } from "../../../src/aaa/identity/zones.ts";
import type { AuthorityAnswer, AuthorityRequest } from "../../../src/controller/authority/authority.ts";
import { localAuthority } from "../../../src/controller/authority/local_authority.ts";
import { radcheck } from "../../../src/storage/schema/groups.ts";
import { toSqlDateTime } from "../../../src/values/sql_date_time.ts";
import { type MemoryVenue, memoryVenue } from "../../support/memory_venue.ts";

const CALLING = "02-00-5E-10-00-01";
const CHALLENGE = new Uint8Array(16).fill(1);
const TEN_MINUTES = 600_000;
const octets = (text: string) => new TextEncoder().encode(text);
const password = (text: string): Credential => ({ kind: "password", password: text });

interface Guessed {
  readonly venue: MemoryVenue;
  readonly ask: (
    userName: string,
    credential: Credential,
    more?: Partial<AuthorityRequest>,
  ) => Promise<AuthorityAnswer>;
  readonly chap: (text: string) => Credential;
}

/** A venue with `ada`, whose password is `secret`, and `clear` where it has to be known; `till` is local. */
async function withVenue(gate: Zone["gate"], check: (guessed: Guessed) => Promise<void>): Promise<void> {
  const venue = await memoryVenue();
  const { deps } = venue;
  const organization = await venue.addOrganization();
  const ada = await venue.addUser({ username: "ada", password: "secret", organizations: [organization] });
  const now = toSqlDateTime(deps.now());
  await deps.db.directory.insert(radcheck).values({
    id: uuid(),
    userId: ada.id,
    username: "ada",
    organizationId: organization.id,
    attribute: "Cleartext-Password",
    op: ":=",
    value: "clear",
    created: now,
    modified: now,
  });
  const zone: Zone = {
    id: uuid(),
    organizationId: organization.id,
    organizationSlug: organization.slug,
    name: "guests",
    gate,
    options: v.parse(ZoneOptions, { localusers: ["till:local"], macauth: true }),
  };
  await check({
    venue,
    chap: (text) => ({
      kind: "chap",
      ident: 1,
      challenge: CHALLENGE,
      response: chapResponse(deps.crypto, 1, octets(text), CHALLENGE),
    }),
    ask: (userName, credential, more = {}) =>
      localAuthority(deps).decide({
        zone,
        userName,
        credential,
        serviceType: "Login",
        calledStationId: "02-00-5E-00-00-FE",
        callingStationId: CALLING,
        framedIpAddress: "10.1.0.2",
        sessionId: "179531185700000001",
        ...more,
      }, deps.now()),
  });
  await venue.close();
}

Deno.test("after 20 wrong passwords the right one is no use for ten minutes, whatever the method", () =>
  withVenue("none", async ({ venue, ask, chap }) => {
    for (let n = 0; n < 30; n++) equal((await ask("ada", password("clear"))).kind, "accept");
    const accounts = [["ada", chap("clear")], ["till", password("local")], ["till", chap("local")]] as const;
    for (const [name, right] of accounts) {
      equal((await ask(name, right)).kind, "accept", name);
      const wrong = right.kind === "chap" ? chap("wrong") : password("wrong");
      for (let n = 0; n < 20; n++) equal((await ask(name, wrong)).kind, "reject");
      const locked = await ask(name, right, { lang: "it" });
      match(locked.kind === "reject" ? locked.replyMessage ?? "" : locked.kind, /^Troppi tentativi/);
      venue.clock.pass(TEN_MINUTES);
    }
  }));

Deno.test("a station of a network guesses 20 times in all, at whatever accounts", () =>
  withVenue("nftables", async ({ ask, chap }) => {
    for (let n = 0; n < 20; n++) equal((await ask(`guest${n}`, chap("wrong"))).kind, "reject");
    equal((await ask("ada", chap("clear"))).kind, "reject");
    equal((await ask("ada", chap("clear"), { callingStationId: "02-00-5E-10-00-02" })).kind, "accept");
  }));

Deno.test("a MAC address that nobody has an account for costs no password hash, and leaves no record", () =>
  withVenue("nftables", async ({ venue, ask }) => {
    let hashed = 0;
    const { passwords } = venue.deps;
    const { verify } = passwords;
    passwords.verify = (...asked) => {
      hashed++;
      return verify(...asked);
    };
    const refused = { kind: "reject", replyMessage: null };
    deepEqual(await ask(CALLING, password(CALLING), { serviceType: "Framed" }), refused);
    equal(hashed, 0);
    await venue.deliver();
    deepEqual(await venue.rows("select * from radpostauth"), []);
    deepEqual(await ask("ada", password("no"), { serviceType: "Framed" }), refused);
    equal(hashed, 1);
    await venue.deliver();
    equal((await venue.rows("select * from radpostauth")).length, 1);
  }));
