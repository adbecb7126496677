import { deepEqual, equal, rejects } from "node:assert/strict";
import { openFile } from "../../src/runtime/file_client.ts";
import { isConflict } from "../../src/storage/database.ts";
import { migrate } from "../../src/storage/migrate.ts";
import { deleteRows, insertRows, isConstraintFailure, updateRows } from "../../src/storage/rows.ts";
import { installation, permissionGroup } from "../../src/storage/schema/mod.ts";

async function database() {
  const client = openFile(":memory:");
  await migrate(client);
  return client;
}

Deno.test("rows of any number and content go in as they are", async () => {
  const client = await database();
  const rows = Array.from(
    { length: 12_000 },
    (_, at) => ({ name: `name ${at}`, value: `"${at}' \\ \u2028 🛜 null` }),
  );
  await client.batch(insertRows(installation, rows), "write");
  const stored = await client.execute("select count(*), min(value), typeof(value) from installation");
  deepEqual([...Array.from(stored.rows[0] ?? [])], [12_000, `"0' \\ \u2028 🛜 null`, "text"]);
  client.close();
});

Deno.test("columns are stored as their table has them: JSON as text, null as null", async () => {
  const client = await database();
  await client.batch(insertRows(permissionGroup, [{ name: "a", permissions: ["x", "y"] }]), "write");
  const { rows } = await client.execute("select name, permissions from permission_group");
  deepEqual(Array.from(rows[0] ?? []), ["a", '["x","y"]']);
  client.close();
});

Deno.test("only what changes is written, and a row that is not as it was read stops everything", async () => {
  const client = await database();
  const read = [{ name: "a", value: "1" }, { name: "b", value: "1" }];
  await client.batch(insertRows(installation, read), "write");
  const change = read.map((stored) => ({ stored, changes: { value: "2" } }));
  await client.batch(updateRows(installation, ["name", "value"], change), "write");
  await rejects(client.batch(updateRows(installation, ["name", "value"], change), "write"), isConflict);
  await rejects(
    client.batch(
      updateRows(installation, ["name"], [...change, {
        stored: { name: "c", value: "" },
        changes: { value: "3" },
      }]),
      "write",
    ),
    isConflict,
  );
  deepEqual((await client.execute("select value from installation")).rows.map((row) => row[0]), ["2", "2"]);
  await rejects(client.batch(insertRows(installation, read), "write"), isConstraintFailure);
  client.close();
});

Deno.test("deleting a row that is gone stops everything", async () => {
  const client = await database();
  await client.batch(
    insertRows(permissionGroup, [{ name: "a", permissions: [] }, { name: "b", permissions: [] }]),
    "write",
  );
  await rejects(client.batch(deleteRows(permissionGroup, [1, 7]), "write"), isConflict);
  await client.batch(deleteRows(permissionGroup, [1]), "write");
  equal((await client.execute("select 1 from permission_group")).rows.length, 1);
  deepEqual(insertRows(permissionGroup, []), []);
  client.close();
});
