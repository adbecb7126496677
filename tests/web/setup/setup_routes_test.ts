import { deepEqual, equal, match, ok } from "node:assert/strict";
import { inviteFirstOperator } from "../../../src/aaa/identity/first_operator.ts";
import { type MemoryVenue, memoryVenue } from "../../support/memory_venue.ts";

const GOOD = {
  username: "ada",
  email: "ada@example.org",
  password: "correct horse",
  password_again: "correct horse",
};

Deno.test("the link makes one superuser, who may log in with the password, and is used up", async () => {
  const { venue, link, fill } = await invited();
  const page = await fill({
    ...GOOD,
    username: "  ada ",
    password: " correct horse ",
    password_again: " correct horse ",
  });
  equal(page.status, 201);
  match(page.html, /The operator ada was made/);
  ok(!page.html.includes("correct horse"));

  const [user] = await venue.rows('select id, username, email, is_superuser, is_staff, password from "user"');
  deepEqual([user?.username, user?.email, user?.is_superuser, user?.is_staff], [
    "ada",
    "ada@example.org",
    1,
    1,
  ]);
  const candidate = { userId: String(user?.id), encoded: String(user?.password) };
  const verdictOn = async (password: string) =>
    (await venue.deps.passwords.verify(candidate, password, venue.clock.at.getTime())).kind;
  equal(await verdictOn(" correct horse "), "genuine");
  equal(await verdictOn("correct horse"), "wrong");
  deepEqual(await venue.rows("select actor, subject from audit_log"), [{
    actor: "setup link",
    subject: "ada",
  }]);

  equal((await open(venue, link)).status, 404);
  equal((await fill({ ...GOOD, username: "eve" })).status, 404);
  equal((await venue.rows('select 1 from "user"')).length, 1);
  await venue.close();
});

Deno.test("what is wrong is said at its field, with everything kept but the passwords", async () => {
  const { venue, fill } = await invited();
  const cases: [Partial<typeof GOOD>, string, RegExp][] = [
    [{ username: "" }, "username", /Enter a user name/],
    [{ username: "a".repeat(151) }, "username", /more than 150/],
    [{ username: "a\u0007b" }, "username", /control characters/],
    [{ email: "nonsense" }, "email", /not an e-mail address/],
    [{ password: "", password_again: "" }, "password", /Enter a password/],
    [{ password: "short", password_again: "short" }, "password", /at least 8/],
    [{ password: "8675309867", password_again: "8675309867" }, "password", /entirely numeric/],
    [{ password: "Password1", password_again: "Password1" }, "password", /too common/],
    [{ username: "adalovelace", password: "adalovelace1", password_again: "" }, "password", /too similar/],
    [{ password_again: "correct hose" }, "password_again", /not the same/],
  ];
  for (const [change, field, complaint] of cases) {
    const { status, html } = await fill({ ...GOOD, ...change });
    equal(status, 400, field);
    const error = new RegExp(`<p class="error" id="${field}-error">([^<]*)`).exec(html)?.[1] ?? "";
    match(error, complaint);
    match(
      html,
      new RegExp(`<input id="${field}"[^>]*aria-describedby="${field}-error[^>]*aria-invalid="true"`),
    );
    ok(html.includes(`value="${change.email ?? GOOD.email}"`), "the address is kept");
    ok(!/type="password" value/.test(html), "no password is kept");
  }
  equal((await venue.rows('select 1 from "user"')).length, 0);
  await venue.close();
});

Deno.test("what was typed is shown as text, whatever it is", async () => {
  const { venue, fill } = await invited();
  const { html } = await fill({ ...GOOD, username: '"><script>alert(1)</script>', email: "x" });
  ok(!html.includes("<script"));
  match(html, /&quot;&gt;&lt;script&gt;/);
  await venue.close();
});

Deno.test("a form that did not come from its page in the same browser makes nobody", async () => {
  const { venue, link } = await invited();
  const { cookie, token } = await open(venue, link);
  const other = await open(venue, link);
  const cases: [what: string, cookie: string, token: string][] = [
    ["no cookie", "", token],
    ["no token", cookie, ""],
    ["another browser's token", cookie, other.token],
    ["a made-up cookie", "portico_form=x", token],
  ];
  for (const [what, sentCookie, sentToken] of cases) {
    const { status, html } = await send(venue, link, { ...GOOD, form_token: sentToken }, sentCookie);
    equal(status, 403, what);
    match(html, /Please send the form again/);
    match(html, /value="ada"/);
  }
  equal((await venue.rows('select 1 from "user"')).length, 0);
  equal((await send(venue, link, { ...GOOD, form_token: token }, cookie)).status, 201);
  await venue.close();
});

Deno.test("an expired, replaced or made-up link, or one when there is an operator, opens the same page", async () => {
  const { venue, link } = await invited();
  const expected = (await open(venue, "/setup/made-up")).html;
  const isClosed = async (path: string) => {
    const { status, html } = await open(venue, path);
    deepEqual([status, html], [404, expected]);
  };
  venue.clock.pass(24 * 3600_000 + 1);
  await isClosed(link);
  const first = await invite(venue);
  const second = await invite(venue);
  await isClosed(first);
  equal((await open(venue, second)).status, 200);
  await venue.addUser({ username: "root" });
  await venue.rows('update "user" set is_superuser = 1');
  await isClosed(second);
  await venue.close();
});

Deno.test("of two who use the link at once, one makes an account", async () => {
  const { venue, fill } = await invited();
  const answers = await Promise.all(["ada", "eve"].map((username) => fill({ ...GOOD, username, email: "" })));
  deepEqual(answers.map(({ status }) => status).sort(), [201, 404]);
  equal((await venue.rows('select 1 from "user"')).length, 1);
  await venue.close();
});

Deno.test("a name that a guest has is refused, and the link stays good", async () => {
  const { venue, fill } = await invited();
  await venue.addUser({ username: "Ada" });
  const { status, html } = await fill(GOOD);
  equal(status, 409);
  match(html, /taken/);
  equal((await fill({ ...GOOD, username: "grace" })).status, 201);
  await venue.close();
});

Deno.test("what is no form, or far too large, is answered with a page", async () => {
  const { venue, link } = await invited();
  const post = async (type: string, body: BodyInit) => {
    const response = await venue.fetch(link, { method: "POST", headers: { "content-type": type }, body });
    return {
      status: response.status,
      type: response.headers.get("content-type"),
      html: await response.text(),
    };
  };
  const form = "application/x-www-form-urlencoded";
  equal((await post("application/json", "{}")).status, 415);
  equal((await post(form, `username=${"x".repeat(20_000)}`)).status, 413);
  const endless = new ReadableStream({ pull: (c) => c.enqueue(new TextEncoder().encode("x".repeat(1_000))) });
  const answer = await post(form, endless);
  equal(answer.status, 413);
  match(answer.type ?? "", /^text\/html/);
  await venue.close();
});

Deno.test("a failing database is a page too, which tells nothing, and is reported", async () => {
  const { venue, link } = await invited();
  await venue.rows("alter table installation rename to gone");
  const { status, html } = await open(venue, link);
  equal(status, 500);
  ok(!/installation|SQL/i.test(html));
  equal(venue.faults.length, 1);
  await venue.close();
});

Deno.test("the pages keep their secrets: no script, no frame, no referrer, no copy", async () => {
  const { venue, link } = await invited();
  const { headers, html } = await open(venue, link);
  const policy = headers.get("content-security-policy") ?? "";
  for (
    const part of ["default-src 'none'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'"]
  ) {
    ok(policy.includes(part), part);
  }
  ok(!policy.includes("unsafe"));
  equal(headers.get("referrer-policy"), "no-referrer");
  equal(headers.get("cache-control"), "no-store");
  equal(headers.get("x-content-type-options"), "nosniff");
  match(headers.get("set-cookie") ?? "", /HttpOnly; SameSite=Lax/);
  ok(!/<script|style="|https?:/.test(html.replace(/data:image[^"]*/, "")));
  await venue.close();
});

async function invited() {
  const venue = await memoryVenue();
  const link = await invite(venue);
  const fill = async (fields: Readonly<Record<string, string>>) => {
    const { cookie, token } = await open(venue, link);
    return await send(venue, link, { ...fields, form_token: token }, cookie);
  };
  return { venue, link, fill };
}

async function invite({ deps }: MemoryVenue): Promise<string> {
  return `/setup/${await inviteFirstOperator({ ...deps, now: deps.now(), actor: "test" })}`;
}

async function open(venue: MemoryVenue, path: string) {
  const response = await venue.fetch(path);
  const html = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    html,
    cookie: response.headers.get("set-cookie")?.split(";")[0] ?? "",
    token: /name="form_token" value="([0-9a-f]+)"/.exec(html)?.[1] ?? "",
  };
}

async function send(venue: MemoryVenue, path: string, fields: Record<string, string>, cookie = "") {
  const body = new URLSearchParams(fields);
  const response = await venue.fetch(path, { method: "POST", headers: { cookie }, body });
  return { status: response.status, html: await response.text() };
}
