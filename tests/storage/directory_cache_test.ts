import { deepEqual, equal, notEqual } from "node:assert/strict";
import { openFile } from "../../src/runtime/file_client.ts";
import { DirectoryCache } from "../../src/storage/directory_cache.ts";
import { migrate } from "../../src/storage/migrate.ts";
import { memoryVenue } from "../support/memory_venue.ts";

const at = (seconds: number) => new Date(1_800_000_000_000 + seconds * 1000);

Deno.test("an entry is good for five seconds, and not across a change", async () => {
  const cache = new DirectoryCache();
  let reads = 0;
  const read = (now: Date) => cache.read("key", now, () => Promise.resolve(++reads));
  deepEqual([await read(at(0)), await read(at(4.9)), await read(at(5))], [1, 1, 2]);
  cache.clear();
  equal(await read(at(5.1)), 3);
});

Deno.test("a value that was read before a change is not kept after it", async () => {
  const cache = new DirectoryCache();
  await cache.read("key", at(0), () => {
    cache.clear();
    return Promise.resolve("old");
  });
  equal(await cache.read("key", at(1), () => Promise.resolve("new")), "new");
});

Deno.test("while no other connection changes the database an entry lasts, and afterwards it does not", async () => {
  let version = 1;
  const cache = new DirectoryCache(() => version);
  let reads = 0;
  const read = (now: Date) => cache.read("key", now, () => Promise.resolve(++reads));
  for (const second of [0, 6, 12, 18, 22]) equal(await read(at(second)), 1);
  version = 2;
  deepEqual([await read(at(22.5)), await read(at(23.1)), await read(at(29))], [1, 2, 2]);
  cache.clear();
  equal(await read(at(29.1)), 3);
});

Deno.test("what changes while an entry is read makes it stale", async () => {
  let version = 1;
  const cache = new DirectoryCache(() => version);
  await cache.read("key", at(0), () => Promise.resolve(`read at ${version++}`));
  equal(await cache.read("key", at(6), () => Promise.resolve("anew")), "anew");
});

Deno.test("a file tells what another connection wrote, and not what this one did", async () => {
  const folder = await Deno.makeTempDir();
  const [mine, other] = [openFile(`${folder}/x.db`), openFile(`${folder}/x.db`)];
  try {
    await mine.batch(["create table fact (name text)"], "write");
    const before = mine.dataVersion();
    await mine.batch(["insert into fact values ('mine')"], "write");
    equal(mine.dataVersion(), before);
    await other.batch(["insert into fact values ('other')"], "write");
    notEqual(mine.dataVersion(), before);
  } finally {
    mine.close();
    other.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("names that nobody asks for again, and long ones, do not stay in memory", async () => {
  const cache = new DirectoryCache();
  await cache.read("x".repeat(5_000), at(0), () => Promise.resolve(1));
  equal(await cache.read("x".repeat(5_000), at(1), () => Promise.resolve(2)), 2);
  const kept = new WeakRef(await cache.read("early", at(1), () => Promise.resolve({})));
  for (const second of [7, 13, 19]) await cache.read(`late ${second}`, at(second), () => Promise.resolve({}));
  // Held by nothing but a generation that has gone; without a forced collection only its absence can be asked.
  equal(await cache.read("early", at(1), () => Promise.resolve("read anew")), "read anew");
  equal(typeof kept, "object");
});

Deno.test("what another process changes in a group is seen after five seconds, whoever logged in meanwhile", async () => {
  const folder = await Deno.makeTempDir();
  const [mine, other] = [openFile(`${folder}/x.db`), openFile(`${folder}/x.db`)];
  await migrate(mine);
  const venue = await memoryVenue({ client: mine, settings: { disposableRadiusUserToken: false } });
  const organization = await venue.addOrganization();
  const group = await venue.addGroup(organization.id, { replies: [["Idle-Timeout", "=", "1"]] });
  const users = [
    await venue.addUser({ organizations: [organization], groups: [group] }),
    await venue.addUser({ organizations: [organization], groups: [group] }),
  ];
  const replyTo = async (index: number) => {
    const user = users[index];
    if (!user) throw new Error("no such user");
    const password = await venue.token(user, organization);
    const { text } = await venue.post("authorize", organization, { username: user.username, password });
    return JSON.parse(text)["Idle-Timeout"].value;
  };
  equal(await replyTo(0), "1");
  await other.execute("update radgroupreply set value = '2'");
  venue.clock.pass(4_900);
  await replyTo(1);
  venue.clock.pass(200);
  equal(await replyTo(1), "2");
  other.close();
  await venue.close();
  await Deno.remove(folder, { recursive: true });
});
