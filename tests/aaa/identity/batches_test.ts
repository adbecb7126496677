import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import {
  type BatchContext,
  type BatchRequest,
  type MadeBatch,
  makeBatch,
  MOST_BATCH_USERS,
  planBatch,
  type RefusedBatch,
} from "../../../src/aaa/identity/batches.ts";
import { findOrganization } from "../../../src/aaa/identity/organization_record.ts";
import { radiusGroup } from "../../../src/storage/schema/groups.ts";
import type { OrganizationOptions } from "../../support/directory_rows.ts";
import { memoryVenue } from "../../support/memory_venue.ts";

const HASH = "pbkdf2_sha256$1$salt$ON9CizCTCOSMNofn+QvaDpzyU1aMIex1Sg4HarSrZCM=";

Deno.test("makeBatch() numbers the users of a prefix, past names that somebody has in any letter case", async () => {
  const { venue, make } = await batchVenue();
  for (const username of ["event1", "EVENT3", "event03"]) await venue.addUser({ username });
  const { users, credentials } = made(await make(prefix("event", 4)));
  deepEqual(users.map(({ username }) => username), ["event2", "event4", "event5", "event6"]);
  deepEqual(credentials.map(([username]) => username), ["event2", "event4", "event5", "event6"]);
  ok(credentials.every(([, password]) => /^[A-Za-z0-9]{8}$/.test(password)));
  await venue.close();
});

Deno.test("makeBatch() gives users of a file a number behind the name that somebody has", async () => {
  const { venue, make } = await batchVenue();
  await venue.addUser({ username: "rohith" });
  await venue.addUser({ username: "Info2" });
  const emails = ["rohith@a.org", "Rohith@b.org", "info@a.org", "info@b.org", "info@c.org", "info1@d.org"];
  const { users } = made(await make(csv(...emails.map((email) => `,${HASH},${email},,`))));
  deepEqual(users.map(({ username }) => username), [
    "rohith1",
    "Rohith2",
    "info",
    "info1",
    "info3",
    "info11",
  ]);
  await venue.close();
});

Deno.test("makeBatch() makes members, in the default group, verified where the organization asks for it", async () => {
  for (const needsIdentityVerification of [false, true]) {
    const { venue, make, organization } = await batchVenue({ needsIdentityVerification });
    const groupId = await venue.addGroup(organization.id, { name: "all" });
    await venue.db.directory.update(radiusGroup).set({ isDefault: true });
    const request = csv(`ada,${HASH},ada@example.org,Ada,Lovelace`);
    const { users: [ada], batch } = made(await make({ ...request, expirationDate: "2027-01-31" }));
    deepEqual(
      await venue.rows(
        `select user.username, email, first_name, last_name, password, expiration_date, is_active, is_staff, is_superuser,
           is_admin, method, is_verified, group_id, radiusbatch_id from user
         join organization_user o on o.user_id = user.id join registered_user r on r.user_id = user.id
         join radusergroup g on g.user_id = user.id join radbatch_users b on b.user_id = user.id`,
      ),
      [{
        username: "ada",
        email: "ada@example.org",
        first_name: "Ada",
        last_name: "Lovelace",
        password: HASH,
        expiration_date: "2027-01-31",
        is_active: 1,
        is_staff: 0,
        is_superuser: 0,
        is_admin: 0,
        method: "manual",
        is_verified: Number(needsIdentityVerification),
        group_id: groupId,
        radiusbatch_id: batch.id,
      }],
    );
    equal(ada?.email, "ada@example.org");
    deepEqual(await venue.rows("select distinct actor from audit_log"), [{ actor: "test" }]);
    await venue.close();
  }
});

Deno.test("makeBatch() keeps the passwords of a prefix batch for printing, and none of a file", async () => {
  const { venue, make } = await batchVenue();
  const { credentials } = made(await make(prefix("event", 2)));
  made(await make(csv(",cleartext$secret,a@example.org,,", ",,b@example.org,,")));
  const rows = await venue.rows(
    "select user_credentials, csvfile from radbatch order by created, strategy desc",
  );
  deepEqual(
    rows.map(({ user_credentials: kept }) => kept).sort(),
    [JSON.stringify(credentials), null].sort(),
  );
  match(String((await venue.rows("select group_concat(password) p from user"))[0]?.p), /^hashed/);
  await venue.close();
});

Deno.test("planBatch() refuses what cannot be, and stores nothing", async () => {
  const { venue, plan, make } = await batchVenue();
  await venue.addUser({ username: "ada", email: "Ada@example.org" });
  made(await make({ ...prefix("event", 1), name: "taken" }));
  const refusals: [Wish, string][] = [
    [{ ...prefix("event", 1), name: "taken" }, "__all__"],
    [{ ...prefix("event", 1), expirationDate: "2026-11-21" }, "expiration_date"],
    [prefix("", 1), "prefix"],
    [prefix("événement", 1), "prefix"],
    [prefix("x".repeat(21), 1), "prefix"],
    [prefix("event", 0), "number_of_users"],
    [prefix("event", MOST_BATCH_USERS + 1), "number_of_users"],
    [prefix("event", 1e30), "number_of_users"],
    [prefix("event", Number.NaN), "number_of_users"],
    [csv("a,b"), "__all__"],
    [csv(`,,new@example.org,,`, ",,ADA@example.org,,"), "csvfile"],
  ];
  for (const [request, key] of refusals) {
    const planned = await plan(request);
    deepEqual(Object.keys((planned as RefusedBatch).errors ?? {}), [key]);
  }
  deepEqual(
    await venue.rows("select (select count(*) from user) users, (select count(*) from radbatch) batches"),
    [
      { users: 2, batches: 1 },
    ],
  );
  await venue.close();
});

Deno.test("planBatch() takes today, in the organization's zone, for a day on which a batch may end", async () => {
  const { venue, plan } = await batchVenue({ timeZone: "Pacific/Kiritimati" });
  venue.clock.at = new Date("2026-11-22T12:00:00Z");
  equal((await plan({ ...prefix("event", 1), expirationDate: "2026-11-22" })).kind, "refused");
  equal((await plan({ ...prefix("event", 1), expirationDate: "2026-11-23" })).kind, "planned");
  await venue.close();
});

Deno.test("batches that want the same names at once get different ones", async () => {
  const { venue, make } = await batchVenue();
  const outcomes = await Promise.all(
    Array.from({ length: 5 }, (_, at) => make({ ...prefix("event", 20), name: `batch ${at}` })),
  );
  const names = outcomes.flatMap((outcome) => made(outcome).users.map(({ username }) => username));
  equal(new Set(names.map((name) => name.toLowerCase())).size, 100);
  for (const outcome of outcomes) {
    const { users, credentials } = made(outcome);
    deepEqual(credentials.map(([username]) => username), users.map(({ username }) => username));
  }
  deepEqual(await venue.rows("select count(*) users, count(distinct username_key) names from user"), [
    { users: 100, names: 100 },
  ]);
  deepEqual(await venue.rows("select count(*) links from radbatch_users"), [{ links: 100 }]);
  await venue.close();
});

Deno.test("of batches of one name, or with one address, that come at once one is made and no other leaves a trace", async () => {
  const { venue, make } = await batchVenue();
  const sameName = await Promise.all(
    Array.from({ length: 4 }, () => make({ ...prefix("event", 3), name: "one" })),
  );
  equal(sameName.filter(({ kind }) => kind === "made").length, 1);
  const sameAddress = await Promise.all(
    Array.from(
      { length: 4 },
      (_, at) =>
        make({ ...csv(`,${HASH},new${at}@example.org,,`, `,${HASH},ada@example.org,,`), name: `csv ${at}` }),
    ),
  );
  equal(sameAddress.filter(({ kind }) => kind === "made").length, 1);
  const [refused] = sameAddress.filter((outcome) => outcome.kind === "refused");
  match(refused?.errors.csvfile?.[0] ?? "", /^row 2: /);
  deepEqual(
    await venue.rows(
      "select (select count(*) from user) users, (select count(*) from organization_user) members",
    ),
    [{ users: 5, members: 5 }],
  );
  await venue.close();
});

Deno.test("a batch whose hashing fails leaves nothing behind", async () => {
  const { venue, plan, context } = await batchVenue();
  const planned = await plan(prefix("event", 9));
  ok(planned.kind === "planned");
  let hashed = 0;
  const passwords = {
    hash: () => ++hashed < 6 ? Promise.resolve("hashed") : Promise.reject(new Error("no memory")),
  };
  await rejects(makeBatch({ ...context(), passwords }, planned), /no memory/);
  deepEqual(await venue.rows("select (select count(*) from user) + (select count(*) from radbatch) things"), [
    { things: 0 },
  ]);
  await venue.close();
});

type Wish = Omit<BatchRequest, "organization">;

let wishes = 0;

function prefix(text: string, count: number): Wish {
  return {
    name: `wish ${++wishes}`,
    users: { strategy: "prefix", prefix: text, count },
    expirationDate: null,
  };
}

function csv(...rows: string[]): Wish {
  const file = new TextEncoder().encode(rows.join("\n"));
  return { name: `wish ${++wishes}`, users: { strategy: "csv", file }, expirationDate: null };
}

/** A venue of one organization, where hashing costs nothing. */
async function batchVenue(settings: OrganizationOptions["settings"] = {}) {
  const venue = await memoryVenue();
  const { id } = await venue.addOrganization({ settings });
  const context = (): BatchContext => ({
    ...venue.deps,
    passwords: { hash: (password) => Promise.resolve(`hashed ${password}`) },
    now: venue.deps.now(),
    actor: "test",
    pause: () => new Promise((resolve) => setTimeout(resolve)),
  });
  const organization = async () => {
    const found = await findOrganization(venue.db, venue.deps.settings, id, venue.deps.now());
    ok(found);
    return found;
  };
  const plan = async (wish: Wish) =>
    await planBatch(context(), { ...wish, organization: await organization() });
  const make = async (wish: Wish) => {
    const planned = await plan(wish);
    return planned.kind === "planned" ? await makeBatch(context(), planned) : planned;
  };
  return { venue, organization: { id }, context, plan, make };
}

function made(outcome: MadeBatch | RefusedBatch): MadeBatch {
  ok(outcome.kind === "made", JSON.stringify(outcome));
  return outcome;
}
