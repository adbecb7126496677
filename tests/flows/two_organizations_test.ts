import { deepEqual, equal, ok } from "node:assert/strict";
import { lobby } from "../support/login_pages/lobby.ts";
import { fieldsOf } from "../support/login_pages/proxy.ts";

const SMS = { sms_verification: true, sms_sender: "Portico" };
const RESET = {
  password_reset_url: "https://pages.example/{organization}/password/reset/confirm/{uid}/{token}",
};
const [OLD, FRESH] = ["+393661234567", "+393667654321"];
const PASSWORD = "correct-horse-7";

Deno.test("a guest of two organizations: neither sees what happened in the other", async () => {
  const { device, users, venue, close } = await lobby({ hotel: { settings: SMS }, cafe: { settings: SMS } });
  await users({ username: "ada", phone: OLD, method: "mobile_phone", verified: true });
  const [hotel, cafe] = [device("hotel"), device("cafe", { mac: "02:00:00:00:00:02" })];
  await hotel.browser.logIn("ada", "secret");
  await cafe.browser.logIn("ada", "secret");
  ok(hotel.browser.online && cafe.browser.online);
  venue.clock.pass(60_000);
  await hotel.portal.report({ seconds: 60, octets: 1_000_000 });
  await cafe.portal.report({ seconds: 30, octets: 2_000_000 });
  for (const [place, time, data] of [[hotel, "00:01:00", "1 MB"], [cafe, "00:00:30", "2 MB"]] as const) {
    await place.browser.poll();
    deepEqual(place.browser.status?.open.map(({ id }) => id), [place.portal.openSession()]);
    deepEqual(place.browser.status?.usage?.map(({ used }) => used), [time, data]);
  }
  await hotel.browser.logOut();
  await cafe.browser.poll();
  equal(cafe.browser.status?.open.length, 1);
  equal(cafe.browser.status?.closed.length, 0);
  await close();
});

Deno.test("a RADIUS token of one organization is refused in the other, whichever answer it came in", async () => {
  const { device, users, close } = await lobby({ hotel: {}, cafe: {} });
  await users({ username: "ada" });
  const [hotel, cafe] = [device("hotel"), device("cafe")];
  const login = fieldsOf((await hotel.proxy.logIn({ username: "ada", password: "secret" })).body);
  const validation = fieldsOf((await hotel.proxy.validate(String(login.key))).body);
  for (const { radius_user_token } of [login, validation]) {
    equal(await cafe.portal.logIn("ada", String(radius_user_token)), false);
  }
  // Being tried there spoiled nothing.
  for (const { radius_user_token } of [login, validation]) {
    equal(await hotel.portal.logIn("ada", String(radius_user_token)), true);
  }
  await close();
});

Deno.test("an API key answers where its guest is a member, and says elsewhere that she is none", async () => {
  const { device, users, venue, close } = await lobby({ hotel: { settings: SMS }, cafe: { settings: SMS } });
  await users({ username: "ada", phone: OLD, organizations: ["hotel"] });
  const key = String(
    fieldsOf((await device("hotel").proxy.logIn({ username: "ada", password: "secret" })).body).key,
  );
  const { proxy, browser } = device("cafe");
  equal((await proxy.validate(key)).status, 403);
  deepEqual([(await proxy.sessions(key, {})).body, (await proxy.usage(key)).status], [[], 404]);
  const fields = { current_password: "secret", new_password: PASSWORD, confirm_password: PASSWORD };
  for (
    const { status, body } of [
      await proxy.isCodeActive(key),
      await proxy.requestCode(key, OLD),
      await proxy.verifyCode(key, "123456"),
      await proxy.changeNumber(key, FRESH),
      await proxy.setMethod(key, "mobile_phone"),
      await proxy.changePassword(key, fields),
    ]
  ) {
    equal(status, 400);
    deepEqual(Object.keys(fieldsOf(body)), ["non_field_errors"]);
  }
  await venue.deliver();
  deepEqual(venue.sent.sms, []);
  deepEqual(await venue.rows("select count(*) as tokens from radiustoken group by organization_id"), [{
    tokens: 1,
  }]);
  equal(browser.page, "login");
  await close();
});

Deno.test("a pending number, a code and a registration record are one organization's", async () => {
  const { device, users, codes, venue, close } = await lobby({
    hotel: { settings: SMS },
    cafe: { settings: SMS },
  });
  await users({ username: "ada", phone: OLD, method: "mobile_phone", verified: true });
  const [hotel, cafe] = [device("hotel").proxy, device("cafe").proxy];
  const key = String(fieldsOf((await hotel.logIn({ username: "ada", password: "secret" })).body).key);
  equal((await hotel.changeNumber(key, FRESH)).status, 200);
  const [here, there] = [
    fieldsOf((await hotel.validate(key)).body),
    fieldsOf((await cafe.validate(key)).body),
  ];
  deepEqual([here.phone_number, here.is_verified], [FRESH, false]);
  deepEqual([there.phone_number, there.is_verified], [OLD, true]);
  deepEqual((await cafe.isCodeActive(key)).body, { active: false });
  // The hotel's code is no code of the café's.
  const [code = ""] = await codes(FRESH);
  equal((await cafe.verifyCode(key, code)).status, 400);
  equal(fieldsOf((await cafe.validate(key)).body).is_verified, true);
  equal((await hotel.verifyCode(key, code)).status, 200);
  venue.clock.pass(60_000);
  // The number is the account's now: the café has to see it proved.
  const after = fieldsOf((await cafe.validate(key)).body);
  deepEqual([after.phone_number, after.is_verified], [FRESH, false]);
  await close();
});

Deno.test("a link for a new password is worth nothing where its owner is no member", async () => {
  const { device, users, resetLinks, close } = await lobby({
    hotel: { settings: RESET },
    cafe: { settings: RESET },
  });
  await users({ username: "ada", email: "ada@example.org", organizations: ["hotel"] });
  const [hotel, cafe] = [device("hotel"), device("cafe")];
  await cafe.browser.forgotPassword("ada@example.org");
  deepEqual(await resetLinks("ada@example.org"), []);
  await hotel.browser.forgotPassword("ada@example.org");
  const [link] = await resetLinks("ada@example.org");
  ok(link);
  const passwords = { new_password1: PASSWORD, new_password2: PASSWORD };
  equal((await cafe.proxy.confirmReset({ ...link, ...passwords })).status, 400);
  equal((await hotel.proxy.confirmReset({ ...link, ...passwords })).status, 200);
  await close();
});
