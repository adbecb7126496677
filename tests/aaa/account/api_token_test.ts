import { deepEqual, equal, match, notEqual, rejects } from "node:assert/strict";
import { findAccountByApiKey } from "../../../src/aaa/account/account.ts";
import { issueApiToken, newApiToken } from "../../../src/aaa/account/api_token.ts";
import { findOrganization } from "../../../src/aaa/identity/organization_record.ts";
import { type MemoryVenue, memoryVenue, type TestOrganization } from "../../support/memory_venue.ts";

Deno.test("a user has one key, 40 hex digits, whoever asks for it, in whatever moment", async () => {
  const venue = await memoryVenue();
  const { id } = await venue.addUser();
  const other = await venue.addUser();
  const keys = await Promise.all(Array.from({ length: 16 }, () => issue(venue, id)));
  keys.push(await issue(venue, id));
  equal(new Set(keys).size, 1);
  match(keys[0] ?? "", /^[0-9a-f]{40}$/);
  notEqual(await issue(venue, other.id), keys[0]);
  equal((await venue.rows("select 1 from api_token")).length, 2);
  await venue.close();
});

Deno.test("the key is the server key's alone: neither stored nor to be made from what is stored", async () => {
  const venue = await memoryVenue();
  const { id } = await venue.addUser();
  const key = await issue(venue, id);
  const [row] = await venue.rows("select * from api_token");
  equal(JSON.stringify(row).includes(key), false);
  const expected = venue.deps.crypto.hmacSha256(venue.deps.serverKey, `api ${id} ${row?.nonce}`);
  equal(key, Array.from(expected, (octet) => octet.toString(16).padStart(2, "0")).join("").slice(0, 40));
  const elsewhere = { ...venue.deps, serverKey: new Uint8Array(32).fill(8) };
  notEqual(await issueApiToken(venue.db, elsewhere, id, venue.clock.at), key);
  await venue.close();
});

Deno.test("a key is found with its owner as each organization sees her, in lower case only", async () => {
  const venue = await memoryVenue();
  const [alpha, beta] = [await venue.addOrganization(), await venue.addOrganization()];
  const off = await venue.addOrganization({ isActive: false });
  const ada = await venue.addUser({ organizations: [alpha, off], verified: true });
  const key = await issue(venue, ada.id);
  const seen = async (organization: TestOrganization) => {
    const account = await find(venue, organization, key);
    return [account?.id, account?.isMember, account?.isManager, account?.registration];
  };
  const registration = { method: "manual", isVerified: true };
  deepEqual(await seen(alpha), [ada.id, true, false, registration]);
  deepEqual(await seen(off), [ada.id, false, false, registration]);
  deepEqual(await seen(beta), [ada.id, false, false, null]);
  await venue.rows("update organization_user set is_admin = 1");
  deepEqual((await seen(alpha)).slice(0, 3), [ada.id, true, true]);
  for (const wrong of [key.toUpperCase(), key.slice(1), `${key}0`, "", "0".repeat(40)]) {
    equal(await find(venue, alpha, wrong), null);
  }
  await venue.close();
});

Deno.test("a key that is made with its user is the one that log-ins answer, and nobody gets one without an account", async () => {
  const venue = await memoryVenue();
  const { id } = await venue.addUser();
  const { key, insert } = newApiToken(venue.deps, id, venue.clock.at);
  await venue.client.batch([insert], "write");
  equal(await issue(venue, id), key);
  await rejects(issue(venue, "nobody"));
  await venue.close();
});

function issue({ db, deps, clock }: MemoryVenue, userId: string): Promise<string> {
  return issueApiToken(db, deps, userId, clock.at);
}

async function find({ db, deps, clock }: MemoryVenue, { id }: TestOrganization, key: string) {
  const organization = await findOrganization(db, deps.settings, id, clock.at);
  return organization && await findAccountByApiKey(db, deps, organization, key);
}
