import { deepEqual, equal, rejects } from "node:assert/strict";
import { replacePassword } from "../../../src/aaa/account/replace_password.ts";
import { openFile } from "../../../src/runtime/file_client.ts";
import { type Database, venueDatabase } from "../../../src/storage/database.ts";
import { migrate } from "../../../src/storage/migrate.ts";
import { type MemoryVenue, memoryVenue } from "../../support/memory_venue.ts";

const ROME = { timeZone: "Europe/Rome" };
const NIGHT = new Date("2026-11-22T23:30:00Z");

/** Ada with a key, in one database for all and in databases of their own. */
async function eachLayout(
  test: (venue: MemoryVenue, db: Database, ada: { id: string; password: string }) => Promise<void>,
): Promise<void> {
  for (const apart of [false, true]) {
    const venue = await memoryVenue();
    const client = openFile(":memory:");
    await migrate(client);
    const db = apart ? { ...venue.db, state: venueDatabase(client, "node").state } : venue.db;
    const alpha = await venue.addOrganization();
    const { id } = await venue.addUser({ organizations: [alpha] });
    await db.state.$client.execute({
      sql:
        "insert into radiustoken (key, user_id, organization_id, can_auth, created) values ('k', ?, ?, 1, ?)",
      args: [id, alpha.id, "2026-11-22 23:30:00.000000"],
    });
    await test(venue, db, { id, password: "!" });
    client.close();
    await venue.close();
  }
}

const keysAlive = async ({ state }: Database) =>
  Number((await state.$client.execute("select count(*) from radiustoken where can_auth = 1")).rows[0]?.[0]);

Deno.test("a password is replaced with its day in the organization's calendar, and the keys end", async () => {
  await eachLayout(async ({ rows }, db, ada) => {
    equal(await replacePassword(db, ROME, ada, "new", NIGHT), true);
    deepEqual(await rows("select password, password_updated from user"), [
      { password: "new", password_updated: "2026-11-23" },
    ]);
    equal(await keysAlive(db), 0);
  });
});

Deno.test("a password that was replaced meanwhile is not replaced again, and the keys of the other one live", async () => {
  await eachLayout(async ({ rows }, db, ada) => {
    equal(await replacePassword(db, ROME, { ...ada, password: "older" }, "new", NIGHT), false);
    deepEqual(await rows("select password, password_updated from user"), [
      { password: "!", password_updated: null },
    ]);
    equal(await keysAlive(db), 1);
  });
});

Deno.test("a password is not replaced when the database fails", async () => {
  const venue = await memoryVenue();
  const alpha = await venue.addOrganization();
  const { id } = await venue.addUser({ organizations: [alpha] });
  await venue.rows("alter table radiustoken rename to lost");
  await rejects(replacePassword(venue.db, ROME, { id, password: "!" }, "new", NIGHT), /radiustoken/);
  deepEqual(await venue.rows("select password from user"), [{ password: "!" }]);
  await venue.close();
});
