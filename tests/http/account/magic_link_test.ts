import { deepEqual, equal, match } from "node:assert/strict";
import { findAccount } from "../../../src/aaa/account/account.ts";
import { createMagicLink } from "../../../src/aaa/account/magic_link.ts";
import { findOrganization } from "../../../src/aaa/identity/organization_record.ts";
import { clearExpiredState } from "../../../src/jobs/clear_expired_state.ts";
import {
  type MemoryVenue,
  memoryVenue,
  type MemoryVenueOptions,
  type TestOrganization,
  type TestUser,
} from "../../support/memory_venue.ts";
import { askAccount } from "./guest_client.ts";

const LOGIN_URL = "https://wifi.example.org/alpha/login?lang=it";

Deno.test("a magic link logs in once, without a password, whatever the body says", async () => {
  const { venue, alpha, ada } = await guest();
  const url = await linkOf(venue, alpha, ada);
  match(url ?? "", /^https:\/\/wifi\.example\.org\/alpha\/login\?lang=it&sesame=[A-Za-z0-9]{40}$/);
  const answer = await follow(venue, alpha, url, "SeSaMe", "{not even json");
  equal(answer.status, 200, answer.text);
  deepEqual([answer.json.username, Object.keys(answer.json).at(-1)], [ada.username, "key"]);
  const login = { username: ada.username, password: answer.json.radius_user_token };
  match((await venue.post("authorize", alpha, login)).text, /Accept/);
  deepEqual(await venue.rows("select password_based_token from user_state"), [{ password_based_token: 0 }]);
  deepEqual(await venue.rows("select password_based from radiustoken"), [{ password_based: 0 }]);

  const again = await follow(venue, alpha, url);
  deepEqual([again.status, again.json], [403, {
    detail: "This link is not valid any more. Please log in with your password.",
  }]);
  await venue.close();
});

Deno.test("of many who follow a magic link at once one gets in", async () => {
  const { venue, alpha, ada } = await guest();
  const url = await linkOf(venue, alpha, ada);
  const statuses = (await Promise.all(Array.from({ length: 8 }, () => follow(venue, alpha, url))))
    .map(({ status }) => status).sort();
  deepEqual(statuses, [200, 403, 403, 403, 403, 403, 403, 403]);
  await venue.close();
});

Deno.test("a magic link ends with its time, with the password it was made under, and with the switch", async () => {
  const { venue, alpha, ada } = await guest({ settings: { sesameMaxAge: 60 } });
  const late = await linkOf(venue, alpha, ada);
  venue.clock.pass(60_000);
  equal((await follow(venue, alpha, late)).status, 403);
  venue.clock.pass(1_000);
  await clearExpiredState(venue.db, venue.clock.at);
  equal((await venue.rows("select 1 from magic_link")).length, 0);

  const outdated = await linkOf(venue, alpha, ada);
  await venue.rows("update user set password = 'another'");
  equal((await follow(venue, alpha, outdated)).status, 403);

  const unwanted = await linkOf(venue, alpha, ada);
  await venue.rows("update organization_radius_settings set magic_links_enabled = 0");
  venue.db.cache.clear();
  equal((await follow(venue, alpha, unwanted)).status, 403);
  equal(await linkOf(venue, alpha, ada), undefined);
  await venue.close();
});

Deno.test("3: a magic link is good in its own organization only, and makes nobody a member", async () => {
  const { venue, alpha, ada } = await guest();
  const beta = await venue.addOrganization({ settings: { loginUrl: LOGIN_URL } });
  const url = await linkOf(venue, alpha, ada);
  equal((await follow(venue, beta, url)).status, 403);

  await venue.rows("delete from organization_user");
  const left = await follow(venue, alpha, url);
  deepEqual([left.status, left.json], [403, { detail: `${ada.username} is not a member of ${alpha.slug}.` }]);
  equal((await venue.rows("select 1 from organization_user")).length, 0);
  equal((await venue.rows("select 1 from api_token")).length, 0);
  equal((await venue.rows("select 1 from radiustoken")).length, 0);
  equal(await linkOf(venue, beta, ada), undefined);
  await venue.close();
});

Deno.test("a magic link of somebody deactivated, or still to be verified, is answered as a password is", async () => {
  const { venue, alpha, ada } = await guest();
  const url = await linkOf(venue, alpha, ada);
  await venue.rows("update user set is_active = 0");
  venue.db.cache.clear();
  const off = await follow(venue, alpha, url);
  deepEqual([off.status, off.json.is_active], [401, false]);

  const strict = await venue.addOrganization({
    settings: { loginUrl: LOGIN_URL, needsIdentityVerification: true },
  });
  const bob = await venue.addUser({ organizations: [strict], verified: false });
  equal((await follow(venue, strict, await linkOf(venue, strict, bob))).status, 401);
  await venue.close();
});

Deno.test("the link's word can be another one, and a GET costs no link", async () => {
  const { venue, alpha, ada } = await guest({ settings: { sesameTokenName: "ticket" } });
  const url = await linkOf(venue, alpha, ada);
  match(url ?? "", /&ticket=/);
  const path = `/api/v1/radius/organization/${alpha.slug}/account/token/`;
  const authorization = `ticket ${new URL(url ?? "").searchParams.get("ticket")}`;
  const get = await venue.fetch(path, { headers: { authorization } });
  await get.body?.cancel();
  equal(get.status, 405);
  equal((await follow(venue, alpha, url, "sesame")).status, 400);
  equal((await follow(venue, alpha, url, "ticket")).status, 200);
  await venue.close();
});

Deno.test("links are kept as hashes", async () => {
  const { venue, alpha, ada } = await guest();
  const url = await linkOf(venue, alpha, ada);
  const token = new URL(url ?? "").searchParams.get("sesame") ?? "";
  equal(JSON.stringify(await venue.rows("select * from magic_link")).includes(token), false);
  await venue.close();
});

async function guest(options: MemoryVenueOptions = {}) {
  const venue = await memoryVenue(options);
  const alpha = await venue.addOrganization({ settings: { loginUrl: LOGIN_URL } });
  return { venue, alpha, ada: await venue.addUser({ organizations: [alpha] }) };
}

async function linkOf(
  { db, deps, clock }: MemoryVenue,
  { id }: TestOrganization,
  user: TestUser,
): Promise<string | undefined> {
  const organization = await findOrganization(db, deps.settings, id, clock.at);
  const account = organization && await findAccount(db, organization, user.id);
  const link = account && createMagicLink(deps, organization, account, clock.at);
  if (link) await db.state.$client.batch([link.insert], "write");
  return link?.url;
}

function follow(
  venue: MemoryVenue,
  organization: TestOrganization,
  url: string | undefined,
  scheme = "sesame",
  body: string = "",
) {
  const [token = ""] = /[A-Za-z0-9]{40}$/.exec(url ?? "") ?? [];
  return askAccount(venue, organization, "token/", body, {
    authorization: `${scheme} ${token}`,
    "content-type": "application/x-www-form-urlencoded",
  });
}
