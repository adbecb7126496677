import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { lobby } from "../support/login_pages/lobby.ts";

const PASSWORD = "correct-horse-7";
const SMS = { sms_verification: true, sms_sender: "Portico", needs_identity_verification: true };
const RESET = {
  password_reset_url: "https://pages.example/{organization}/password/reset/confirm/{uid}/{token}",
};
const SECOND = 1_000;
const DAY = 86_400 * SECOND;

Deno.test("a guest signs up, is online at once, sees the session and the quotas, and logs out", async () => {
  const { device, venue, close } = await lobby({ hotel: {} });
  const { browser, portal } = device("hotel");
  await browser.signUp({ email: "ada@example.org", password: PASSWORD });
  deepEqual(browser.messages, []);
  equal(browser.page, "status");
  ok(browser.online);
  // What is asked for right after the portal's log-in has the new session in it already.
  deepEqual(browser.status?.open.map(({ id, stop, device }) => ({ id, stop, device })), [
    { id: portal.openSession() ?? "", stop: null, device: "5c:7d:c1:72:a7:3b" },
  ]);
  deepEqual(browser.status?.usage, [
    { attribute: "Max-Daily-Session", used: "00:00:00", limit: "03:00:00", isUsedUp: false },
    { attribute: "Max-Daily-Session-Traffic", used: "0 kB", limit: "3 GB", isUsedUp: false },
  ]);

  venue.clock.pass(300 * SECOND);
  await portal.report({ seconds: 261, octets: 1_500_000_000 });
  await browser.poll();
  deepEqual(browser.status?.usage?.map(({ used }) => used), ["00:04:21", "1.5 GB"]);
  equal(browser.status?.open[0]?.download, 1_500_000_000);

  // Loading the page again logs in again, and opens no second session.
  await browser.reload();
  await browser.reload();
  ok(browser.online);
  equal(browser.status?.open.length, 1);

  await browser.logOut();
  deepEqual([browser.page, portal.openSession()], ["login", undefined]);
  await browser.logIn("ada@example.org", PASSWORD);
  deepEqual([browser.page, browser.online, browser.messages], ["status", true, []]);
  equal(browser.status?.closed.length, 1);
  ok(browser.status?.closed[0]?.stop instanceof Date);
  await close();
});

Deno.test("what is wrong with a sign-up stands beside its field, in the guest's language", async () => {
  const { device, users, close } = await lobby({ hotel: { settings: { first_name: "mandatory" } } });
  await users({ username: "ada@example.org", email: "ada@example.org" });
  const { browser } = device("hotel", { language: "it" });
  await browser.signUp({ email: "ada@example.org", password: PASSWORD, firstName: "Ada" });
  deepEqual(Object.keys(browser.fieldErrors), ["email"]);
  ok(browser.fieldErrors.email);
  await browser.signUp({ email: "bob@example.org", password: "1234", firstName: "Bob" });
  deepEqual(Object.keys(browser.fieldErrors), ["password1"]);
  await browser.signUp({ email: "bob@example.org", password: PASSWORD });
  deepEqual(Object.keys(browser.fieldErrors), ["first_name"]);
  notEqual(browser.fieldErrors.first_name, "This field is required.");
  await browser.signUp({ email: "bob@example.org", password: PASSWORD, firstName: "Bob" });
  equal(browser.page, "status");
  await close();
});

Deno.test("a number is verified by SMS, and the session that follows under it is the guest's", async () => {
  const { device, codes, venue, close } = await lobby({ hotel: { settings: SMS } });
  const { browser, portal } = device("hotel");
  const phoneNumber = "+393661234567";
  await browser.signUp({ email: "ada@example.org", password: PASSWORD, phoneNumber });
  deepEqual([browser.page, browser.number, browser.cooldown], ["mobile-phone-verification", phoneNumber, 30]);
  deepEqual(browser.messages, []);
  const [code = "", ...others] = await codes(phoneNumber);
  deepEqual(others, []);
  match(code, /^\d{6}$/);

  await browser.enterCode(code === "123456" ? "654321" : "123456");
  equal(browser.page, "mobile-phone-verification");
  equal(browser.messages.length, 1);
  await browser.resendCode();
  equal(browser.messages.length, 2);
  ok(browser.cooldown > 0 && browser.cooldown <= 30);

  await browser.enterCode(code);
  deepEqual([browser.page, browser.online], ["status", true]);
  equal(browser.status?.open[0]?.id, portal.openSession());
  venue.clock.pass(60 * SECOND);
  await portal.report({ seconds: 60, octets: 1_000_000 });
  await browser.poll();
  deepEqual(browser.status?.usage?.map(({ used }) => used), ["00:01:00", "1 MB"]);
  await browser.logOut();
  equal(portal.openSession(), undefined);
  await browser.logIn(phoneNumber, PASSWORD);
  deepEqual([browser.page, browser.online, browser.messages], ["status", true, []]);
  await close();
});

Deno.test("who logs in unverified goes on where the code is still on its way", async () => {
  const { device, codes, venue, close } = await lobby({ hotel: { settings: SMS } });
  const [phoneNumber, tab] = ["+393661234567", new Map<string, string>()];
  const { browser } = device("hotel", { tab });
  await browser.signUp({ email: "ada@example.org", password: PASSWORD, phoneNumber });
  await browser.logOut();
  venue.clock.pass(10 * SECOND);

  // Logging out forgot that a code was asked for: it is asked for again.
  await browser.logIn("ada@example.org", PASSWORD);
  equal(browser.page, "mobile-phone-verification");
  equal(browser.messages.length, 1);
  equal(browser.cooldown, 20);
  match(browser.messages[0] ?? "", /20/);
  await browser.reload();
  equal(browser.page, "mobile-phone-verification");

  const [code = "", ...others] = await codes(phoneNumber);
  deepEqual(others, []);
  await browser.enterCode(code);
  deepEqual([browser.page, browser.online], ["status", true]);
  await close();
});

Deno.test("a password that has expired is changed before anything else, and the token lives on", async () => {
  const { device, users, venue, close } = await lobby({ hotel: {} }, {
    settings: { userPasswordExpiration: 30 },
  });
  await users({ username: "ada" });
  await venue.client.execute("update user set password_updated = '2026-01-01'");
  venue.db.cache.clear();
  const { browser, portal } = device("hotel");
  await browser.logIn("ada", "secret");
  deepEqual([browser.page, browser.mustChangePassword, browser.online], ["change-password", true, false]);
  await browser.changePassword("wrong", PASSWORD);
  deepEqual(Object.keys(browser.fieldErrors), ["current_password"]);
  await browser.changePassword("secret", "password");
  equal(browser.page, "change-password");
  notEqual(browser.messages.at(-1), "Error occurred!");
  await browser.changePassword("secret", PASSWORD);
  deepEqual([browser.page, browser.mustChangePassword, browser.online], ["status", false, true]);
  ok(portal.openSession());
  await browser.reload();
  deepEqual([browser.page, browser.mustChangePassword], ["status", false]);
  await close();
});

Deno.test("an account of another organization is connected by logging in, and keeps its session there", async () => {
  const { device, users, close } = await lobby({ hotel: {}, cafe: {} });
  await users({ username: "ada@example.org", email: "ada@example.org", organizations: ["hotel"] });
  const hotel = device("hotel");
  await hotel.browser.logIn("ada@example.org", "secret");
  ok(hotel.browser.online);

  const cafe = device("cafe", { mac: "02:00:00:00:00:02" });
  await cafe.browser.signUp({ email: "ada@example.org", password: PASSWORD });
  deepEqual(cafe.browser.known, [{ slug: "hotel", name: "hotel" }]);
  await cafe.browser.logIn("ada@example.org", "secret");
  deepEqual([cafe.browser.page, cafe.browser.online, cafe.browser.messages], ["status", true, []]);
  equal(cafe.browser.status?.open.length, 1);

  await hotel.browser.poll();
  deepEqual(hotel.browser.status?.open.map(({ id }) => id), [hotel.portal.openSession()]);
  await hotel.browser.reload();
  ok(hotel.browser.online);
  // Once more: the sign-up is complete, nothing asks for it again.
  await cafe.browser.logOut();
  await cafe.browser.logIn("ada@example.org", "secret");
  deepEqual([cafe.browser.page, cafe.browser.messages], ["status", []]);
  await close();
});

Deno.test("joining where numbers are verified leads through the SMS page, and verifies there only", async () => {
  const { device, users, codes, close } = await lobby({ hotel: { settings: SMS }, cafe: { settings: SMS } });
  const phone = "+393661234567";
  await users({
    username: "ada",
    email: "ada@example.org",
    phone,
    method: "mobile_phone",
    verified: true,
    organizations: ["hotel"],
  });
  const cafe = device("cafe");
  await cafe.browser.logIn("ada@example.org", "secret");
  deepEqual([cafe.browser.page, cafe.browser.number], ["mobile-phone-verification", phone]);
  deepEqual(cafe.browser.messages, []);
  const [code = ""] = await codes(phone);
  await cafe.browser.enterCode(code);
  // The pages log in to the portal under the number now, though it is not the user name.
  deepEqual([cafe.browser.page, cafe.browser.online], ["status", true]);
  equal(cafe.browser.status?.open[0]?.id, cafe.portal.openSession());
  await cafe.portal.report({ seconds: 30, octets: 5_000 });
  await cafe.browser.poll();
  equal(cafe.browser.status?.usage?.[0]?.used, "00:00:30");
  await cafe.browser.logOut();
  equal(cafe.portal.openSession(), undefined);
  const hotel = device("hotel");
  await hotel.browser.logIn("ada", "secret");
  deepEqual([hotel.browser.page, hotel.browser.online], ["status", true]);
  await close();
});

Deno.test("a change of number is completed in a browser that knows nothing of the first code", async () => {
  const { device, users, codes, venue, close } = await lobby({ hotel: { settings: SMS } });
  const [old, fresh] = ["+393661234567", "+393667654321"];
  await users({ username: old, phone: old, method: "mobile_phone", verified: true });
  const first = device("hotel");
  await first.browser.logIn(old, "secret");
  await first.browser.changeNumber(old);
  deepEqual(Object.keys(first.browser.fieldErrors), ["phone_number"]);
  // In this tab nothing was ever asked for, so the pages ask at once; the code on its way must live.
  await first.browser.changeNumber(fresh);
  deepEqual([first.browser.page, first.browser.number], ["mobile-phone-verification", fresh]);
  equal((await codes(fresh)).length, 1);

  venue.clock.pass(5 * SECOND);
  const second = device("hotel", { mac: "02:00:00:00:00:02" });
  await second.browser.logIn(old, "secret");
  deepEqual([second.browser.page, second.browser.number], ["mobile-phone-verification", fresh]);
  equal(second.browser.cooldown, 25);
  equal((await codes(fresh)).length, 1);
  venue.clock.pass(40 * SECOND);
  await second.browser.resendCode();
  const [, latest = ""] = await codes(fresh);
  await second.browser.enterCode(latest);
  deepEqual([second.browser.page, second.browser.online, second.browser.number], ["status", true, fresh]);
  deepEqual(await codes(old), []);
  await second.browser.reload();
  deepEqual([second.browser.page, second.browser.online, second.browser.number], ["status", true, fresh]);
  await second.browser.logOut();
  await second.browser.logIn(fresh, "secret");
  equal(second.browser.page, "status");
  await close();
});

Deno.test("in the tab that asked for a code before, the one that the change itself sent is enough", async () => {
  const { device, codes, venue, close } = await lobby({ hotel: { settings: SMS } });
  const [old, fresh] = ["+393661234567", "+393667654321"];
  const { browser } = device("hotel");
  await browser.signUp({ email: "ada@example.org", password: PASSWORD, phoneNumber: old });
  await browser.enterCode((await codes(old))[0] ?? "");
  equal(browser.page, "status");
  venue.clock.pass(60 * SECOND);
  await browser.changeNumber(fresh);
  deepEqual([browser.page, browser.messages], ["mobile-phone-verification", []]);
  await browser.enterCode((await codes(fresh))[0] ?? "");
  deepEqual([browser.page, browser.online, browser.number], ["status", true, fresh]);
  await close();
});

Deno.test("closed sessions come page by page as the guest scrolls, each once", async () => {
  const { device, users, credentials, venue, close } = await lobby({ hotel: {} });
  await users({ username: "ada" });
  for (let index = 0; index < 23; index++) {
    const body = {
      status_type: "Stop",
      session_id: `s${index}`,
      unique_id: `s${index}`,
      nas_ip_address: "10.0.0.1",
      username: "ada",
      session_time: "5",
      start_time: `2026-11-01T00:00:${10 + index}Z`,
    };
    await venue.fetch("/api/v1/freeradius/accounting/", {
      method: "POST",
      headers: { "content-type": "application/json", ...credentials("hotel") },
      body: JSON.stringify(body),
    });
  }
  const { browser } = device("hotel");
  await browser.logIn("ada", "secret");
  equal(browser.status?.closed.length, 10);
  for (let scroll = 0; scroll < 5; scroll++) await browser.scrollDown();
  const ids = browser.status?.closed.map(({ id }) => id) ?? [];
  deepEqual(ids, Array.from({ length: 23 }, (_, index) => `s${22 - index}`));
  equal(browser.status?.open.length, 1);
  await close();
});

Deno.test("quotas that are no numbers, zero or used up are drawn, and a used-up one is told with its reason", async () => {
  const group = (...checks: readonly [attribute: string, value: string][]) => ({
    groups: [{
      name: "guests",
      default: true,
      checks: checks.map(([attribute, value]) => [attribute, ":=", value]),
    }],
  });
  const { device, users, venue, close } = await lobby({
    hotel: group(["Max-Daily-Session", "many"], ["Max-Daily-Session-Traffic", "1000000"]),
    closed: group(["Max-Daily-Session", "0"], ["Max-Monthly-Session-Traffic", "0"]),
    empty: group(),
  });
  await users({ username: "ada" });
  const hotel = device("hotel");
  await hotel.browser.logIn("ada", "secret");
  equal(hotel.browser.status?.isExhausted, false);
  venue.clock.pass(60 * SECOND);
  await hotel.portal.report({ seconds: 60, octets: 2_000_000 });
  await hotel.browser.poll();
  equal(hotel.browser.status?.isExhausted, true);
  const [time, traffic] = hotel.browser.status?.usage ?? [];
  deepEqual([time?.limit, time?.isUsedUp], ["many", false]);
  deepEqual([traffic?.used, traffic?.isUsedUp], ["1 MB", true]);
  await hotel.browser.logOut();
  await hotel.browser.logIn("ada", "secret");
  equal(hotel.browser.online, false);
  // The daily *traffic* is used up, and says so.
  ok(hotel.portal.reply());
  notEqual(hotel.portal.reply(), "Your maximum daily usage time has been reached");

  const closed = device("closed");
  await closed.browser.logIn("ada", "secret");
  deepEqual([closed.browser.page, closed.browser.online], ["status", false]);
  deepEqual(closed.browser.status?.usage?.map(({ used, limit }) => [used, limit]), [
    ["00:00:00", "00:00:00"],
    ["0 kB", "0 kB"],
  ]);
  // Without quotas there is no box.
  const empty = device("empty");
  await empty.browser.logIn("ada", "secret");
  deepEqual([empty.browser.page, empty.browser.online, empty.browser.status?.usage], [
    "status",
    true,
    undefined,
  ]);
  await close();
});

Deno.test("logging out ends the session that the portal opened, in its spelling; without one nothing is asked of it", async () => {
  const { device, users, close } = await lobby({ hotel: {} });
  await users({ username: "ada" });
  const { browser, portal, proxy } = device("hotel", { mac: "5C-7D-C1-72-A7-3B" });
  await browser.logIn("ada", "secret");
  const [session] = browser.status?.open ?? [];
  equal(session?.device, "5C-7D-C1-72-A7-3B");
  const { key } = (await proxy.logIn({ username: "ada", password: "secret" })).body as { key: string };
  for (const calling_station_id of ["5c:7d:c1:72:a7:3b", "5C-7D-C1-72-A7-3B"]) {
    const { body } = await proxy.sessions(key, { is_open: "true", calling_station_id });
    equal((body as unknown[]).length, 1, calling_station_id);
  }
  await portal.logOut(session?.id ?? "");
  await browser.poll();
  deepEqual(browser.status?.open, []);
  await browser.logOut();
  equal(browser.page, "login");
  // There is no call that ends a token.
  equal((await proxy.sessions(key, { is_open: "true" })).status, 200);
  await close();
});

Deno.test("a forgotten password is set anew through the link in the mail", async () => {
  const { device, users, resetLinks, venue, close } = await lobby({ hotel: { settings: RESET } });
  await users({ username: "ada", email: "ada@example.org" });
  const { browser } = device("hotel", { language: "it" });
  await browser.forgotPassword("ADA@example.org");
  await browser.forgotPassword("nobody@example.org");
  equal(browser.messages.length, 2);
  equal(browser.messages[0], browser.messages[1]);
  const [link] = await resetLinks("ada@example.org");
  ok(link);
  equal(venue.sent.mails.length, 1);
  await browser.setNewPassword(link, "1234");
  notEqual(browser.messages.at(-1), "invalid password reset link");
  await browser.setNewPassword(link, PASSWORD);
  ok(browser.messages.at(-1));
  await browser.setNewPassword(link, `${PASSWORD}8`);
  equal(browser.messages.at(-1), "invalid password reset link");
  await browser.logIn("ada", PASSWORD);
  deepEqual([browser.page, browser.online], ["status", true]);
  // Who waits too long has waited for nothing.
  await browser.forgotPassword("ada");
  const [, late] = await resetLinks("ada@example.org");
  ok(late);
  venue.clock.pass(4 * DAY);
  await browser.setNewPassword(late, "battery-staple-9");
  equal(browser.messages.at(-1), "invalid password reset link");
  await close();
});

Deno.test("a deactivated guest stays on the login page, and is put out of the status page", async () => {
  const { device, users, close } = await lobby({ hotel: {} });
  await users({ username: "ada" });
  const { browser } = device("hotel");
  await browser.logIn("ada", "secret");
  await users({ username: "ada", active: false });
  await browser.reload();
  equal(browser.page, "login");
  await browser.logIn("ada", "secret");
  deepEqual([browser.page, browser.online && false, browser.messages.length], ["login", false, 1]);
  await browser.logIn("ada", "wrong");
  deepEqual([browser.page, browser.messages.length], ["login", 1]);
  await close();
});

Deno.test("where nobody signs up a stranger is told so, and a member of another organization too", async () => {
  const { device, users, close } = await lobby({
    hotel: {},
    cafe: { settings: { registration_enabled: false } },
  });
  await users({ username: "ada", organizations: ["hotel"] });
  const { browser } = device("cafe");
  await browser.signUp({ email: "new@example.org", password: PASSWORD });
  equal(browser.messages.length, 1);
  notEqual(browser.messages[0], "Registration error.");
  await browser.logIn("ada", "secret");
  deepEqual([browser.page, browser.messages.length], ["login", 1]);
  await close();
});
