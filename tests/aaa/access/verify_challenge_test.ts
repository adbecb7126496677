import { deepEqual, equal, match, ok } from "node:assert/strict";
import { v7 as uuid } from "uuid";
import { authorize } from "../../../src/aaa/access/authorize.ts";
import { ownNas } from "../../../src/aaa/access/authenticate_nas.ts";
import { obtainRadiusToken } from "../../../src/aaa/access/obtain_radius_token.ts";
import { chapResponse } from "../../../src/aaa/credentials/chap.ts";
import type { Credential } from "../../../src/aaa/credentials/credential.ts";
import { ntResponse } from "../../../src/aaa/credentials/mschapv2.ts";
import { ntHash } from "../../../src/aaa/credentials/nt_hash.ts";
import { findOrganization } from "../../../src/aaa/identity/organization_record.ts";
import { radcheck } from "../../../src/storage/schema/groups.ts";
import { toSqlDateTime } from "../../../src/values/sql_date_time.ts";
import {
  type MemoryVenue,
  memoryVenue,
  type TestOrganization,
  type TestUser,
} from "../../support/memory_venue.ts";

const CHALLENGE = new Uint8Array(16).fill(0xa5);
const PEER = new Uint8Array(16).fill(0x3c);
const octets = (text: string) => new TextEncoder().encode(text);

type Method = Credential["kind"];
const METHODS = ["password", "chap", "mschapv2"] as const;

function proof(
  { deps: { crypto } }: MemoryVenue,
  kind: Method,
  userName: string,
  password: string,
): Credential {
  switch (kind) {
    case "password":
      return { kind, password };
    case "chap":
      return {
        kind,
        ident: 57,
        challenge: CHALLENGE,
        response: chapResponse(crypto, 57, octets(password), CHALLENGE),
      };
    case "mschapv2": {
      const response = ntResponse(crypto, CHALLENGE, PEER, userName, ntHash(crypto, password));
      return { kind, challenge: CHALLENGE, peerChallenge: PEER, ntResponse: response };
    }
  }
}

/** What the box itself gets for an answer: `accept`, or the reason. */
async function ask(
  venue: MemoryVenue,
  { id }: TestOrganization,
  username: string,
  credential: Credential,
  calling = "02-00-5E-10-00-01",
): Promise<string> {
  const { deps } = venue;
  const now = deps.now();
  const organization = await findOrganization(deps.db, deps.settings, id, now);
  ok(organization);
  const decision = await authorize(deps, ownNas(organization), {
    username,
    credential,
    calledStationId: "02-00-5E-00-00-FE",
    callingStationId: calling,
    language: null,
  }, now);
  return decision.kind === "refuse" || decision.kind === "limit" ? decision.refusal.reason : decision.kind;
}

async function check(
  venue: MemoryVenue,
  user: TestUser,
  organization: Pick<TestOrganization, "id">,
  ...row: string[]
) {
  const [attribute = "", value = "", op = ":="] = row;
  const at = toSqlDateTime(venue.deps.now());
  await venue.db.directory.insert(radcheck).values({
    id: uuid(),
    username: user.username,
    userId: user.id,
    organizationId: organization.id,
    attribute,
    op,
    value,
    created: at,
    modified: at,
  });
  venue.db.cache.clear();
}

/** Answers by method: password, chap, mschapv2. */
async function byMethod(venue: MemoryVenue, organization: TestOrganization, name: string, password: string) {
  const answers = [];
  for (const method of METHODS) {
    answers.push(await ask(venue, organization, name, proof(venue, method, name, password)));
  }
  return answers;
}

Deno.test("a Cleartext-Password check lets in by every method, in its own organization alone", async () => {
  const venue = await memoryVenue();
  const [here, there] = [await venue.addOrganization(), await venue.addOrganization()];
  const user = await venue.addUser({ username: "jürgen", organizations: [here, there] });
  await check(venue, user, here, "Cleartext-Password", "größe-Straße");

  deepEqual(await byMethod(venue, here, "jürgen", "größe-Straße"), ["accept", "accept", "accept"]);
  const wrong = "wrong_credential";
  deepEqual(await byMethod(venue, here, "jürgen", "größe-Strasse"), [wrong, wrong, wrong]);
  const none = "needs_clear_password";
  deepEqual(await byMethod(venue, there, "jürgen", "größe-Straße"), [wrong, none, none]);
  await venue.close();
});

Deno.test("an NT-Password check is enough for MS-CHAPv2 and for a password, not for CHAP", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization();
  const user = await venue.addUser({ username: "nina", organizations: [organization] });
  await check(
    venue,
    user,
    organization,
    "NT-Password",
    ntHash(venue.deps.crypto, "night").toHex().toUpperCase(),
  );

  deepEqual(await byMethod(venue, organization, "nina", "night"), [
    "accept",
    "needs_clear_password",
    "accept",
  ]);
  const answers = ["wrong_credential", "needs_clear_password", "wrong_credential"];
  deepEqual(await byMethod(venue, organization, "nina", "Night"), answers);
  deepEqual(await byMethod(venue, organization, "nina", ""), answers);
  await venue.close();
});

Deno.test("a check that compares instead of setting, or that holds nothing, lets nobody in", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization();
  const compared = await venue.addUser({ username: "eve", organizations: [organization] });
  await check(venue, compared, organization, "Cleartext-Password", "clear", "==");
  const empty = await venue.addUser({ username: "emil", organizations: [organization] });
  await check(venue, empty, organization, "Cleartext-Password", "");

  const none = "needs_clear_password";
  deepEqual(await byMethod(venue, organization, "eve", "clear"), ["wrong_credential", none, none]);
  deepEqual(await byMethod(venue, organization, "emil", ""), ["wrong_credential", none, none]);
  await venue.close();
});

Deno.test("CHAP and MS-CHAPv2 with a hashed account password are refused with what the method needs", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization();
  await venue.addUser({ username: "ada", password: "secret", organizations: [organization] });

  const none = "needs_clear_password";
  deepEqual(await byMethod(venue, organization, "ada", "secret"), ["accept", none, none]);
  deepEqual(await byMethod(venue, organization, "nobody", "secret"), Array(3).fill("unknown_user"));
  const rows = await venue.rows("select explanation from access_refusal where reason = ? order by id", [
    none,
  ]);
  match(String(rows[0]?.["explanation"]), /^CHAP needs the clear password: .* Cleartext-Password check/);
  match(String(rows[1]?.["explanation"]), /^MS-CHAPv2 needs .* NT-Password check/);
  await venue.close();
});

for (const method of METHODS) {
  Deno.test(`a disposable token by ${method} is good once, and for 30 s to the station that took it`, async () => {
    const venue = await memoryVenue();
    const organization = await venue.addOrganization();
    const user = await venue.addUser({ username: "tom", organizations: [organization] });
    const keys = [await venue.token(user, organization), await venue.token(user, organization)];

    for (const key of keys) {
      const credential = proof(venue, method, "tom", key);
      equal(await ask(venue, organization, "tom", credential), "accept");
      venue.clock.pass(29_000);
      equal(await ask(venue, organization, "tom", credential), "accept", "repeated");
      equal(await ask(venue, organization, "tom", credential, "02-00-5E-10-00-02"), "token_used");
      venue.clock.pass(2_000);
      equal(await ask(venue, organization, "tom", credential), "token_used");
    }
    await venue.close();
  });
}

Deno.test("a token of another organization, or another user's, proves nothing", async () => {
  const venue = await memoryVenue();
  const [here, there] = [await venue.addOrganization(), await venue.addOrganization()];
  const user = await venue.addUser({ username: "tom", organizations: [here, there] });
  const other = await venue.addUser({ username: "tim", organizations: [here] });
  const keys = [await venue.token(user, there), await venue.token(other, here)];

  for (const key of keys) {
    for (const method of ["chap", "mschapv2"] as const) {
      equal(await ask(venue, here, "tom", proof(venue, method, "tom", key)), "needs_clear_password");
    }
  }
  await venue.close();
});

Deno.test("an answer to another challenge, name or ident is wrong", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization();
  const user = await venue.addUser({ username: "ada", organizations: [organization] });
  await check(venue, user, organization, "Cleartext-Password", "clear");
  const chap = proof(venue, "chap", "ada", "clear");
  const mschap = proof(venue, "mschapv2", "ada", "clear");
  ok(chap.kind === "chap" && mschap.kind === "mschapv2");

  const changed: Credential[] = [
    { ...chap, ident: 58 },
    { ...chap, challenge: PEER },
    { ...chap, response: chap.response.subarray(1) },
    { ...mschap, challenge: PEER },
    { ...mschap, peerChallenge: CHALLENGE },
    { ...mschap, ntResponse: new Uint8Array(24) },
    proof(venue, "mschapv2", "Ada", "clear"),
  ];
  for (const credential of changed) {
    equal(await ask(venue, organization, "ada", credential), "wrong_credential");
  }
  await venue.close();
});

Deno.test("a check's password is no way to a RADIUS token, and does not hide the account's own", async () => {
  const venue = await memoryVenue();
  const { id } = await venue.addOrganization();
  const user = await venue.addUser({ username: "ada", password: "account", organizations: [{ id }] });
  const both = await venue.addUser({ username: "bob", password: "same", organizations: [{ id }] });
  const { deps } = venue;
  const organization = await findOrganization(deps.db, deps.settings, id, deps.now());
  ok(organization);
  await check(venue, user, organization, "Cleartext-Password", "clear");
  await check(venue, both, organization, "Cleartext-Password", "same");

  const obtain = async (username: string, password: string) =>
    (await obtainRadiusToken(deps, organization, { username, password }, deps.now())).kind;
  equal(await obtain("ada", "clear"), "refused");
  equal(await obtain("ada", "account"), "issued");
  equal(await obtain("bob", "same"), "issued");
  await venue.close();
});
