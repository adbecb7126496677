import { deepEqual, equal, ok } from "node:assert/strict";
import { nodeIdOf, seed } from "../../../src/aaa/identity/seed.ts";
import { identityVenue } from "../../support/identity_venue.ts";

Deno.test("a new installation has an organization and two sets of permissions, made once", async () => {
  const { venue, context, close } = await identityVenue();
  deepEqual(await venue.rows("select slug, name from organization"), [{ slug: "default", name: "default" }]);
  const groups = await venue.rows("select name, permissions from permission_group order by id");
  deepEqual(groups.map(({ name }) => name), ["Operator", "Administrator"]);
  ok(String(groups[0]?.permissions).includes("change_radiusaccounting"));
  ok(String(groups[0]?.permissions).includes("view_nas"));
  ok(!String(groups[0]?.permissions).includes("change_nas"));
  ok(String(groups[1]?.permissions).includes("delete_nas"));

  await venue.client.execute("delete from organization");
  await seed(context());
  equal((await venue.rows("select 1 from organization")).length, 0, "what was deleted stays deleted");
  await close();
});

Deno.test("two processes that start on a new database make one installation of it", async () => {
  const { venue, context, close } = await identityVenue();
  await venue.client.execute("delete from installation");
  await venue.client.execute("delete from organization");
  await venue.client.execute("delete from permission_group");
  const [first, second] = await Promise.all([
    nodeIdOf(venue.client, "one"),
    nodeIdOf(venue.client, "two"),
    seed(context()),
    seed(context()),
  ]);
  equal(first, second);
  equal((await venue.rows("select 1 from organization")).length, 1);
  equal((await venue.rows("select 1 from permission_group")).length, 2);
  await close();
});
