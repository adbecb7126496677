import { deepEqual, equal, match } from "node:assert/strict";
import { type MemoryVenue, memoryVenue, type TestOrganization } from "../../support/memory_venue.ts";
import type { OrganizationOptions } from "../../support/directory_rows.ts";
import { askAccount, type GuestAnswer, signedIn } from "./guest_client.ts";

const SMS = { smsVerification: true, smsSender: "Beta" };

/** Ada, a member of alpha who has just joined beta by logging in there. */
async function joined(
  { hasEmail = true, settings = SMS }: {
    readonly hasEmail?: boolean;
    readonly settings?: OrganizationOptions["settings"];
  } = {},
) {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization({ slug: "alpha" });
  const beta = await venue.addOrganization({ slug: "beta", settings });
  await venue.addUser({
    username: "ada",
    ...(hasEmail && { email: "ada@example.org" }),
    password: "right",
    organizations: [alpha],
  });
  const { key } = await signedIn(venue, beta, "ada");
  return { venue, alpha, beta, key };
}

function choose(
  venue: MemoryVenue,
  organization: TestOrganization,
  key: string,
  body: Readonly<Record<string, unknown>>,
): Promise<GuestAnswer> {
  return askAccount(venue, organization, "registration-method/", body, { authorization: `Bearer ${key}` });
}

const records = (venue: MemoryVenue) => venue.rows("select method, is_verified from registered_user");

Deno.test("whoever joined chooses a method, once", async () => {
  const { venue, beta, key } = await joined();
  deepEqual(await records(venue), [{ method: "pending_verification", is_verified: 0 }]);
  const { status, json } = await choose(venue, beta, key, { method: "mobile_phone" });
  deepEqual([status, json], [200, { method: "mobile_phone" }]);
  deepEqual(await records(venue), [{ method: "mobile_phone", is_verified: 0 }]);
  const again = await choose(venue, beta, key, { method: "email" });
  equal(again.status, 400);
  deepEqual(Object.keys(again.json), ["method"]);
  await venue.close();
});

Deno.test("no method at all may be chosen too", async () => {
  const { venue, beta, key } = await joined();
  deepEqual((await choose(venue, beta, key, { method: "" })).json, { method: "" });
  deepEqual(await records(venue), [{ method: "", is_verified: 0 }]);
  await venue.close();
});

Deno.test("of many choices at once one counts", async () => {
  const { venue, beta, key } = await joined();
  const methods = Array.from({ length: 16 }, (_, at) => at % 2 ? "mobile_phone" : "");
  const answers = await Promise.all(methods.map((method) => choose(venue, beta, key, { method })));
  equal(answers.filter(({ status }) => status === 200).length, 1);
  equal(answers.filter(({ status }) => status === 400).length, 15);
  await venue.close();
});

Deno.test("an empty body and unknown methods are refused, and nothing changes", async () => {
  const { venue, beta, key } = await joined();
  deepEqual((await choose(venue, beta, key, {})).json, { method: ["This field is required."] });
  const empty = await askAccount(venue, beta, "registration-method/", "", { authorization: `Bearer ${key}` });
  deepEqual([empty.status, empty.json], [400, { method: ["This field is required."] }]);
  for (const method of ["manual", "saml", "nonsense", null, ["email"]]) {
    const { status, json } = await choose(venue, beta, key, { method });
    deepEqual([status, Object.keys(json)], [400, ["method"]]);
  }
  deepEqual(await records(venue), [{ method: "pending_verification", is_verified: 0 }]);
  await venue.close();
});

Deno.test("strangers, members of elsewhere and members without a record are turned away", async () => {
  const { venue, alpha, beta, key } = await joined();
  const gamma = await venue.addOrganization({ slug: "gamma" });
  const method = { method: "email" };
  equal((await askAccount(venue, beta, "registration-method/", method)).status, 401);
  equal((await choose(venue, beta, "0".repeat(40), method)).status, 401);
  const stranger = await choose(venue, gamma, key, method);
  deepEqual([stranger.status, Object.keys(stranger.json)], [400, ["non_field_errors"]]);
  deepEqual((await choose(venue, alpha, key, method)).json, { detail: "Not found." });
  equal((await choose(venue, { ...gamma, slug: "nowhere" }, key, method)).status, 404);
  await venue.close();
});

Deno.test("whoever chooses e-mail is written to, and the link verifies", async () => {
  const { venue, beta, key } = await joined();
  await venue.rows(`insert into email_address (user_id, email, email_key, "primary")
    select id, email, email_key, 1 from user`);
  equal((await choose(venue, beta, key, { method: "email" })).status, 200);
  await venue.deliver();
  const [link = ""] = /\/confirm-email\/\S+/.exec(venue.sent.mails.at(-1)?.text ?? "") ?? [];
  match(link, /^\/confirm-email\/[0-9a-z-]+$/);
  const confirmed = await venue.fetch(link, { method: "POST" });
  equal(confirmed.status, 200);
  await confirmed.body?.cancel();
  deepEqual(await records(venue), [{ method: "email", is_verified: 1 }]);
  await venue.close();
});

Deno.test("a method that can never be completed is not taken", async () => {
  const { venue, beta, key } = await joined({ hasEmail: false, settings: {} });
  deepEqual((await choose(venue, beta, key, { method: "email" })).json, {
    method: ["This way of verification needs an e-mail address."],
  });
  deepEqual((await choose(venue, beta, key, { method: "mobile_phone" })).json, {
    method: ["beta does not verify telephone numbers by SMS."],
  });
  deepEqual(await records(venue), [{ method: "pending_verification", is_verified: 0 }]);
  equal((await choose(venue, beta, key, { method: "" })).status, 200);
  await venue.close();
});
