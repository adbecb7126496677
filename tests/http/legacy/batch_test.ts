import { deepEqual, equal, match } from "node:assert/strict";
import { type MemoryVenue, memoryVenue } from "../../support/memory_venue.ts";

const TOKEN = "165f9a790787fc38e5cc12c1640db2300648d9a2";
const PATH = "/api/v1/batch/";
const PREFIX = { name: "party", strategy: "prefix", prefix: "guest", number_of_users: 2 };

Deno.test("a batch's users log in at once, with the passwords of the answer", async () => {
  const { venue } = await legacyVenue();
  const { status, json } = await post(venue, { ...PREFIX, expiration_date: "2026-12-24" });
  equal(status, 201);
  deepEqual(Object.keys(json), [
    "id",
    "strategy",
    "organization",
    "status",
    "name",
    "csvfile",
    "prefix",
    "group",
    "users",
    "expiration_date",
    "notes",
    "user_credentials",
    "pdf_link",
    "created",
    "modified",
  ]);
  deepEqual([json.status, json.expiration_date, json.created], [
    "completed",
    "2026-12-24",
    "2026-11-22T12:00:00Z",
  ]);
  const users = json.users as Record<string, unknown>[];
  deepEqual(Object.keys(users[0] ?? {}), [
    "id",
    "username",
    "email",
    "first_name",
    "last_name",
    "phone_number",
    "is_active",
    "date_joined",
    "expiration_date",
    "groups",
  ]);
  const credentials = json.user_credentials as [string, string][];
  deepEqual(credentials.map(([username]) => username), ["guest1", "guest2"]);
  for (const [username, password] of credentials) {
    const login = await venue.fetch(`/api/v1/authorize/?token=${TOKEN}`, {
      method: "POST",
      body: new URLSearchParams({ username, password }),
    });
    match(await login.text(), /"control:Auth-Type":"Accept"/);
  }
  await venue.close();
});

Deno.test("a file comes as multipart, its users with clear, hashed and generated passwords", async () => {
  const { venue } = await legacyVenue();
  const rows = [
    "ada,cleartext$secret,ada@example.org,Ada,Lovelace",
    "bob,pbkdf2_sha256$1$salt$ON9CizCTCOSMNofn+QvaDpzyU1aMIex1Sg4HarSrZCM=,bob@example.org,,",
    ",,carl@example.org,,",
  ];
  const { status, json } = await post(venue, form({ name: "staff", strategy: "csv" }, rows.join("\r\n")));
  equal(status, 201);
  const credentials = json.user_credentials as [string, string][];
  deepEqual(credentials.map(([username]) => username), ["carl"]);
  for (const [username, password] of [["ada", "secret"], ["bob", "secret"], ...credentials]) {
    const login = await venue.fetch(`/api/v1/authorize/?token=${TOKEN}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ username, password }),
    });
    match(await login.text(), /"control:Auth-Type":"Accept"/, `${username}`);
  }
  await venue.close();
});

Deno.test("whoever got a generated password and has an address is told it by mail", async () => {
  const { venue } = await legacyVenue();
  const rows = ",,carl@example.org,,\nada,cleartext$secret,ada@example.org,,\n,,dora@example.org,,";
  const { json } = await post(venue, form({ name: "staff", strategy: "csv" }, rows));
  await post(venue, PREFIX);
  await venue.deliver();
  const credentials = json.user_credentials as [string, string][];
  deepEqual(venue.sent.mails.map(({ to }) => to).sort(), ["carl@example.org", "dora@example.org"]);
  for (const { to, text } of venue.sent.mails) {
    const [username, password] = credentials.find(([username]) => to.startsWith(username)) ?? [];
    match(text, new RegExp(`^User name: ${username}\nPassword: ${password}$`, "m"));
  }
  equal(venue.sent.wakes, 1);
  await venue.close();
});

Deno.test("an answer about a file is about its rows, and nothing is stored", async () => {
  const { venue } = await legacyVenue();
  await venue.addUser({ username: "ada", email: "ada@example.org" });
  const refusals = {
    "x,,x@example.org,,\ny,secret,y@example.org,,": { csvfile: ["row 2: "] },
    "x,,x@example.org,,\nheader,line": { __all__: ["row 2: "] },
    "x,,x@example.org,,\n,,Ada@Example.org,,": { csvfile: ["row 2: "] },
    '"x,,x@example.org,,': { csvfile: ["row 1: "] },
  };
  for (const [rows, expected] of Object.entries(refusals)) {
    const { status, json } = await post(venue, form({ name: "staff", strategy: "csv" }, rows));
    equal(status, 400);
    deepEqual(
      Object.entries(json).map(([key, texts]) => [key, (texts as string[]).map((text) => text.slice(0, 7))]),
      [
        ...Object.entries(expected),
      ],
    );
  }
  deepEqual(
    await venue.rows("select (select count(*) from user) users, (select count(*) from radbatch) batches"),
    [
      { users: 1, batches: 0 },
    ],
  );
  await venue.close();
});

Deno.test("fields that do not fit are named", async () => {
  const { venue } = await legacyVenue();
  equal((await post(venue, { ...PREFIX, name: "taken" })).status, 201);
  const csv = { name: "n", strategy: "csv" };
  const refusals: [Record<string, unknown> | FormData, string[]][] = [
    [{}, ["name", "strategy"]],
    [{ ...PREFIX, name: "x".repeat(129) }, ["name"]],
    [{ ...PREFIX, name: "taken" }, ["__all__"]],
    [{ ...PREFIX, strategy: "both" }, ["strategy"]],
    [{ ...PREFIX, prefix: undefined }, ["prefix"]],
    [{ ...PREFIX, prefix: "", number_of_users: "" }, ["prefix", "number_of_users"]],
    [{ ...PREFIX, prefix: "two words" }, ["prefix"]],
    [{ ...PREFIX, prefix: ["guest"] }, ["prefix"]],
    [{ ...PREFIX, number_of_users: 0 }, ["number_of_users"]],
    [{ ...PREFIX, number_of_users: -1 }, ["number_of_users"]],
    [{ ...PREFIX, number_of_users: 1.5 }, ["number_of_users"]],
    [{ ...PREFIX, number_of_users: 1001 }, ["number_of_users"]],
    [{ ...PREFIX, number_of_users: "1" + "0".repeat(30) }, ["number_of_users"]],
    [{ ...PREFIX, number_of_users: 1e30 }, ["number_of_users"]],
    [{ ...PREFIX, number_of_users: "many" }, ["number_of_users"]],
    [{ ...PREFIX, expiration_date: "2026-11-21" }, ["expiration_date"]],
    [{ ...PREFIX, expiration_date: "2026-02-30" }, ["expiration_date"]],
    [{ ...PREFIX, expiration_date: "tomorrow" }, ["expiration_date"]],
    [csv, ["csvfile"]],
    [{ ...csv, csvfile: "a,b,c,d,e" }, ["csvfile"]],
    [form(csv, ""), ["csvfile"]],
    [form(csv, "\n\n"), ["csvfile"]],
    [form(csv, "x".repeat(5_242_881)), ["csvfile"]],
    [form({ ...csv, prefix: "guest" }, ",,a@example.org,,"), ["__all__"]],
    [form({ ...PREFIX, number_of_users: "2" }, ",,a@example.org,,"), ["__all__"]],
  ];
  for (const [body, keys] of refusals) {
    const { status, json } = await post(venue, body);
    equal(status, 400);
    deepEqual(Object.keys(json), keys, JSON.stringify(json));
  }
  equal((await venue.rows("select count(*) users from user"))[0]?.users, 2);
  deepEqual(venue.faults, []);
  await venue.close();
});

Deno.test("empty fields of a form count as not sent", async () => {
  const { venue } = await legacyVenue();
  const sent = new URLSearchParams({
    name: "form",
    strategy: "prefix",
    prefix: "guest",
    number_of_users: "1",
    expiration_date: "",
    csvfile: "",
  });
  equal((await post(venue, sent)).status, 201);
  const csv = form({ name: "file", strategy: "csv", prefix: "", number_of_users: "" }, ",,a@example.org,,");
  equal((await post(venue, csv)).status, 201);
  const noFileChosen = form({ ...PREFIX, name: "neither", number_of_users: "1" }, "", "");
  equal((await post(venue, noFileChosen)).status, 201);
  await venue.close();
});

Deno.test("only a form may be larger than other bodies, and it no larger than the file may be", async () => {
  const { venue } = await legacyVenue();
  equal((await post(venue, { ...PREFIX, notes: "x".repeat(1024 * 1024) })).status, 413);
  equal((await post(venue, form(PREFIX, "x".repeat(5_400_000)))).status, 413);
  await venue.close();
});

Deno.test("batches have the limit of the scope others, and take POST only", async () => {
  const { venue } = await legacyVenue({ others: "2/hour" });
  const get = await venue.fetch(`${PATH}?token=${TOKEN}`);
  equal(get.status, 405);
  await get.body?.cancel();
  equal((await post(venue, {})).status, 400);
  equal((await post(venue, {})).status, 429);
  await venue.close();
});

async function legacyVenue(throttleRates = {}) {
  const venue = await memoryVenue({ settings: { legacyApiToken: TOKEN, throttleRates } });
  const organization = await venue.addOrganization({ slug: "default" });
  return { venue, organization };
}

async function post(venue: MemoryVenue, body: Record<string, unknown> | FormData | URLSearchParams) {
  const isForm = body instanceof FormData || body instanceof URLSearchParams;
  const response = await venue.fetch(PATH, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, ...(!isForm && { "content-type": "application/json" }) },
    body: isForm ? body : JSON.stringify(body),
  });
  const json: Record<string, unknown> = await response.json();
  return { status: response.status, json };
}

function form(fields: Record<string, unknown>, file: string, filename = "users.csv"): FormData {
  const sent = new FormData();
  for (const [name, value] of Object.entries(fields)) sent.set(name, String(value));
  sent.set("csvfile", new File([file], filename, { type: "text/csv" }));
  return sent;
}
