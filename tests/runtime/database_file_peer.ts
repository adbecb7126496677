/**
 * A process with a database: writes as much as is synced at least once, says `written`, and writes one row more for
 * each line that it gets. With a second argument the file's sync fails for that reason.
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { type DatabaseFile, databaseFile } from "../../src/runtime/database_file.ts";
import { diskOf } from "../../src/runtime/durable_log.ts";
import { openFile } from "../../src/runtime/file_client.ts";

const [, , path = "", fault = ""] = process.argv;
const file: DatabaseFile = databaseFile(path);
let syncs = 0;
const watched: DatabaseFile = {
  ...file,
  sync(done) {
    syncs++;
    if (fault) return done(new Error(fault));
    file.sync((fault) => {
      syncs--;
      done(fault);
    });
  },
};
const open = () => openFile(path, { ...diskOf(path), file: watched });

const client = open();
await client.batch(["create table if not exists fact (name text primary key, filling text)"], "write");
const insert = (name: string) =>
  client.batch([{ sql: "insert into fact values (?, ?)", args: [name, "x".repeat(3_000)] }], "write");
for (let round = 0; round < 20; round++) {
  await Promise.all(Array.from({ length: 400 }, (_, i) => insert(`${i} ${round}`)));
}
// Another one of the same process comes and goes.
open().close();
while (syncs) await new Promise((resolve) => setTimeout(resolve, 10));
console.log("written");
createInterface({ input: process.stdin }).on("line", (name) => {
  void insert(name).then(() => console.log(`stored ${name}`));
});
