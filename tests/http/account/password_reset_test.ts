import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { linkIn, NEW, passwordVenue } from "./password_guest.ts";

const HOUR = 3_600_000;
const SENT = {
  detail: "If there is an account like this, we sent an e-mail with a link to choose a new password.",
};
const INVALID_TOKEN = { token: ["Invalid value"] };

Deno.test("a guest who forgot the password gets a link by mail, in her language, and logs in with the new one", async () => {
  const { venue, ada, post, confirm, login } = await passwordVenue();
  const asked = await post("password/reset/", { input: "+39 366 5243702" }, { language: "it,en-US" });
  equal(asked.status, 200);
  match(String(asked.json.detail), /^Se esiste un account/);
  await venue.deliver();
  const [mail] = venue.sent.mails;
  deepEqual([venue.sent.mails.length, mail?.to], [1, "ada@example.org"]);
  match(mail?.html ?? "", /<html lang="it"/);
  const { uid, token } = linkIn(mail?.text);
  equal(uid, ada.id.replaceAll("-", ""));
  match(token, /^[0-9a-z-]+$/);

  const set = await confirm({ uid, token }, { language: "de" });
  deepEqual([set.status, Object.keys(set.json)], [200, ["detail"]]);
  match(String(set.json.detail), /Passwort/);
  equal((await login(NEW)).status, 200);
  equal((await login("secret")).status, 400);
  deepEqual(venue.faults, []);
  await venue.close();
});

Deno.test("the answer is the same for everybody, and only members with password and address get a mail", async () => {
  const { venue, alpha, post } = await passwordVenue();
  const beta = await venue.addOrganization();
  const password = "secret";
  const here = { password, organizations: [alpha] };
  await venue.addUser({ username: "off", email: "off@example.org", isActive: false, ...here });
  await venue.addUser({ username: "far", email: "far@example.org", password, organizations: [beta] });
  await venue.addUser({ username: "saml", email: "saml@example.org", organizations: [alpha] });
  await venue.addUser({ username: "mute", ...here });
  await venue.addUser({ username: "root", email: "root@example.org", password });
  await venue.rows("update user set is_superuser = 1 where username = 'root'");
  const inputs = [
    "ada",
    "off",
    "far",
    "saml",
    "mute",
    "root",
    "nobody",
    "+393660000000",
    "x".repeat(70_000),
    "%_'\"",
  ];
  for (const input of inputs) {
    const { status, json } = await post("password/reset/", { input });
    deepEqual([status, json], [200, SENT], input.slice(0, 20));
  }
  await venue.deliver();
  deepEqual(venue.sent.mails.map(({ to }) => to), ["ada@example.org", "root@example.org"]);
  deepEqual(venue.faults, []);
  await venue.close();
});

Deno.test("a disabled organization sends nothing to its members, and answers the same", async () => {
  const { venue, post } = await passwordVenue();
  await venue.rows("update organization set is_active = 0");
  venue.db.cache.clear();
  deepEqual((await post("password/reset/", { input: "ada" })).json, SENT);
  await venue.deliver();
  equal(venue.sent.mails.length, 0);
  await venue.close();
});

Deno.test("an organization without settings resets passwords too, with the installation's address", async () => {
  const { venue, alpha, post } = await passwordVenue({ settings: { siteDomain: "wifi.example.org" } });
  await venue.rows("delete from organization_radius_settings where organization_id = ?", [alpha.id]);
  venue.db.cache.clear();
  deepEqual((await post("password/reset/", { input: "ada" })).json, SENT);
  await venue.deliver();
  match(
    venue.sent.mails[0]?.text ?? "",
    /https:\/\/wifi\.example\.org\/alpha\/password\/reset\/confirm\/[0-9a-f]{32}\/[0-9a-z-]+\n/,
  );
  deepEqual(venue.faults, []);
  await venue.close();
});

Deno.test("nothing that depends on who exists happens before the answer", async () => {
  const { venue, post } = await passwordVenue();
  await post("password/reset/", { input: "warm" });
  await venue.deliver();
  const statements: string[] = [];
  const { execute, batch } = venue.client;
  const note = (statement: unknown) => statements.push(JSON.stringify(statement));
  venue.client.execute = (
    ...given: unknown[]
  ) => (note(given[0]), Reflect.apply(execute, venue.client, given));
  venue.client.batch = (...given: unknown[]) => (note(given[0]), Reflect.apply(batch, venue.client, given));
  for (const input of ["ada", "nobody"]) {
    statements.length = 0;
    await post("password/reset/", { input });
    ok(
      statements.every((text) => !text.includes(input) && !text.includes('\\"user\\"')),
      statements.join("\n"),
    );
    await venue.deliver();
    ok(statements.some((text) => text.includes(input)));
  }
  await venue.close();
});

Deno.test("over 200 calls the time tells nobody whether an account exists", async () => {
  const { venue, alpha, post } = await passwordVenue({ settings: { throttleRates: { others: null } } });
  for (let at = 0; at < 100; at++) {
    await venue.addUser({ username: `known${at}`, email: `known${at}@example.org`, organizations: [alpha] });
  }
  await venue.rows("update user set password = 'scrypt$' || username");
  for (let at = 0; at < 20; at++) await post("password/reset/", { input: `warm${at}` });
  const times = { known: [] as number[], nobody: [] as number[] };
  for (let at = 0; at < 100; at++) {
    // In turns and by chance first or second, so that neither always follows the other's work.
    for (const kind of Math.random() < 0.5 ? ["known", "nobody"] as const : ["nobody", "known"] as const) {
      const began = performance.now();
      const { status } = await post("password/reset/", { input: `${kind}${at}` }, { from: `10.0.${at}.1` });
      times[kind].push(performance.now() - began);
      equal(status, 200);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
  const median = (list: number[]) => list.toSorted((a, b) => a - b)[list.length / 2] ?? NaN;
  const [known, nobody] = [median(times.known), median(times.nobody)];
  ok(
    Math.abs(known - nobody) < Math.max(0.5, 0.3 * nobody),
    `${known} ms for members, ${nobody} ms for nobody`,
  );
  await venue.deliver();
  equal(venue.sent.mails.length, 100);
  await venue.close();
});

Deno.test("a guest cannot be bombed with mails, from however many addresses, and the answer stays the same", async () => {
  const { venue, post } = await passwordVenue();
  const ask = (input: string, at: number) => post("password/reset/", { input }, { from: `10.0.0.${at}` });
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, at) => ask(["ada", "ADA@example.org", "+393665243702"][at % 3] ?? "", at)),
  );
  for (const { status, json } of answers) deepEqual([status, json], [200, SENT]);
  await venue.deliver();
  equal(venue.sent.mails.length, 5);
  for (let hour = 1; hour < 10; hour++) {
    venue.clock.pass(HOUR);
    for (let at = 0; at < 10; at++) await ask("ada", at);
  }
  await venue.deliver();
  equal(venue.sent.mails.length, 15);
  venue.clock.pass(24 * HOUR);
  await ask("ada", 1);
  await venue.deliver();
  equal(venue.sent.mails.length, 16);
  deepEqual(venue.faults, []);
  await venue.close();
});

Deno.test("one address cannot have mails sent to everybody, nor does asking for nobody take them from others", async () => {
  const { venue, alpha, post } = await passwordVenue({ settings: { throttleRates: { others: null } } });
  for (let at = 0; at < 210; at++) {
    await venue.addUser({ username: `g${at}`, email: `g${at}@example.org`, organizations: [alpha] });
  }
  await venue.rows("update user set password = 'scrypt$' || username");
  for (let at = 0; at < 210; at++) await post("password/reset/", { input: `nobody${at}` });
  for (let at = 0; at < 210; at++) equal((await post("password/reset/", { input: `g${at}` })).status, 200);
  await venue.deliver();
  equal(venue.sent.mails.length, 200);
  await post("password/reset/", { input: "g209" }, { from: "10.0.0.9" });
  await venue.deliver();
  equal(venue.sent.mails.length, 201);
  await venue.close();
});

Deno.test("both endpoints answer with and without a slash, refuse other methods, and name a missing input", async () => {
  const { venue, post, alpha } = await passwordVenue();
  deepEqual((await post("password/reset", { input: "ada" })).json, SENT);
  deepEqual((await post("password/reset/", {})).json, { input: ["This field is required."] });
  deepEqual((await post("password/reset/", { input: " " })).json, {
    input: ["This field may not be blank."],
  });
  deepEqual((await post("password/reset/", { input: null }, { json: true, language: "es" })).status, 400);
  equal((await post("password/reset/", { input: "ada" }, { organization: { slug: "none" } })).status, 404);
  for (const path of ["password/reset/", "password/reset/confirm/"]) {
    const response = await venue.fetch(`/api/v1/radius/organization/${alpha.slug}/account/${path}`);
    deepEqual([response.status, response.headers.get("allow")], [405, "POST, OPTIONS"]);
    await response.body?.cancel();
  }
  await venue.close();
});

Deno.test("requests are counted under others, by address", async () => {
  const { venue, post, confirm } = await passwordVenue({ settings: { throttleRates: { others: "2/hour" } } });
  equal((await post("password/reset/", { input: "ada" })).status, 200);
  equal((await confirm({ uid: "x", token: "x" })).status, 400);
  equal((await post("password/reset/", { input: "ada" })).status, 429);
  equal((await post("password/reset/", { input: "ada" }, { from: "10.0.0.1" })).status, 200);
  await venue.close();
});

Deno.test("two members whom one identifier names both get a mail, each with a link of her own", async () => {
  const { venue, alpha, post, confirm } = await passwordVenue();
  await venue.addUser({
    username: "ada@example.org",
    email: "eve@example.org",
    password: "secret",
    organizations: [alpha],
  });
  await post("password/reset/", { input: "ada@example.org" });
  await venue.deliver();
  deepEqual(venue.sent.mails.map(({ to }) => to).sort(), ["ada@example.org", "eve@example.org"]);
  const links = venue.sent.mails.map(({ text }) => linkIn(text));
  notEqual(links[0]?.token, links[1]?.token);
  const [first, second] = links;
  deepEqual((await confirm({ uid: first?.uid, token: second?.token })).json, INVALID_TOKEN);
  for (const fields of links) equal((await confirm({ ...fields })).status, 200);
  await venue.close();
});
