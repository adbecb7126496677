import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Zone } from "../../../src/aaa/identity/zones.ts";
import { en } from "../../../src/languages/en.ts";
import { LANGUAGES, message, say } from "../../../src/languages/say.ts";
import { portableCrypto } from "../../../src/runtime/portable_crypto.ts";
import { portalRoutes } from "../../../src/web/portal/portal_routes.tsx";
import { type MemoryController, memoryController, testZone } from "../../support/memory_controller.ts";

const NOON = new Date("2026-11-22T12:00:00Z");
const ADDRESS = "10.1.0.5";

interface Guest {
  readonly controller: MemoryController;
  readonly faults: readonly unknown[];
  get(path: string, headers?: HeadersInit, from?: string): Promise<Shown>;
  post(path: string, fields: Readonly<Record<string, string>> | string): Promise<Shown>;
  /** The token of the form on a page. */
  token(path: string): Promise<string>;
  clock: Date;
}

interface Shown {
  readonly status: number;
  readonly headers: Headers;
  readonly location: string | null;
  readonly html: string;
}

/** A guest's browser before the sign-in page of a zone. */
function guestOf(options: Readonly<Record<string, unknown>> = {}): Guest {
  const zone: Zone = testZone({ address: ["10.1.0.1/24"], ...options });
  const faults: unknown[] = [];
  const controller = memoryController([zone], () => guest.clock);
  const portal = portalRoutes({
    controller,
    now: () => guest.clock,
    crypto: portableCrypto,
    reportFault: (fault) => faults.push(fault),
  });
  const fetch = async (path: string, init: RequestInit, source = ADDRESS): Promise<Shown> => {
    const response = await portal.request(`http://10.1.0.1:3990${path}`, init, { zone, source });
    const { status, headers } = response;
    return { status, headers, location: headers.get("location"), html: await response.text() };
  };
  const guest: Guest = {
    clock: NOON,
    controller,
    faults,
    get: (path, headers = {}, from) => fetch(path, { headers }, from),
    post: (path, fields) =>
      fetch(path, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: typeof fields === "string" ? fields : new URLSearchParams(fields).toString(),
      }),
    async token(path) {
      const { html } = await guest.get(path);
      return /name="form_token" value="([^"]*)"/.exec(html)?.[1] ?? "";
    },
  };
  controller.put(ADDRESS);
  return guest;
}

async function logIn(guest: Guest, fields: Readonly<Record<string, string>> = {}): Promise<Shown> {
  const form_token = await guest.token("/www/login");
  return await guest.post("/www/login", { form_token, username: "ada", password: "secret", ...fields });
}

Deno.test("a stranger logs in, sees what is left, and logs out", async () => {
  const guest = guestOf();
  const page = await guest.get("/www/login?res=notyet&challenge=00&userurl=http%3a%2f%2fexample.org%2f");
  equal(page.status, 200);
  match(page.html, /<h1>Log in to the Wi-Fi<\/h1>/);
  match(page.html, /<form method="post" action="login"/);

  const { status, location } = await logIn(guest, { username: " ada ", password: " secret " });
  deepEqual([status, location], [303, "status"]);
  const { challenge, ...asked } = guest.controller.asked[0] ?? {};
  deepEqual(asked, {
    userName: "ada",
    credential: { kind: "password", password: " secret " },
    lang: "en",
  });
  match(challenge ?? "", /^\d{32}$/);

  guest.controller.open(ADDRESS, { sessionTimeout: 3600, maxTotalOctets: 100_000_000n }, {
    downOctets: 12_000_000,
    upOctets: 345_678,
  });
  guest.clock = new Date(NOON.getTime() + 65_000);
  const { html, headers } = await guest.get("/www/status");
  match(html, /<dt>Connected as<\/dt><dd><bdi>ada<\/bdi><\/dd>/);
  match(
    html,
    /<dt>Time used<\/dt><dd>1 min 5 secs<\/dd><\/div><div><dt>Time left<\/dt><dd>58 mins 55 secs<\/dd>/,
  );
  match(html, /<dt>Data used<\/dt><dd>12\.3 MB<\/dd><\/div><div><dt>Data left<\/dt><dd>87\.6 MB<\/dd>/);
  equal(headers.get("refresh"), "3536");
  equal((await guest.get("/www/login")).location, "status");

  const form_token = await guest.token("/www/status");
  const out = await guest.post("/www/logout", { form_token });
  deepEqual([out.status, out.location], [303, "login?res=logoff"]);
  equal(guest.controller.at(ADDRESS).state, "stranger");
  match((await guest.get("/www/login?res=logoff")).html, /role="status">You are logged out\./);
});

Deno.test("the page of a long session renews itself within the time that every browser can count", async () => {
  const guest = guestOf();
  guest.controller.open(ADDRESS, { sessionTimeout: 90 * 86_400 });
  equal((await guest.get("/www/status")).headers.get("refresh"), "86400");
});

Deno.test("what is not limited has no line", async () => {
  const guest = guestOf();
  guest.controller.open(ADDRESS);
  const { html, headers } = await guest.get("/www/status");
  ok(!/Time left|Data left/.test(html));
  equal(headers.get("refresh"), null);
});

Deno.test("a refusal is said in its own words, else in ours, with the name kept and the password not", async () => {
  const guest = guestOf();
  guest.controller.verdict = { kind: "reject", replyMessage: "Quota <b>used</b> & gone" };
  const refused = await logIn(guest, { username: 'a"><i>', password: "hunter22" });
  equal(refused.status, 403);
  match(refused.html, /role="alert">Quota &lt;b&gt;used&lt;\/b&gt; &amp; gone</);
  match(refused.html, /id="username"[^>]*value="a&quot;&gt;&lt;i&gt;"/);
  ok(!refused.html.includes("hunter22"));

  guest.controller.verdict = { kind: "reject" };
  match((await logIn(guest)).html, /role="alert">The user name or the password is not right\./);
  guest.controller.verdict = { kind: "silent" };
  const silent = await logIn(guest);
  deepEqual([silent.status, /could not be checked right now/.test(silent.html)], [503, true]);

  // The form of the refusal has the new challenge.
  guest.controller.verdict = { kind: "accept" };
  equal((await logIn(guest)).location, "status");
});

Deno.test("a form from elsewhere, of before or sent twice logs nobody in", async () => {
  const guest = guestOf();
  const old = await guest.token("/www/login");
  guest.controller.verdict = { kind: "reject" };
  await logIn(guest);
  guest.controller.verdict = { kind: "accept" };
  const tried = guest.controller.asked.length;
  for (const form_token of ["", "0".repeat(32), old]) {
    const stale = await guest.post("/www/login", { form_token, username: "ada", password: "secret" });
    equal(stale.status, 409);
    match(stale.html, /role="alert">This page was out of date/);
    match(stale.html, /id="username"[^>]*value="ada"/);
  }
  equal(guest.controller.asked.length, tried);

  const form_token = await guest.token("/www/login");
  const fields = { form_token, username: "ada", password: "secret" };
  equal((await guest.post("/www/login", fields)).location, "status");
  equal((await guest.post("/www/login", fields)).location, "status");
  equal(guest.controller.asked.length, tried + 1);
});

Deno.test("nobody gets in with the empty token of a station without a challenge", async () => {
  const guest = guestOf();
  equal(guest.controller.at(ADDRESS).challenge, "");
  const { status } = await guest.post("/www/login", { form_token: "", username: "eve", password: "x" });
  equal(status, 409);
  deepEqual(guest.controller.asked, []);
});

Deno.test("with nochallenge the session to come is the token", async () => {
  const guest = guestOf({ nochallenge: true });
  guest.controller.put(ADDRESS, { challenge: "0".repeat(32) });
  equal(await guest.token("/www/login"), guest.controller.at(ADDRESS).sessionId);
  equal((await logIn(guest, { form_token: "0".repeat(32) })).status, 409);
  equal((await logIn(guest)).location, "status");
});

Deno.test("what is missing is said at its field", async () => {
  const guest = guestOf();
  const { status, html } = await logIn(guest, { username: " ", password: "" });
  equal(status, 400);
  match(html, /<p class="error" id="username-error">Enter your user name\./);
  match(html, /<p class="error" id="password-error">Enter your password\./);
  match(html, /<input id="password"[^>]*aria-describedby="password-error"[^>]*aria-invalid="true"/);
  match((await logIn(guest, { username: "a".repeat(254) })).html, /longer than 253 characters/);
  const broken = await guest.post("/www/login", "x".repeat(20_000));
  deepEqual([broken.status, /did not arrive whole/.test(broken.html)], [400, true]);
  deepEqual(guest.controller.asked, []);
});

Deno.test("only the session's own page ends it", async () => {
  const guest = guestOf();
  guest.controller.open(ADDRESS);
  for (const form_token of ["", "1", "0".repeat(32)]) {
    match((await guest.post("/www/logout", { form_token })).html, /<h1>Log out\?<\/h1>/);
  }
  match((await guest.get("/www/logout")).html, /<h1>Log out\?<\/h1>/);
  equal(guest.controller.at(ADDRESS).state, "open");
  const form_token = await guest.token("/www/logout");
  equal((await guest.post("/www/logout", { form_token })).location, "login?res=logoff");
});

Deno.test("whoever is held at the splash page goes on by its button", async () => {
  const guest = guestOf();
  guest.controller.open(ADDRESS, { splash: true });
  match((await guest.get("/www/login")).html, /<h1>Welcome<\/h1>/);
  equal((await guest.get("/www/status")).location, "login");
  equal((await guest.post("/www/continue", { form_token: "1" })).location, "login");
  equal(guest.controller.at(ADDRESS).state, "splash");
  const form_token = await guest.token("/www/login");
  equal((await guest.post("/www/continue", { form_token })).location, "status");
  equal(guest.controller.at(ADDRESS).state, "open");
});

Deno.test("a session that ended by itself leads to the form, which says so", async () => {
  const guest = guestOf();
  equal((await guest.get("/www/status")).location, "login");
  const session = guest.controller.open(ADDRESS);
  guest.controller.put(ADDRESS, { state: "stranger", session: null, lastSession: session });
  const { location } = await guest.get("/www/status");
  equal(location, "login?over");
  match((await guest.get(`/www/${location}`)).html, /role="alert">Your session has ended/);
});

Deno.test("devices that pass, that must not, and that nobody sees are told so", async () => {
  const guest = guestOf();
  guest.controller.put(ADDRESS, { state: "bypass" });
  match((await guest.get("/www/login")).html, /This device needs no log-in here\./);
  guest.controller.put(ADDRESS, { state: "stranger", isDenied: true });
  const denied = await guest.get("/www/login");
  deepEqual([denied.status, /may not use this Wi-Fi/.test(denied.html)], [403, true]);
  const unknown = await guest.get("/www/login", {}, "10.1.0.99");
  deepEqual([unknown.status, /We do not see your device/.test(unknown.html)], [403, true]);
  equal((await guest.get("/www/nothing")).status, 404);
});

Deno.test("what the UAM port says of a failed log-on is shown, to the station it was said to", async () => {
  const guest = guestOf();
  const challenge = await guest.token("/www/login");
  const told = async (query: string) =>
    /role="alert">([^<]*)/.exec((await guest.get(`/www/login?res=failed&${query}`)).html)?.[1];
  equal(
    await told(`reason=reject&challenge=${challenge}&reply=No%20more%20%3Ctoday%3E`),
    "No more &lt;today&gt;",
  );
  equal(await told(`reason=reject&challenge=${challenge}`), en.invalid_credentials);
  equal(await told(`reason=timeout&challenge=${challenge}`), en.portal_no_answer);
  equal(await told(`reason=other&challenge=${challenge}`), en.portal_form_stale);
  for (const forged of ["", "challenge=", `challenge=${"0".repeat(32)}`]) {
    equal(await told(`reason=reject&reply=Call+0900-1234&${forged}`), undefined);
  }
});

Deno.test("every page is the guest's language's, from the right for Arabic", async () => {
  const guest = guestOf({ locationname: "Hôtel <Mer>" });
  for (const language of LANGUAGES) {
    const { html } = await guest.get("/www/login", { "accept-language": `${language}, en;q=0.5` });
    match(html, new RegExp(`<html lang="${language}" dir="${language === "ar" ? "rtl" : "ltr"}">`));
    ok(html.includes(`<h1>${say(language, message("portal_login_title"))}</h1>`), language);
    match(html, /<header class="brand">.*Hôtel &lt;Mer&gt;<\/header>/);
  }
});

Deno.test("pages come without script, foreign frames, caches and addresses of ours, and are small", async () => {
  const guest = guestOf();
  let octets = 0;
  for (const path of ["/www/login", "/www/portico.css"]) {
    const { html, headers } = await guest.get(path, { host: "evil.example" });
    octets += new TextEncoder().encode(html).length + 1024;
    ok(!/<script|evil\.example|10\.1\.0\.1/.test(html), path);
    equal(headers.get("x-content-type-options"), "nosniff");
  }
  ok(octets < 14 * 1024, `${octets} octets with headers`);
  const { headers } = await guest.get("/www/login");
  match(headers.get("content-security-policy") ?? "", /^default-src 'none'; style-src 'self'/);
  equal(headers.get("cache-control"), "no-store");
});

Deno.test("a fault is reported, and the guest learns nothing of it", async () => {
  const guest = guestOf();
  guest.controller.stationAt = () => Promise.reject(new Error("the disk is full"));
  const { status, html } = await guest.get("/www/login");
  deepEqual([status, html.includes("disk"), guest.faults.length], [500, false, 1]);
});
