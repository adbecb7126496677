import { deepEqual, equal, match, ok } from "node:assert/strict";
import { LANGUAGES } from "../../../src/languages/say.ts";
import { type MemoryVenue, memoryVenue, type MemoryVenueOptions } from "../../support/memory_venue.ts";
import { askAccount } from "../../http/account/guest_client.ts";

const PASSWORDS = { password1: "a-long-word-7", password2: "a-long-word-7" };
const DAY = 86_400_000;

interface Shown {
  readonly status: number;
  readonly html: string;
}

async function open(venue: MemoryVenue, link: string, method = "GET", language = "en"): Promise<Shown> {
  const { pathname } = new URL(link);
  const response = await venue.fetch(pathname, { method, headers: { "accept-language": language } });
  return { status: response.status, html: await response.text() };
}

/** Somebody who signed up, and the link of the newest mail. */
async function signedUp(options: MemoryVenueOptions = {}, fields = {}, organization = {}) {
  const venue = await memoryVenue(options);
  const alpha = await venue.addOrganization({
    slug: "alpha",
    settings: { loginUrl: "https://wifi.example.org/alpha/login", ...organization },
  });
  const ada = { username: "ada", email: "ada@example.org", ...PASSWORDS, ...fields };
  equal((await askAccount(venue, alpha, "", ada)).status, 201);
  return { venue, alpha, link: await newestLink(venue) };
}

async function newestLink(venue: MemoryVenue): Promise<string> {
  await venue.deliver();
  const [link] = /https?:\/\/\S+\/confirm-email\/\S+/.exec(venue.sent.mails.at(-1)?.text ?? "") ?? [];
  ok(link, "the mail has no link");
  return link;
}

const verified = async (venue: MemoryVenue) =>
  (await venue.rows("select verified from email_address")).map((row) => row.verified);

Deno.test("opening the link confirms nothing, its button does, and once", async () => {
  const { venue, link } = await signedUp();
  const asked = await open(venue, link);
  equal(asked.status, 200);
  match(asked.html, /<form method="post"><button type="submit">Confirm<\/button><\/form>/);
  match(asked.html, /ada@example\.org was given at alpha/);
  await (await venue.fetch(new URL(link).pathname, { method: "HEAD" })).body?.cancel();
  deepEqual(await verified(venue), [0]);

  const done = await open(venue, link, "POST");
  equal(done.status, 200);
  match(done.html, /Your address is confirmed/);
  match(done.html, /href="https:\/\/wifi\.example\.org\/alpha\/login"/);
  deepEqual(await verified(venue), [1]);
  for (const method of ["GET", "POST"]) {
    const again = await open(venue, link, method);
    equal(again.status, 200);
    match(again.html, /Your address is confirmed/);
    ok(!again.html.includes("<form"));
  }
  deepEqual(venue.faults, []);
  await venue.close();
});

Deno.test("a link that was changed anywhere, or belongs to an address that was left, opens nothing", async () => {
  const { venue, link } = await signedUp();
  const token = link.slice(link.lastIndexOf("/") + 1);
  for (let at = 0; at < token.length; at += 7) {
    const other = token[at] === "1" ? "2" : "1";
    const forged = link.replace(token, token.slice(0, at) + other + token.slice(at + 1));
    equal((await open(venue, forged, "POST")).status, 404, `character ${at}`);
  }
  for (const forged of ["x", "-", token.slice(1), `${token}0`]) {
    equal((await open(venue, link.replace(token, forged), "POST")).status, 404);
  }
  await venue.rows("update email_address set email = 'grace@example.org', email_key = 'grace@example.org'");
  const left = await open(venue, link, "POST");
  equal(left.status, 404);
  match(left.html, /This link opens nothing/);
  deepEqual(await verified(venue), [0]);
  await venue.close();
});

Deno.test("an expired link says so, and its button asks for another one, a few times a day", async () => {
  const { venue, link } = await signedUp();
  venue.clock.pass(3 * DAY + 2000);
  const expired = await open(venue, link);
  equal(expired.status, 410);
  match(expired.html, /This link has expired/);
  match(expired.html, />Send a new link</);
  equal(venue.sent.mails.length, 1);

  const sent = await open(venue, link, "POST", "it");
  equal(sent.status, 200);
  const fresh = await newestLink(venue);
  match(venue.sent.mails.at(-1)?.html ?? "", /lang="it"/);
  deepEqual(await verified(venue), [0]);
  for (let more = 0; more < 2; more++) equal((await open(venue, link, "POST")).status, 200);
  const refused = await open(venue, link, "POST");
  equal(refused.status, 429);
  match(refused.html, /Try again in/);
  equal((await open(venue, fresh, "POST")).status, 200);
  deepEqual(await verified(venue), [1]);
  await venue.close();
});

Deno.test("where somebody is registered by e-mail, confirming verifies the identity", async () => {
  const settings = { needsIdentityVerification: true };
  const { venue, alpha, link } = await signedUp({ settings }, { method: "email" });
  const authorize = async () =>
    (await venue.post("authorize", alpha, { username: "ada", password: PASSWORDS.password1 })).text;
  equal(await authorize(), "");
  await open(venue, link, "POST");
  deepEqual(await venue.rows("select method, is_verified from registered_user"), [
    { method: "email", is_verified: 1 },
  ]);
  match(await authorize(), /Accept/);
  await venue.close();
});

Deno.test("confirming an address verifies nobody who is registered in another way", async () => {
  const { venue, link } = await signedUp({}, { method: "mobile_phone", phone_number: "+393661234567" }, {
    smsVerification: true,
    smsSender: "Alpha",
  });
  await open(venue, link, "POST");
  deepEqual(await venue.rows("select is_verified from registered_user"), [{ is_verified: 0 }]);
  deepEqual(await verified(venue), [1]);
  await venue.close();
});

Deno.test("the page speaks the browser's language, and Arabic from right to left", async () => {
  const { venue, link } = await signedUp();
  const titles = new Set<string>();
  for (const language of LANGUAGES) {
    const { html } = await open(venue, link, "GET", language);
    match(html, new RegExp(`<html lang="${language}" dir="${language === "ar" ? "rtl" : "ltr"}">`));
    titles.add(/<h1>(.*?)<\/h1>/.exec(html)?.[1] ?? "");
  }
  equal(titles.size, LANGUAGES.length);
  await venue.close();
});

Deno.test("a name that looks like HTML is shown as it is", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization({ slug: "alpha" });
  await venue.rows("update organization set name = '<script>alert(1)</script>'");
  venue.db.cache.clear();
  await askAccount(venue, alpha, "", { username: "ada", email: "ada@example.org", ...PASSWORDS });
  const { html } = await open(venue, await newestLink(venue));
  ok(!html.includes("<script"));
  match(html, /&lt;script&gt;/);
  await venue.close();
});
