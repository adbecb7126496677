import { deepEqual, equal, match } from "node:assert/strict";
import type { UserOptions } from "../../support/directory_rows.ts";
import { memoryVenue } from "../../support/memory_venue.ts";
import { call, codeFor, json, NEW, OWN, phoneGuest, THIRD, wrong } from "./phone_guest.ts";

const SMS = { smsVerification: true, smsSender: "Portico" } as const;
const MINUTE = 60_000;

Deno.test("a number is changed: a code to the new one, unverified until it comes back, name and number follow", async () => {
  const { venue, organization, guest } = await verifiedGuest({ username: OWN });
  deepEqual(await guest.change(organization, "+39 333 123 4567"), { status: 200, type: null, text: "" });
  equal(await guest.number(), OWN);
  deepEqual(await guest.record(organization), { method: "mobile_phone", verified: false });
  equal(venue.sent.wakes, 2);
  const code = await codeFor(venue, NEW);
  deepEqual(await guest.verify(organization, code), { status: 200, type: null, text: "" });
  equal(await guest.number(), NEW);
  deepEqual(await guest.record(organization), { method: "mobile_phone", verified: true });
  deepEqual(await venue.rows("select username, username_key from user where id = ?", [guest.user.id]), [
    { username: NEW, username_key: NEW },
  ]);
  await venue.close();
});

Deno.test("with many accounts nobody can have a stranger sent more codes than one account may ask for", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization({ settings: SMS });
  const changes: number[] = [];
  for (let at = 0; at < 7; at++) {
    const guest = await phoneGuest(venue, { username: `many${at}`, organizations: [organization] });
    const { status, text } = await guest.change(organization, OWN);
    changes.push(status);
    if (status === 400) match(text, /^\{"non_field_errors":\["Too many codes were sent to this number today/);
  }
  deepEqual(changes, [200, 200, 200, 200, 200, 400, 400]);
  equal((await venue.rows("select 1 from phone_token")).length, 5);

  const owner = await phoneGuest(venue, { phoneNumber: OWN, organizations: [organization] });
  equal((await owner.ask(organization)).status, 201);
  venue.clock.pass(24 * 60 * MINUTE);
  const next = await phoneGuest(venue, { username: "next", organizations: [organization] });
  equal((await next.change(organization, THIRD)).status, 200);
  await venue.close();
});

Deno.test("a change that is refused uses up nothing of what may be sent to a number", async () => {
  const venue = await memoryVenue();
  const organization = await venue.addOrganization({ settings: SMS });
  const guest = await phoneGuest(venue, { username: "ada", organizations: [organization] });
  for (let at = 0; at < 8; at++) await guest.change(organization, NEW);
  const other = await phoneGuest(venue, { username: "grace", organizations: [organization] });
  equal((await other.change(organization, NEW)).status, 200);
  await venue.close();
});

Deno.test("a user name that is not the number stays, and FreeRADIUS's tables follow one that is", async () => {
  const { venue, organization, guest } = await verifiedGuest({ username: "ada" });
  await guest.change(organization, NEW);
  await guest.verify(organization, await codeFor(venue, NEW));
  deepEqual(await venue.rows("select username from user where id = ?", [guest.user.id]), [{
    username: "ada",
  }]);

  const group = await venue.addGroup(organization.id);
  const named = await phoneGuest(venue, {
    username: THIRD,
    phoneNumber: THIRD,
    organizations: [organization],
    groups: [group],
  });
  for (const table of ["radcheck", "radreply"]) {
    await venue.rows(
      `insert into ${table} (id, username, user_id, organization_id, attribute, value, created, modified)
       values ('1', ?, ?, ?, 'Idle-Timeout', '1', '', '')`,
      [THIRD, named.user.id, organization.id],
    );
  }
  const next = "+393471234567";
  await named.change(organization, next);
  await named.verify(organization, await codeFor(venue, next));
  for (const table of ["radcheck", "radreply", "radusergroup"]) {
    deepEqual(await venue.rows(`select username from ${table} where user_id = ?`, [named.user.id]), [
      { username: next },
    ]);
  }
  await venue.close();
});

Deno.test("the pending number is the number: recipient, status, log-in and validation (defect 51)", async () => {
  const { venue, organization, beta, guest } = await verifiedGuest({ password: "password of ada" });
  await guest.change(organization, NEW);
  const code = await codeFor(venue, NEW);
  deepEqual(json(await guest.active(organization)), { active: true });
  const validate = async ({ slug }: { readonly slug: string }) => {
    const answer = await call(venue, slug, "token/validate/", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: `token=${guest.key}`,
    });
    equal(answer.status, 200);
    return json(answer);
  };
  equal((await validate(organization)).phone_number, NEW);
  equal((await validate(organization)).is_verified, false);
  equal((await validate(beta)).phone_number, OWN);
  const login = await call(venue, organization.slug, "token/", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ username: "ada", password: "password of ada" }).toString(),
  });
  equal(json(login).phone_number, NEW);

  // Another browser knows of no code and asks for one: nothing is sent, and the one on its way stays good.
  const again = await guest.ask(organization);
  deepEqual([again.status, json(again).cooldown], [400, 30]);
  await venue.deliver();
  deepEqual(venue.sent.sms.map(({ to }) => to).filter((to) => to !== OWN), [NEW]);
  equal((await guest.verify(organization, code)).status, 200);
  equal((await validate(organization)).phone_number, NEW);
  equal((await validate(beta)).phone_number, NEW);
  await venue.close();
});

Deno.test("a code asked for after the cooldown goes to the pending number and replaces the first", async () => {
  const { venue, organization, guest } = await verifiedGuest();
  await guest.change(organization, NEW);
  const first = await codeFor(venue, NEW);
  venue.clock.pass(MINUTE);
  equal((await guest.ask(organization)).status, 201);
  const second = await codeFor(venue, NEW);
  if (first !== second) equal((await guest.verify(organization, first)).status, 400);
  equal((await guest.verify(organization, second)).status, 200);
  equal(await guest.number(), NEW);
  equal(venue.sent.sms.filter(({ to }) => to === OWN).length, 1);
  await venue.close();
});

Deno.test("another change takes the place of the first, whose code is worth nothing any more", async () => {
  const { venue, organization, guest } = await verifiedGuest();
  await guest.change(organization, NEW);
  const first = await codeFor(venue, NEW);
  equal((await guest.change(organization, THIRD)).status, 200);
  const second = await codeFor(venue, THIRD);
  if (first !== second) equal((await guest.verify(organization, first)).status, 400);
  equal((await guest.verify(organization, second)).status, 200);
  equal(await guest.number(), THIRD);
  deepEqual(await venue.rows("select * from pending_number"), []);
  await venue.close();
});

Deno.test("a change back to the own number withdraws the pending one, and is refused when none is pending", async () => {
  const { venue, organization, guest } = await verifiedGuest();
  const refused = await guest.change(organization, "+39 366 5243702");
  equal(refused.status, 400);
  deepEqual(Object.keys(json(refused)), ["phone_number"]);
  deepEqual(await guest.record(organization), { method: "mobile_phone", verified: true });

  await guest.change(organization, NEW);
  venue.clock.pass(MINUTE);
  equal((await guest.change(organization, OWN)).status, 200);
  deepEqual(await venue.rows("select * from pending_number"), []);
  const code = await codeFor(venue, OWN);
  equal((await guest.verify(organization, code)).status, 200);
  equal(await guest.number(), OWN);
  deepEqual(await guest.record(organization), { method: "mobile_phone", verified: true });
  await venue.close();
});

Deno.test("a change during the cooldown is refused, sends nothing and unverifies nobody (defect 17)", async () => {
  const { venue, organization, guest } = await verifiedGuest();
  // Within half a minute there and back, each time with the code.
  for (const number of [NEW, OWN]) {
    equal((await guest.change(organization, number)).status, 200);
    equal((await guest.verify(organization, await codeFor(venue, number))).status, 200);
  }
  const sent = venue.sent.sms.length;
  const refused = await guest.change(organization, NEW);
  equal(refused.status, 400);
  deepEqual(Object.keys(json(refused)), ["non_field_errors", "cooldown"]);
  equal(json(refused).cooldown, 30);
  await venue.deliver();
  equal(venue.sent.sms.length, sent);
  deepEqual(await guest.record(organization), { method: "mobile_phone", verified: true });
  deepEqual(await venue.rows("select * from pending_number"), []);
  await venue.close();
});

Deno.test("a change that is refused leaves the member verified: bad, foreign, fixed, taken numbers, and the daily limit", async () => {
  const { venue, organization, guest } = await verifiedGuest({}, { smsTokenMaxUserDaily: 1 });
  await venue.addUser({ phoneNumber: THIRD });
  const strict = await venue.addOrganization({ settings: { ...SMS, allowedMobilePrefixes: "+44" } });
  const refused: [typeof organization, string, string][] = [
    [organization, "", "phone_number"],
    [organization, "12", "phone_number"],
    [organization, "3331234567", "phone_number"],
    [organization, "+390612345678", "phone_number"],
    [organization, "+12025550123", "phone_number"],
    [organization, "9".repeat(65), "phone_number"],
    [organization, THIRD, "phone_number"],
    [organization, NEW, "non_field_errors"],
  ];
  for (const [where, number, key] of refused) {
    const answer = await guest.change(where, number);
    equal(answer.status, 400, number);
    deepEqual(Object.keys(json(answer)), [key], number);
    equal(typeof json(answer)[key][0], "string");
  }
  deepEqual(await guest.record(organization), { method: "mobile_phone", verified: true });
  deepEqual(await venue.rows("select * from pending_number"), []);
  const elsewhere = await phoneGuest(venue, { organizations: [strict] });
  equal((await elsewhere.change(strict, NEW)).status, 400);
  await venue.deliver();
  equal(venue.sent.sms.filter(({ to }) => to !== OWN).length, 0);
  await venue.close();
});

Deno.test("the field is required, takes JSON, and what the pages send beside it is ignored", async () => {
  const { venue, organization, guest } = await verifiedGuest();
  const change = (type: string, body: string) =>
    call(venue, organization.slug, "phone/change/", {
      method: "POST",
      headers: { authorization: `Bearer ${guest.key}`, "content-type": type },
      body,
    });
  deepEqual(json(await change("application/json", "{}")), { phone_number: ["This field is required."] });
  deepEqual(json(await change("application/json", '{"phone_number": null}')), {
    phone_number: ["This field may not be null."],
  });
  equal((await change("application/json", "[]")).status, 400);
  equal((await change("application/json", '{"phone_number": {"toString": 1}}')).status, 400);
  equal((await change("application/json", '{"phone_number": 393331234567}')).status, 400);
  equal(
    (await change(
      "application/x-www-form-urlencoded",
      `phone_number=${encodeURIComponent(NEW)}&token[0]=a&token[1]=b`,
    )).status,
    200,
  );
  deepEqual(venue.faults, []);
  await venue.close();
});

Deno.test("an account without number gets one, and one that never registered is led to the verification", async () => {
  const { venue, organization } = await venues();
  const guest = await phoneGuest(venue, { organizations: [organization] });
  equal(await guest.record(organization), null);
  equal((await guest.change(organization, NEW)).status, 200);
  deepEqual(await guest.record(organization), { method: "mobile_phone", verified: false });
  equal((await guest.verify(organization, await codeFor(venue, NEW))).status, 200);
  equal(await guest.number(), NEW);
  await venue.close();
});

Deno.test("a changed number is unverified in the other organizations that verified the old one, not where another method did", async () => {
  const { venue, organization, beta, guest } = await verifiedGuest();
  const gamma = await venue.addOrganization({ settings: SMS });
  for (const [at, { id }, method] of [[1, beta, "mobile_phone"], [2, gamma, "manual"]] as const) {
    await venue.rows(
      "insert into registered_user (id, user_id, organization_id, method, is_verified, modified) values (?, ?, ?, ?, 1, '')",
      [`r${at}`, guest.user.id, id, method],
    );
  }
  await guest.change(organization, NEW);
  deepEqual(await guest.record(beta), { method: "mobile_phone", verified: true });
  await guest.verify(organization, await codeFor(venue, NEW));
  deepEqual(await guest.record(beta), { method: "mobile_phone", verified: false });
  deepEqual(await guest.record(gamma), { method: "manual", verified: true });
  // The same number proved there again unverifies nothing here.
  venue.clock.pass(MINUTE);
  await guest.ask(beta);
  await guest.verify(beta, await codeFor(venue, NEW));
  deepEqual(await guest.record(organization), { method: "mobile_phone", verified: true });
  await venue.close();
});

Deno.test("two accounts that prove one number at the same moment: one gets it, the other is told", async () => {
  const { venue, organization } = await venues();
  const guests = await Promise.all(
    ["ada", "bob"].map((username) => phoneGuest(venue, { username, organizations: [organization] })),
  );
  const codes: string[] = [];
  for (const guest of guests) {
    equal((await guest.change(organization, NEW)).status, 200);
    codes.push(await codeFor(venue, NEW));
  }
  const answers = await Promise.all(guests.map((guest, at) => guest.verify(organization, codes[at] ?? "")));
  deepEqual(answers.map(({ status }) => status).sort(), [200, 400]);
  const loser = answers.findIndex(({ status }) => status === 400);
  const refusal = answers[loser];
  deepEqual(refusal && Object.keys(json(refusal)), ["phone_number"]);
  deepEqual(await guests[loser]?.record(organization), { method: "mobile_phone", verified: false });
  equal(await guests[loser]?.number(), null);
  equal((await venue.rows("select * from user where phone_number = ?", [NEW])).length, 1);
  deepEqual(venue.faults, []);
  await venue.close();
});

Deno.test("a name that somebody else has is not taken over with the number", async () => {
  const { venue, organization, guest } = await verifiedGuest({ username: OWN });
  await guest.change(organization, NEW);
  const code = await codeFor(venue, NEW);
  await venue.addUser({ username: NEW });
  const answer = await guest.verify(organization, code);
  equal(answer.status, 400);
  deepEqual(Object.keys(json(answer)), ["phone_number"]);
  equal(await guest.number(), OWN);
  equal((await guest.change(organization, THIRD)).status, 200);
  await venue.close();
});

Deno.test("a verified number logs in at once, and its session is the user's from the first packet", async () => {
  const { venue, organization, guest } = await verifiedGuest({ username: "ada" });
  await guest.change(organization, NEW);
  const login = { username: NEW, password: await venue.token(guest.user, organization) };
  // Nobody has the number yet, and that is remembered for a moment.
  equal((await venue.post("authorize", organization, login)).text, "");
  equal((await guest.verify(organization, await codeFor(venue, NEW))).status, 200);
  match((await venue.post("authorize", organization, login)).text, /Accept/);
  const start = {
    status_type: "Start",
    session_id: "s1",
    unique_id: "u1",
    username: NEW,
    nas_ip_address: "10.0.0.1",
    called_station_id: "AP",
    calling_station_id: "5c:7d:c1:72:a7:3b",
  };
  equal((await venue.post("accounting", organization, start)).status, 201);
  deepEqual(await venue.rows("select user_id from radacct"), [{ user_id: guest.user.id }]);
  await venue.close();
});

Deno.test("an unverified member is let in as soon as the code was right, by the same key as before", async () => {
  const { venue, organization } = await venues({ needsIdentityVerification: true });
  const guest = await phoneGuest(venue, {
    username: OWN,
    phoneNumber: OWN,
    organizations: [organization],
    verified: false,
  });
  const login = { username: OWN, password: await venue.token(guest.user, organization) };
  equal((await venue.post("authorize", organization, login)).text, "");
  await guest.ask(organization);
  const code = await codeFor(venue, OWN);
  equal((await guest.verify(organization, wrong(code))).status, 400);
  equal((await venue.post("authorize", organization, login)).text, "");
  equal((await guest.verify(organization, code)).status, 200);
  match((await venue.post("authorize", organization, login)).text, /Accept/);
  await venue.close();
});

async function venues(own: { readonly needsIdentityVerification?: boolean } = {}, settings = {}) {
  const venue = await memoryVenue({ settings: { smsTokenMaxUserDaily: 50, ...settings } });
  const organization = await venue.addOrganization({ settings: { ...SMS, ...own } });
  const beta = await venue.addOrganization({ settings: SMS });
  return { venue, organization, beta };
}

/** Somebody whose number one organization has verified. */
async function verifiedGuest(options: UserOptions = {}, settings = {}) {
  const { venue, organization, beta } = await venues({}, settings);
  const guest = await phoneGuest(venue, {
    username: "ada",
    phoneNumber: OWN,
    organizations: [organization, beta],
    ...options,
  });
  equal((await guest.ask(organization)).status, 201);
  equal((await guest.verify(organization, await codeFor(venue, OWN))).status, 200);
  venue.clock.pass(MINUTE);
  return { venue, organization, beta, guest };
}
