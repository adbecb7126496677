import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { openFile } from "../../src/runtime/file_client.ts";
import { isConflict } from "../../src/storage/database.ts";
import { migrate } from "../../src/storage/migrate.ts";

Deno.test("migrate() makes every table and changes nothing the second time", async () => {
  const client = openFile(":memory:");
  await migrate(client);
  await migrate(client);

  const { rows } = await client.execute(
    "select count(*) from sqlite_schema where name in ('radacct', 'radcheck', 'nas')",
  );
  equal(rows[0]?.[0], 3);
  client.close();
});

Deno.test("a batch whose expected change did not happen stores nothing", async () => {
  const client = openFile(":memory:");
  await migrate(client);
  await rejects(
    client.batch([
      "insert into installation (name, value) values ('a', '1')",
      "update installation set value = '2' where name = 'nobody'",
      "insert into expect_change select changes()",
    ], "write"),
    (fault) => isConflict(fault),
  );
  deepEqual((await client.execute("select * from installation")).rows, []);
  await client.batch([
    "insert into installation (name, value) values ('a', '1')",
    "insert into expect_change select changes()",
  ], "write");
  ok((await client.execute("select value from installation")).rows.length);
  client.close();
});
