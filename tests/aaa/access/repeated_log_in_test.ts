import { deepEqual, equal } from "node:assert/strict";
import { openFile } from "../../../src/runtime/file_client.ts";
import { migrate } from "../../../src/storage/migrate.ts";
import { memoryVenue } from "../../support/memory_venue.ts";
import { recordedClient } from "../../support/recorded_client.ts";

Deno.test("a token is shown again: the answer waits until the disk has that it was taken", async () => {
  const file = openFile(":memory:");
  await migrate(file);
  let syncs = 0;
  const client = Object.assign(recordedClient(file).client, {
    sync: () => {
      syncs++;
      return file.sync();
    },
  });
  const venue = await memoryVenue({ client });
  const alpha = await venue.addOrganization();
  const ada = await venue.addUser({ username: "ada", organizations: [alpha] });
  const password = await venue.token(ada, alpha);
  const station = { called_station_id: "AP-1", calling_station_id: "aa:bb:cc:dd:ee:ff" };
  const logIn = () => venue.post("authorize", alpha, { username: "ada", password, ...station });
  const first = await logIn();
  equal(syncs, 0, "who takes it writes, and waits for that");
  deepEqual(await logIn(), first);
  equal(syncs, 1);
  await venue.close();
  file.close();
});
