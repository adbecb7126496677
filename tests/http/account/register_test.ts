import { deepEqual, equal, match, ok } from "node:assert/strict";
import { type MemoryVenue, memoryVenue, type MemoryVenueOptions } from "../../support/memory_venue.ts";
import { askAccount, withPasswords } from "./guest_client.ts";

const ADA = {
  username: "ada@example.org",
  email: "ada@example.org",
  password1: "a-long-word-7",
  password2: "a-long-word-7",
};
const NUMBER = "+393661234567";

type Fields = Readonly<Record<string, unknown>>;

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function register(venue: MemoryVenue, slug: string, fields: Fields, headers = {}): Promise<Answer> {
  const response = await venue.fetch(`/api/v1/radius/organization/${slug}/account/`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(fields),
  });
  return { status: response.status, body: await response.json() };
}

async function inVenue(
  options: MemoryVenueOptions,
  test: (venue: MemoryVenue) => Promise<void>,
): Promise<void> {
  const venue = await memoryVenue(options);
  try {
    await test(venue);
    deepEqual(venue.faults, []);
  } finally {
    await venue.close();
  }
}

Deno.test("signing up makes account, membership, group, record, address and keys", async () => {
  await inVenue({}, async (venue) => {
    const alpha = await venue.addOrganization({ slug: "alpha" });
    const group = await venue.addGroup(alpha.id, { name: "alpha-users" });
    await venue.rows(`update radius_group set "default" = 1 where id = ?`, [group]);
    const { status, body } = await register(venue, "alpha", ADA);

    equal(status, 201);
    deepEqual(Object.keys(body), ["key", "radius_user_token"]);
    match(String(body.key), /^[0-9a-f]{40}$/);
    match(String(body.radius_user_token), /^[A-Za-z0-9]{40}$/);
    deepEqual(
      await venue.rows(
        `select user.username, email, phone_number, first_name, birth_date, is_active, password_updated,
        method, is_verified, radusergroup.groupname from user join organization_user on user_id = user.id
        join registered_user using (user_id, organization_id) join radusergroup using (user_id)`,
      ),
      [{
        username: "ada@example.org",
        email: "ada@example.org",
        phone_number: null,
        first_name: "",
        birth_date: null,
        is_active: 1,
        password_updated: "2026-11-22",
        method: "",
        is_verified: 0,
        groupname: "alpha-users",
      }],
    );
    deepEqual(await venue.rows(`select email, verified, "primary" from email_address`), [
      { email: "ada@example.org", verified: 0, primary: 1 },
    ]);
    deepEqual(await venue.rows("select can_auth, password_based from radiustoken"), [
      { can_auth: 0, password_based: null },
    ]);
  });
});

Deno.test("the key of a sign-up is good at once, and so is the password", async () => {
  await inVenue({}, async (venue) => {
    await venue.addOrganization({ slug: "alpha" });
    const { body: { key } } = await register(venue, "alpha", ADA);
    const validated = await venue.fetch("/api/v1/radius/organization/alpha/account/token/validate/", {
      method: "POST",
      body: new URLSearchParams({ token: String(key) }),
    });
    equal(validated.status, 200);
    const { response_code, is_verified, method } = await validated.json();
    deepEqual({ response_code, is_verified, method }, {
      response_code: "AUTH_TOKEN_VALIDATION_SUCCESSFUL",
      is_verified: false,
      method: "",
    });
    const signedIn = await venue.fetch("/api/v1/radius/organization/alpha/account/token/", {
      method: "POST",
      body: new URLSearchParams({ username: "ada@example.org", password: "a-long-word-7" }),
    });
    equal(signedIn.status, 200);
    equal((await signedIn.json()).key, key);
  });
});

Deno.test("what is missing or wrong is told by field, all of it", async () => {
  await inVenue({}, async (venue) => {
    await venue.addOrganization({ slug: "alpha" });
    deepEqual(await register(venue, "alpha", {}), {
      status: 400,
      body: {
        username: ["This field is required."],
        password1: ["This field is required."],
        password2: ["This field is required."],
      },
    });
    const wrong = await register(venue, "alpha", {
      username: "a b",
      email: "nobody",
      password1: "12345",
      password2: "",
      phone_number: "nonsense",
      birth_date: "nonsense",
      first_name: null,
      method: "retina",
    });
    equal(wrong.status, 400);
    deepEqual(Object.keys(wrong.body).sort(), [
      "birth_date",
      "email",
      "first_name",
      "method",
      "password1",
      "password2",
      "phone_number",
      "username",
    ]);
    deepEqual(wrong.body.method, ['"retina" is not a valid choice.']);
    deepEqual(wrong.body.first_name, ["This field may not be null."]);
    ok(Object.values(wrong.body).every((texts) => Array.isArray(texts)));
    deepEqual(await register(venue, "alpha", { ...ADA, password2: "another-word-7" }), {
      status: 400,
      body: { non_field_errors: ["The two passwords are not the same."] },
    });
    equal((await venue.rows("select id from user")).length, 0);
  });
});

Deno.test("user names of letters, digits and @ . + - _ are taken, others are not", async () => {
  await inVenue({}, async (venue) => {
    await venue.addOrganization({ slug: "alpha" });
    const passwords = { password1: ADA.password1, password2: ADA.password2 };
    for (const username of ["ada.l+1@x-y_z", "Élodie", "ليلى", "x".repeat(150)]) {
      equal((await register(venue, "alpha", { username, ...passwords })).status, 201, username);
    }
    for (const username of ["a b", "a/b", "a\u202eb", "x".repeat(151), "", null, [], {}, "a,b"]) {
      const { status, body } = await register(venue, "alpha", { username, ...passwords });
      equal(status, 400, JSON.stringify(username));
      deepEqual(Object.keys(body), ["username"]);
    }
  });
});

Deno.test("an address in the user name that is taken is told under both", async () => {
  await inVenue({}, async (venue) => {
    const alpha = await venue.addOrganization({ slug: "alpha" });
    await venue.addUser({ username: "Ada@example.org", organizations: [alpha] });
    const { status, body } = await register(venue, "alpha", ADA);
    equal(status, 400);
    deepEqual(body, {
      username: ["This user name is taken."],
      email: ["There is an account with this e-mail address already."],
    });
  });
});

Deno.test("the field rules of an organization: disabled, allowed, mandatory", async () => {
  const settings = { optionalRegistrationFields: { first_name: "allowed", location: "disabled" } } as const;
  await inVenue({ settings }, async (venue) => {
    await venue.addOrganization({ slug: "alpha" });
    await venue.addOrganization({
      slug: "strict",
      settings: { lastName: "mandatory", location: "mandatory", birthDate: "mandatory" },
    });
    const person = { first_name: "Ada", last_name: "L", location: "London", birth_date: "1815-12-10" };
    equal((await register(venue, "alpha", { ...ADA, ...person })).status, 201);
    deepEqual(await venue.rows("select first_name, last_name, location, birth_date from user"), [
      { first_name: "Ada", last_name: "", location: "", birth_date: null },
    ]);

    const grace = { ...ADA, username: "grace", email: "grace@example.org" };
    const missing = (field: string) => ({ status: 400, body: { [field]: "This field is required." } });
    deepEqual(await register(venue, "strict", grace), missing("last_name"));
    deepEqual(await register(venue, "strict", { ...grace, last_name: "H" }), missing("location"));
    const almost = { ...grace, last_name: "H", location: "Arlington" };
    deepEqual(await register(venue, "strict", almost), missing("birth_date"));
    deepEqual(await register(venue, "strict", { ...grace, location: "" }), {
      status: 400,
      body: { location: ["This field may not be blank."] },
    });
    equal((await register(venue, "strict", { ...almost, birth_date: "1906-12-09" })).status, 201);
  });
});

Deno.test("nobody is born tomorrow, by the organization's calendar", async () => {
  await inVenue({ now: new Date("2026-11-22T12:00:00Z") }, async (venue) => {
    await venue.addOrganization({ slug: "alpha", settings: { birthDate: "mandatory" } });
    await venue.addOrganization({ slug: "auckland", settings: { timeZone: "Pacific/Auckland" } });
    const refused = { status: 400, body: { birth_date: ["This date is in the future."] } };
    deepEqual(await register(venue, "alpha", { ...ADA, birth_date: "2026-11-23" }), refused);
    deepEqual(await register(venue, "auckland", { ...ADA, birth_date: "2026-11-24" }), refused);
    const { email: _, ...grace } = { ...ADA, username: "grace" };
    equal((await register(venue, "auckland", { ...grace, birth_date: "2026-11-23" })).status, 201);
    equal((await register(venue, "alpha", { ...ADA, birth_date: "2026-11-22" })).status, 201);
  });
});

Deno.test("different passwords are told beside what else is wrong", async () => {
  await inVenue({}, async (venue) => {
    const alpha = await venue.addOrganization({ slug: "alpha" });
    const beta = await venue.addOrganization({ slug: "beta" });
    await venue.addUser({ username: "ada", organizations: [alpha] });
    await venue.addUser({ username: "grace", organizations: [beta] });
    const differ = { ...ADA, username: "ada", password2: "another-word-7" };
    deepEqual(await register(venue, "alpha", differ), {
      status: 400,
      body: {
        username: ["This user name is taken."],
        non_field_errors: ["The two passwords are not the same."],
      },
    });
    equal((await register(venue, "alpha", { ...differ, username: "grace" })).status, 409);
    deepEqual((await register(venue, "alpha", { username: "ada", password1: ADA.password1 })).body, {
      username: ["This user name is taken."],
      password2: ["This field is required."],
    });
  });
});

Deno.test("in a form, an empty optional field counts as not sent", async () => {
  await inVenue({}, async (venue) => {
    await venue.addOrganization({ slug: "alpha" });
    const form = new URLSearchParams({
      username: "ada",
      password1: ADA.password1,
      password2: ADA.password2,
      email: "",
      first_name: "",
      birth_date: "",
      phone_number: "",
      method: "",
    });
    const path = "/api/v1/radius/organization/alpha/account";
    const made = await venue.fetch(path, { method: "POST", body: form });
    equal(made.status, 201);
    await made.body?.cancel();
    const inJson = await register(venue, "alpha", { ...ADA, username: "grace", email: "" });
    deepEqual(inJson, { status: 400, body: { email: ["This field may not be blank."] } });
  });
});

Deno.test("where identities are verified a method must be named, after everything else", async () => {
  await inVenue({}, async (venue) => {
    await venue.addOrganization({
      slug: "alpha",
      settings: { needsIdentityVerification: true, location: "mandatory" },
    });
    deepEqual((await register(venue, "alpha", ADA)).body, { location: "This field is required." });
    const here = { ...ADA, location: "x" };
    deepEqual((await register(venue, "alpha", here)).body, { method: "This field is required." });
    equal((await register(venue, "alpha", { ...here, method: "email" })).status, 201);
  });
});

Deno.test("a method that can never be completed is not taken", async () => {
  await inVenue({}, async (venue) => {
    await venue.addOrganization({ slug: "alpha" });
    const { email: _, ...nameless } = ADA;
    deepEqual(await register(venue, "alpha", { ...nameless, method: "email" }), {
      status: 400,
      body: { email: ["This way of verification needs an e-mail address."] },
    });
    deepEqual(await register(venue, "alpha", { ...ADA, method: "mobile_phone", phone_number: NUMBER }), {
      status: 400,
      body: { method: ["alpha does not verify telephone numbers by SMS."] },
    });
    const bad = await register(venue, "alpha", { ...ADA, email: "nonsense", method: "email" });
    deepEqual(bad.body, { email: ["Enter a valid e-mail address."] });
    deepEqual(await venue.rows("select id from user"), []);
  });
});

Deno.test("an organization's own list of methods takes the place of the installation's", async () => {
  const settings = { registrationMethods: { national_id: { label: "Identity card", strong: true } } };
  await inVenue({ settings }, async (venue) => {
    await venue.addOrganization({ slug: "alpha" });
    await venue.addOrganization({ slug: "beta", settings: { registrationMethods: '["national_id"]' } });
    const choice = { status: 400, body: { method: ['"national_id" is not a valid choice.'] } };
    deepEqual(await register(venue, "alpha", { ...ADA, method: "national_id" }), choice);
    equal((await register(venue, "beta", { ...ADA, method: "national_id" })).status, 201);
  });
});

Deno.test("with SMS verification a mobile number of an allowed country is asked for", async () => {
  await inVenue({}, async (venue) => {
    const sms = { smsVerification: true, smsSender: "Alpha" };
    await venue.addOrganization({ slug: "alpha", settings: { ...sms, allowedMobilePrefixes: "+39,+44" } });
    const refused = async (phone_number: unknown) => {
      const { status, body } = await register(venue, "alpha", { ...ADA, phone_number });
      equal(status, 400, JSON.stringify(body));
      deepEqual(Object.keys(body), ["phone_number"]);
      return body.phone_number;
    };
    deepEqual(await refused(undefined), ["This field is required."]);
    deepEqual(await refused(""), ["This field is required."]);
    deepEqual(await refused(null), ["This field may not be null."]);
    deepEqual(await refused(393661234567), [
      "Enter a valid telephone number, beginning with + and the country's code.",
    ]);
    deepEqual(await refused("+4915112345678"), ["Numbers of this country are not accepted here."]);
    deepEqual(await refused("+390612345678"), ["Enter the number of a mobile phone."]);
    equal((await register(venue, "alpha", { ...ADA, phone_number: "+39 366.12 34-567" })).status, 201);
    deepEqual(await venue.rows("select phone_number from user"), [{ phone_number: NUMBER }]);
    const again = { ...ADA, username: NUMBER, email: "grace@example.org", phone_number: NUMBER };
    deepEqual((await register(venue, "alpha", again)).body, {
      phone_number: ["There is an account with this telephone number already."],
    });
  });
});

Deno.test("without SMS verification a number is dropped, and one that cannot be read is still refused", async () => {
  await inVenue({}, async (venue) => {
    await venue.addOrganization({ slug: "alpha" });
    for (const phone_number of [null, 393661234567, "nonsense", {}]) {
      const { status, body } = await register(venue, "alpha", { ...ADA, phone_number });
      deepEqual([status, Object.keys(body)], [400, ["phone_number"]]);
    }
    equal((await register(venue, "alpha", { ...ADA, phone_number: NUMBER })).status, 201);
    deepEqual(await venue.rows("select phone_number from user"), [{ phone_number: null }]);
  });
});

Deno.test("whoever has an account elsewhere is told where, by name, address or number in any letter case", async () => {
  await inVenue({}, async (venue) => {
    const beta = await venue.addOrganization({ slug: "beta" });
    const gamma = await venue.addOrganization({ slug: "gamma" });
    await venue.addOrganization({ slug: "alpha", settings: { smsVerification: true, smsSender: "Alpha" } });
    await venue.addUser({
      username: "ada",
      email: "ada@example.org",
      phoneNumber: NUMBER,
      organizations: [gamma, beta],
    });
    const other = { ...ADA, username: "grace", email: "grace@example.org", phone_number: "+393661234568" };
    const similar = {
      status: 409,
      body: {
        details: "You seem to have an account already. Log in with it to use it here too.",
        organizations: [{ slug: "beta", name: "beta" }, { slug: "gamma", name: "gamma" }],
      },
    };
    deepEqual(await register(venue, "alpha", { ...other, username: "ADA" }), similar);
    deepEqual(await register(venue, "alpha", { ...other, email: "ADA@example.org" }), similar);
    deepEqual(await register(venue, "alpha", { ...other, phone_number: NUMBER }), similar);
    // What else is wrong does not matter, but only what is wrong counts.
    deepEqual(await register(venue, "alpha", { username: "ada" }), similar);
    equal((await register(venue, "alpha", { ...other, phone_number: null })).status, 400);
    equal((await register(venue, "beta", { ...other, username: "ada" })).status, 400);
  });
});

Deno.test("of several accounts one that is a member here makes it a plain refusal", async () => {
  await inVenue({}, async (venue) => {
    const alpha = await venue.addOrganization({ slug: "alpha" });
    const beta = await venue.addOrganization({ slug: "beta" });
    await venue.addUser({ username: "ada", organizations: [beta] });
    await venue.addUser({ username: "grace", email: "ada@example.org", organizations: [alpha] });
    const { status, body } = await register(venue, "alpha", { ...ADA, username: "ada" });
    deepEqual([status, Object.keys(body).sort()], [400, ["email", "username"]]);
  });
});

Deno.test("an account that is nowhere a member gives an empty list", async () => {
  await inVenue({}, async (venue) => {
    await venue.addOrganization({ slug: "alpha" });
    const off = await venue.addOrganization({ slug: "off", isActive: false });
    await venue.addUser({ username: ADA.username, organizations: [off] });
    const { status, body } = await register(venue, "alpha", ADA);
    deepEqual([status, body.organizations], [409, []]);
  });
});

Deno.test("a further address that somebody has proven belongs to that account", async () => {
  await inVenue({}, async (venue) => {
    const alpha = await venue.addOrganization({ slug: "alpha" });
    const { id } = await venue.addUser({ username: "grace", organizations: [alpha] });
    await venue.rows(
      `insert into email_address (user_id, email, email_key, verified) values (?, ?, ?, 1)`,
      [id, "ada@example.org", "ada@example.org"],
    );
    const { status, body } = await register(venue, "alpha", { ...ADA, username: "ada" });
    deepEqual([status, Object.keys(body)], [400, ["email"]]);
  });
});

Deno.test("a user name that is somebody else's address or number is taken", async () => {
  const settings = { authBackendAutoPrefixes: ["+39"] };
  await inVenue({ settings }, async (venue) => {
    const alpha = await venue.addOrganization({ slug: "alpha" });
    await venue.addOrganization({ slug: "beta" });
    await venue.addUser({
      username: "grace",
      email: "Grace@example.org",
      phoneNumber: NUMBER,
      organizations: [alpha],
    });
    const taken = { status: 400, body: { username: ["This user name is taken."] } };
    for (const username of ["GRACE@example.org", NUMBER, NUMBER.slice(3)]) {
      // Elsewhere too: who has it is found by the user name alone, and has another one.
      for (const slug of ["alpha", "beta"]) {
        deepEqual(await register(venue, slug, { ...ADA, username }), taken, `${slug} ${username}`);
      }
    }
    const both = { ...ADA, username: "grace@example.org", email: "grace@EXAMPLE.org" };
    deepEqual(Object.keys((await register(venue, "alpha", both)).body), ["email"]);
    equal((await register(venue, "beta", both)).status, 409);
    equal((await register(venue, "alpha", ADA)).status, 201);
  });
});

Deno.test("nobody signs up where that is switched off, or where the organization is", async () => {
  await inVenue({}, async (venue) => {
    await venue.addOrganization({ slug: "closed", settings: { registrationEnabled: false } });
    await venue.addOrganization({ slug: "off", isActive: false });
    for (const slug of ["closed", "off"]) {
      deepEqual(await register(venue, slug, ADA), {
        status: 403,
        body: { detail: "You do not have permission to perform this action." },
      });
    }
    deepEqual(await register(venue, "nowhere", ADA), {
      status: 404,
      body: { detail: "No Organization matches the given query." },
    });
    const bare = await venue.addOrganization({ slug: "bare" });
    await venue.rows("delete from organization_radius_settings where organization_id = ?", [bare.id]);
    venue.db.cache.clear();
    equal((await register(venue, "bare", ADA)).status, 500);
    const get = await venue.fetch("/api/v1/radius/organization/closed/account/");
    equal(get.status, 403);
    await get.body?.cancel();
  });
});

Deno.test("the refusals are said in the guest's language", async () => {
  await inVenue({}, async (venue) => {
    await venue.addOrganization({ slug: "alpha", settings: { location: "mandatory" } });
    const { body } = await register(venue, "alpha", ADA, { "accept-language": "it,en-US" });
    deepEqual(body, { location: "Questo campo è obbligatorio." });
  });
});

Deno.test("a mail asks to confirm the address, in the guest's language and with a link to us", async () => {
  await inVenue({ settings: { publicUrl: "https://radius.example.org/" } }, async (venue) => {
    await venue.addOrganization({ slug: "alpha" });
    await register(venue, "alpha", ADA, { "accept-language": "de" });
    await venue.deliver();
    const [mail] = venue.sent.mails;
    equal(venue.sent.mails.length, 1);
    equal(mail?.to, "ada@example.org");
    match(mail?.text ?? "", /https:\/\/radius\.example\.org\/confirm-email\/[0-9a-z-]+\n/);
    match(mail?.html ?? "", /lang="de"/);
    await register(venue, "alpha", { ...ADA, username: "grace", email: undefined });
    await venue.deliver();
    equal(venue.sent.mails.length, 1);
  });
});

Deno.test("nobody who makes up the Host header chooses where the link in somebody else's mail leads", async () => {
  const linkFor = async (origin: string, settings: MemoryVenueOptions["settings"]) => {
    let link = "";
    await inVenue({ settings: settings ?? {} }, async (venue) => {
      await venue.addOrganization({ slug: "alpha" });
      const answer = await venue.fetch(`${origin}/api/v1/radius/organization/alpha/account/`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(ADA),
      });
      equal(answer.status, 201);
      await answer.body?.cancel();
      await venue.deliver();
      [, link = ""] = /^(\S+)\/confirm-email\//m.exec(venue.sent.mails[0]?.text ?? "") ?? [];
    });
    return link;
  };
  const siteDomain = "wifi.example.org";
  equal(await linkFor("http://evil.example", { siteDomain }), "https://wifi.example.org");
  equal(await linkFor("http://localhost.evil.example", { siteDomain }), "https://wifi.example.org");
  equal(await linkFor("http://evil.example", {}), "https://localhost");
  // Whoever tries it out on one machine, where no link can lead elsewhere.
  equal(await linkFor("http://127.0.0.1:8000", { siteDomain }), "http://127.0.0.1:8000");
});

Deno.test("where addresses must be confirmed one is asked for, and no key is given out", async () => {
  await inVenue({ settings: { emailVerification: "mandatory" } }, async (venue) => {
    await venue.addOrganization({ slug: "alpha" });
    deepEqual(await register(venue, "alpha", { ...ADA, email: undefined }), {
      status: 400,
      body: { email: ["This field is required."] },
    });
    const { status, body } = await register(venue, "alpha", ADA);
    equal(status, 201);
    deepEqual(Object.keys(body), ["detail", "radius_user_token"]);
    equal(body.detail, "We sent you an e-mail. Open the link in it to confirm your address.");
    deepEqual(await venue.rows("select user_id from api_token"), []);
  });
});

Deno.test("no mail is sent where confirming is switched off", async () => {
  await inVenue({ settings: { emailVerification: "none" } }, async (venue) => {
    await venue.addOrganization({ slug: "alpha" });
    equal((await register(venue, "alpha", ADA)).status, 201);
    await venue.deliver();
    equal(venue.sent.mails.length, 0);
  });
});

Deno.test("when hashing is behind, a sign-up is told so at once and nothing is made", async () => {
  await inVenue({}, async (venue) => {
    const alpha = await venue.addOrganization({ slug: "alpha" });
    const door = withPasswords(venue, {
      hashNow: () => Promise.resolve({ kind: "overloaded", retryAfterSeconds: 3 }),
    });
    const { status, headers, json } = await askAccount(door, alpha, "", ADA, { "accept-language": "fr" });
    deepEqual([status, headers.get("retry-after")], [429, "3"]);
    match(String(json.detail), /dans 3.secondes/);
    equal((await venue.rows("select id from user")).length, 0);
  });
});
