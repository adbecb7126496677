import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import type * as v from "valibot";
import type { Settings } from "../../../src/aaa/settings.ts";
import type { OrganizationOptions } from "../../support/directory_rows.ts";
import { memoryVenue } from "../../support/memory_venue.ts";
import { type Answer, call, codeFor, json, NEW, OWN, phoneGuest, wrong } from "./phone_guest.ts";

const SMS = { smsVerification: true, smsSender: "Portico" } as const;
const MINUTE = 60_000;

Deno.test("a code goes to the account's own number, once, and nobody waits for the gateway", async () => {
  const { venue, organization, guest } = await hotspot();
  deepEqual(json(await guest.active(organization)), { active: false });
  const answer = await guest.ask(organization);
  deepEqual([answer.status, answer.text], [201, '{"cooldown":30}']);
  equal(venue.sent.wakes, 1);
  equal(venue.sent.sms.length, 0);
  await venue.deliver();
  await venue.deliver();
  const [sms, ...more] = venue.sent.sms;
  equal(more.length, 0);
  // The page sends a number with it, which would be a way around the rules (defect 10).
  equal(sms?.to, OWN);
  equal(sms?.from, "Portico");
  match(sms?.body ?? "", /^lounge verification code: [0-9]{6}$/);
  deepEqual(json(await guest.active(organization)), { active: true });
  await venue.close();
});

Deno.test("twenty requests for a code at once send one", async () => {
  const { venue, organization, guest } = await hotspot();
  const answers = await Promise.all(Array.from({ length: 20 }, () => guest.ask(organization)));
  deepEqual(tally(answers), { 201: 1, 400: 19 });
  for (const answer of answers.filter(({ status }) => status === 400)) equal(json(answer).cooldown, 30);
  await venue.deliver();
  equal(venue.sent.sms.length, 1);
  equal((await venue.rows("select * from phone_token")).length, 1);
  await venue.close();
});

Deno.test("the cooldown says how long it still lasts, as a number and as a sentence in the guest's language", async () => {
  const { venue, organization, guest } = await hotspot();
  await guest.ask(organization);
  const left: unknown[] = [];
  for (const milliseconds of [0, 10_400, 200, 19_000, 399]) {
    venue.clock.pass(milliseconds);
    const answer = await guest.ask(organization);
    equal(answer.status, 400);
    deepEqual(Object.keys(json(answer)), ["non_field_errors", "cooldown"]);
    left.push(json(answer).cooldown);
  }
  // 30 − round(elapsed), and never none while there is some.
  deepEqual(left, [30, 20, 19, 1, 1]);
  const { slug } = organization;
  const italian = await call(venue, slug, "phone/token/", {
    method: "POST",
    headers: { authorization: `Bearer ${guest.key}`, "accept-language": "it,en-US" },
  });
  match(json(italian).non_field_errors[0], /codice/);
  venue.clock.pass(1);
  equal((await guest.ask(organization)).status, 201);
  await venue.close();
});

Deno.test("the code that is on its way stays good when another one is refused", async () => {
  const { venue, organization, guest } = await hotspot();
  await guest.ask(organization);
  const code = await codeFor(venue, OWN);
  equal((await guest.ask(organization)).status, 400);
  equal((await guest.verify(organization, code)).status, 200);
  await venue.close();
});

Deno.test("the right code verifies, with an answer of no octets and no type", async () => {
  const { venue, organization, guest } = await hotspot();
  await guest.ask(organization);
  const code = await codeFor(venue, OWN);
  deepEqual(await guest.verify(organization, ` ${code} `), { status: 200, type: null, text: "" });
  deepEqual(await guest.record(organization), { method: "mobile_phone", verified: true });
  deepEqual(json(await guest.active(organization)), { active: false });
  const again = await guest.ask(organization);
  // A bare string, as the clients know it.
  equal(again.status, 400);
  deepEqual(json(again), { user: "Your account is verified already." });
  await venue.close();
});

Deno.test("a chosen method gives way to mobile_phone, and a weak verification counts as one too", async () => {
  const { venue, organization } = await hotspot();
  const guest = await phoneGuest(venue, { phoneNumber: NEW, organizations: [organization], verified: false });
  deepEqual(await guest.record(organization), { method: "manual", verified: false });
  await guest.ask(organization);
  await guest.verify(organization, await codeFor(venue, NEW));
  deepEqual(await guest.record(organization), { method: "mobile_phone", verified: true });
  await venue.close();
});

Deno.test("five things that can be wrong with a code are told apart", async () => {
  const { venue, organization, guest } = await hotspot({ smsTokenMaxUserDaily: 9 });
  const texts: string[] = [];
  const refuse = async (code: string) => {
    const answer = await guest.verify(organization, code);
    equal(answer.status, 400);
    deepEqual(Object.keys(json(answer)), ["non_field_errors"]);
    texts.push(json(answer).non_field_errors[0]);
  };
  await refuse("000000");
  await guest.ask(organization);
  const first = await codeFor(venue, OWN);
  await refuse(wrong(first));
  venue.clock.pass(30 * MINUTE);
  deepEqual(json(await guest.active(organization)), { active: true });
  venue.clock.pass(1);
  deepEqual(json(await guest.active(organization)), { active: false });
  await refuse(first);
  await guest.ask(organization);
  const second = await codeFor(venue, OWN);
  for (let time = 0; time < 5; time++) equal((await guest.verify(organization, wrong(second))).status, 400);
  await refuse(second);
  venue.clock.pass(MINUTE);
  await guest.ask(organization);
  const third = await codeFor(venue, OWN);
  // An older code is worth nothing beside a newer one.
  if (second !== third) equal((await guest.verify(organization, second)).status, 400);
  equal((await guest.verify(organization, third)).status, 200);
  await refuse(third);
  equal(texts.length, 5);
  equal(new Set(texts).size, 5);
  await venue.close();
});

Deno.test("four wrong codes and then the right one: the limit is a limit, not one less", async () => {
  const { venue, organization, guest } = await hotspot();
  await guest.ask(organization);
  const code = await codeFor(venue, OWN);
  for (let time = 0; time < 4; time++) equal((await guest.verify(organization, wrong(code))).status, 400);
  equal((await guest.verify(organization, code)).status, 200);
  await venue.close();
});

Deno.test("a code is active as long as it can be verified: not after too many wrong ones, nor beside a newer one", async () => {
  const { venue, organization, guest } = await hotspot({ smsTokenMaxUserDaily: 9 });
  const isActive = async () => json(await guest.active(organization)).active;
  await guest.ask(organization);
  const first = await codeFor(venue, OWN);
  for (let time = 0; time < 5; time++) {
    equal(await isActive(), true);
    equal((await guest.verify(organization, wrong(first))).status, 400);
  }
  equal(await isActive(), false);
  venue.clock.pass(MINUTE);
  await guest.ask(organization);
  equal(await isActive(), true);
  const second = await codeFor(venue, OWN);
  venue.clock.pass(MINUTE);
  await guest.change(organization, NEW);
  equal(await isActive(), true);
  equal((await guest.verify(organization, await codeFor(venue, NEW))).status, 200);
  equal(await isActive(), false);
  equal((await guest.verify(organization, second)).status, 400);
  // There was a code for this number that nobody used; a newer one took its place.
  await venue.rows("update user set phone_number = ?", [OWN]);
  equal(await isActive(), false);
  await venue.close();
});

Deno.test("whoever waits for attempts to run out is told so even when the code has expired", async () => {
  const { venue, organization, guest } = await hotspot();
  await guest.ask(organization);
  const code = await codeFor(venue, OWN);
  venue.clock.pass(31 * MINUTE);
  const texts: string[] = [];
  for (let time = 0; time < 6; time++) {
    texts.push(json(await guest.verify(organization, code)).non_field_errors[0]);
  }
  equal(new Set(texts.slice(0, 5)).size, 1);
  notEqual(texts[5], texts[4]);
  await venue.close();
});

Deno.test("a code that cannot be one is refused by its field", async () => {
  const { venue, organization, guest } = await hotspot();
  const verify = (body: string, type = "application/json") =>
    call(venue, organization.slug, "phone/verify/", {
      method: "POST",
      headers: { authorization: `Bearer ${guest.key}`, "content-type": type },
      body,
    });
  deepEqual(json(await verify("{}")), { code: ["This field is required."] });
  deepEqual(json(await verify('{"code": ""}')), { code: ["This field may not be blank."] });
  deepEqual(json(await verify('{"code": null}')), { code: ["This field may not be null."] });
  deepEqual(json(await verify('{"code": ["123456"]}')), { code: ["Not a valid string."] });
  deepEqual(json(await verify("code=123456789", "application/x-www-form-urlencoded")), {
    code: ["Ensure this field has no more than 8 characters."],
  });
  // None of these was an attempt, for nothing was compared; and there is nothing to compare with.
  ok(json(await verify('{"code": 123456}')).non_field_errors);
  await venue.close();
});

Deno.test("codes have as many digits, live and survive as long as the settings say", async () => {
  const { venue, organization, guest } = await hotspot({
    smsTokenLength: 8,
    smsTokenDefaultValidity: 2,
    smsTokenMaxAttempts: 1,
  });
  await guest.ask(organization);
  const code = await codeFor(venue, OWN);
  match(code, /^[0-9]{8}$/);
  equal((await guest.verify(organization, wrong(code))).status, 400);
  equal((await guest.verify(organization, code)).status, 400);
  venue.clock.pass(2 * MINUTE + 1);
  deepEqual(json(await guest.active(organization)), { active: false });
  await venue.close();
});

Deno.test("where nobody wrote another message, a code comes in the guest's language", async () => {
  const { venue, organization, guest } = await hotspot();
  const ask = async (path: string, language: string, body?: string) => {
    const headers = { authorization: `Bearer ${guest.key}`, "accept-language": language };
    const form = { "content-type": "application/x-www-form-urlencoded" };
    await call(venue, organization.slug, path, {
      method: "POST",
      headers: body === undefined ? headers : { ...headers, ...form },
      ...(body !== undefined && { body }),
    });
    await venue.deliver();
    venue.clock.pass(MINUTE);
    return venue.sent.sms.at(-1)?.body ?? "";
  };
  match(await ask("phone/token/", "it,en-US"), /^Codice di verifica di lounge: [0-9]{6}$/);
  match(await ask("phone/token/", "ar"), /^رمز التحقق من \u2068lounge\u2069: \u2068[0-9]{6}\u2069$/u);
  const changed = await ask("phone/change/", "de", `phone_number=${encodeURIComponent(NEW)}`);
  match(changed, /^Bestätigungscode von lounge: [0-9]{6}$/);
  await venue.close();
});

Deno.test("an organization's own message, sender, meta data and cooldown take the installation's place", async () => {
  const { venue, organization, guest } = await hotspot({
    smsMessageTemplate: "general {code}",
    smsCooldown: 5,
  });
  const beta = await venue.addOrganization({
    slug: "{code}",
    settings: {
      ...SMS,
      smsSender: "Beta",
      smsMessage: "{organization}: {code}, again {code}",
      smsCooldown: 77,
      smsMetaData: '{"route":"gold"}',
    },
  });
  const own = await phoneGuest(venue, { phoneNumber: NEW, organizations: [beta] });
  deepEqual(json(await call(venue, beta.slug, "phone/token/", post(own.key))), { cooldown: 77 });
  const code = await codeFor(venue, NEW);
  const sms = venue.sent.sms.find(({ to }) => to === NEW);
  // The organization's name is only a name, whatever it looks like.
  equal(sms?.body, `{code}: ${code}, again ${code}`);
  equal(sms?.from, "Beta");
  deepEqual(sms?.metaData, { route: "gold" });
  deepEqual(json(await guest.ask(organization)), { cooldown: 5 });
  await venue.deliver();
  match(venue.sent.sms.at(-1)?.body ?? "", /^general [0-9]{6}$/);
  await venue.close();
});

Deno.test("five codes a day for a user, across organizations; midnight is the organization's", async () => {
  const { venue, organization, guest, beta } = await hotspot({}, { timeZone: "Pacific/Auckland" });
  // Noon in UTC is one o'clock of the next morning in Auckland.
  for (let time = 0; time < 5; time++) {
    equal((await guest.ask(time % 2 ? organization : beta)).status, 201);
    venue.clock.pass(MINUTE);
  }
  const refused = await guest.ask(organization);
  equal(refused.status, 400);
  deepEqual(Object.keys(json(refused)), ["non_field_errors"]);
  equal(typeof json(refused).non_field_errors[0], "string");
  venue.clock.at = new Date("2026-11-23T10:59:59Z");
  equal((await guest.ask(organization)).status, 400);
  // Beta counts the days of UTC.
  equal((await guest.ask(beta)).status, 201);
  venue.clock.at = new Date("2026-11-23T11:00:00Z");
  equal((await guest.ask(organization)).status, 201);
  await venue.close();
});

Deno.test("the daily limits hold for requests at once, too", async () => {
  const { venue, organization, guest } = await hotspot({ smsCooldown: 0 });
  const answers = await Promise.all(Array.from({ length: 20 }, () => guest.ask(organization)));
  deepEqual(tally(answers), { 201: 5, 400: 15 });
  await venue.deliver();
  equal(venue.sent.sms.length, 5);
  await venue.close();
});

Deno.test("all addresses of one IPv6 subscriber share a daily limit", async () => {
  const { venue, organization } = await hotspot({ smsTokenMaxIpDaily: 2 });
  const ask = async (phoneNumber: string, from: string) => {
    const guest = await phoneGuest(venue, { phoneNumber, organizations: [organization] });
    return (await guest.ask(organization, from)).status;
  };
  equal(await ask("+393331234560", "2001:db8:1:2::1"), 201);
  equal(await ask("+393331234561", "2001:db8:1:2::2"), 201);
  equal(await ask("+393331234562", "2001:db8:1:2:aaaa::3"), 400);
  equal(await ask("+393331234563", "2001:db8:1:3::1"), 201);
  await venue.close();
});

Deno.test("an address has its daily limit, and a forwarded one counts only behind a trusted proxy", async () => {
  const proxied = { trustedProxies: ["10.0.0.0/8"], smsTokenMaxIpDaily: 2 };
  const { venue, organization } = await hotspot(proxied);
  const numbers = ["+393331234560", "+393331234561", "+393331234562", "+393331234563", "+393331234564"];
  const guests = await Promise.all(
    numbers.map((phoneNumber) => phoneGuest(venue, { phoneNumber, organizations: [organization] })),
  );
  const ask = (at: number, forwardedFor: string, from = "10.0.0.1") => {
    const { headers, ...rest } = post(guests[at]?.key ?? "");
    return call(venue, organization.slug, "phone/token/", {
      ...rest,
      from,
      headers: { ...headers, "x-forwarded-for": forwardedFor },
    });
  };
  // Behind two proxies the header has several addresses (defect 27).
  equal((await ask(0, "203.0.113.7, 10.0.0.2")).status, 201);
  equal((await ask(1, "198.51.100.1, 203.0.113.7")).status, 201);
  const refused = await ask(2, "203.0.113.7");
  equal(refused.status, 400);
  deepEqual(Object.keys(json(refused)), ["non_field_errors"]);
  equal((await ask(2, "203.0.113.8")).status, 201);
  // From anybody else the header is worth nothing.
  equal((await ask(3, "198.51.100.9", "192.0.2.1")).status, 201);
  deepEqual(
    (await venue.rows("select ip from phone_token order by rowid")).map(({ ip }) => ip),
    ["203.0.113.7", "203.0.113.7", "203.0.113.8", "192.0.2.1"],
  );
  await venue.close();
});

Deno.test("limits come before already verified, and that before the cooldown", async () => {
  const { venue, organization, guest, beta } = await hotspot({ smsTokenMaxUserDaily: 2 });
  await guest.ask(organization);
  await guest.verify(organization, await codeFor(venue, OWN));
  deepEqual(Object.keys(json(await guest.ask(organization))), ["user"]);
  await guest.ask(beta);
  deepEqual(Object.keys(json(await guest.ask(organization))), ["non_field_errors"]);
  // The number's own faults come first of all.
  await venue.rows("update user set phone_number = null where id = ?", [guest.user.id]);
  deepEqual(json(await guest.ask(organization)), { phone_number: ["This field cannot be null."] });
  await venue.close();
});

Deno.test("an account without a number is told only that: nobody else has it (defect 52)", async () => {
  const { venue, organization } = await hotspot();
  const nameless = await phoneGuest(venue, { organizations: [organization] });
  const answer = await nameless.ask(organization);
  equal(answer.status, 400);
  deepEqual(json(answer), { phone_number: ["This field cannot be null."] });
  deepEqual(json(await nameless.active(organization)), { active: false });
  equal((await nameless.verify(organization, "123456")).status, 400);
  await venue.close();
});

Deno.test("no code goes to an account's number that is none, or of a country the organization does not pay for", async () => {
  const { venue, organization } = await hotspot({}, { allowedMobilePrefixes: "+44,+49" });
  for (const phoneNumber of ["+12", NEW]) {
    const guest = await phoneGuest(venue, { phoneNumber, organizations: [organization] });
    const answer = await guest.ask(organization);
    equal(answer.status, 400);
    deepEqual(Object.keys(json(answer)), ["phone_number"]);
  }
  await venue.deliver();
  equal(venue.sent.sms.length, 0);
  await venue.close();
});

Deno.test("where SMS is off everybody gets 403, whoever asks, before anything else is looked at", async () => {
  const { venue, guest } = await hotspot();
  const off = await venue.addOrganization();
  for (const endpoint of ["phone/token/", "phone/token/active/", "phone/verify/", "phone/change/"]) {
    const method = endpoint === "phone/token/active/" ? "GET" : "POST";
    const authorization = `Bearer ${guest.key}`;
    const asked: RequestInit[] = [{ method }, { method, headers: { authorization } }, { method: "PUT" }];
    for (const init of asked) {
      const answer = await call(venue, off.slug, endpoint, init);
      equal(answer.status, 403, endpoint);
      match(json(answer).detail, /SMS/);
    }
    // With SMS on a stranger gets 401, also with the wrong method; a member of another organization 400.
    const beta = await venue.addOrganization({ settings: SMS });
    for (const method of ["GET", "POST"]) {
      equal((await call(venue, beta.slug, endpoint, { method })).status, 401, `${method} ${endpoint}`);
    }
    const stranger = await call(venue, beta.slug, endpoint, { method, headers: { authorization } });
    equal(stranger.status, 400);
    deepEqual(Object.keys(json(stranger)), ["non_field_errors"]);
    equal(
      (await call(venue, beta.slug, endpoint, { method: "PUT", headers: { authorization } })).status,
      405,
    );
    equal((await call(venue, "nowhere", endpoint, { method })).status, 404);
  }
  await venue.close();
});

Deno.test("an organization without settings answers 500 as JSON, not as a page", async () => {
  const { venue, organization, guest } = await hotspot();
  await venue.rows("delete from organization_radius_settings where organization_id = ?", [organization.id]);
  venue.db.cache.clear();
  for (const answer of [await guest.ask(organization), await guest.verify(organization, "1")]) {
    equal(answer.status, 500);
    equal(typeof json(answer).detail, "string");
  }
  deepEqual(venue.faults, []);
  await venue.close();
});

Deno.test("a superuser needs no membership, a deactivated account gets 401", async () => {
  const { venue, organization, guest } = await hotspot();
  const root = await phoneGuest(venue, { phoneNumber: NEW });
  await venue.rows("update user set is_superuser = 1 where id = ?", [root.user.id]);
  equal((await root.ask(organization)).status, 201);
  equal((await root.verify(organization, await codeFor(venue, NEW))).status, 200);
  await venue.rows("update user set is_active = 0 where id = ?", [guest.user.id]);
  venue.db.cache.clear();
  for (const answer of [await guest.ask(organization), await guest.change(organization, NEW)]) {
    equal(answer.status, 401);
  }
  await venue.close();
});

Deno.test("each endpoint is counted under its own scope, by user", async () => {
  const scopes = {
    create_phone_token: "1/hour",
    phone_token_status: "1/hour",
    validate_phone_token: "1/hour",
    others: "1/hour",
  };
  const { venue, organization, guest } = await hotspot({ throttleRates: scopes });
  const other = await phoneGuest(venue, { phoneNumber: NEW, organizations: [organization] });
  for (
    const request of [
      (who: typeof guest) => who.ask(organization),
      (who: typeof guest) => who.active(organization),
      (who: typeof guest) => who.verify(organization, "000000"),
      (who: typeof guest) => who.change(organization, "nonsense"),
    ]
  ) {
    notEqual((await request(guest)).status, 429);
    equal((await request(guest)).status, 429);
    notEqual((await request(other)).status, 429);
  }
  await venue.close();
});

Deno.test("codes of one organization are worth nothing in another", async () => {
  const { venue, organization, guest, beta } = await hotspot();
  await guest.ask(organization);
  const code = await codeFor(venue, OWN);
  deepEqual(json(await guest.active(beta)), { active: false });
  equal((await guest.verify(beta, code)).status, 400);
  equal(await guest.record(beta), null);
  equal((await guest.verify(organization, code)).status, 200);
  await venue.close();
});

Deno.test("an answer takes under 100 ms", async () => {
  const { venue, organization, guest } = await hotspot();
  await guest.active(organization);
  const begun = performance.now();
  await guest.ask(organization);
  ok(performance.now() - begun < 100);
  await venue.close();
});

const tally = (answers: readonly Answer[]) =>
  Object.fromEntries(
    [...Map.groupBy(answers, ({ status }) => status)].map(([status, some]) => [status, some.length]),
  );

const post = (key: string) => ({ method: "POST", headers: { authorization: `Bearer ${key}` } });

async function hotspot(
  settings: v.InferInput<typeof Settings> = {},
  own: OrganizationOptions["settings"] = {},
) {
  const venue = await memoryVenue({ settings });
  const organization = await venue.addOrganization({ slug: "lounge", settings: { ...SMS, ...own } });
  const beta = await venue.addOrganization({ slug: "beta", settings: SMS });
  const guest = await phoneGuest(venue, { phoneNumber: OWN, organizations: [organization, beta] });
  return { venue, organization, beta, guest };
}
