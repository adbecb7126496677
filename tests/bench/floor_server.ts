/**
 * The least that a program on this runtime, with this database, can do for a request: what the measured figures stand
 * beside. Run by Bun; arguments: which floor, and a folder for its database.
 */
import { argv, env } from "node:process";
import { createClient } from "@libsql/client";
import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/libsql";
import { sqliteTable, text } from "drizzle-orm/sqlite-core";
import { Hono } from "hono";
import { openFile } from "../../src/runtime/file_client.ts";

/** `read-libsql`: one prepared read through `@libsql/client`; `read-own`, `write-own`: through the program's client. */
export type Floor = "read-libsql" | "read-own" | "write-own";

/** The part of Bun that is used here: Deno's compiler, which checks this file, does not know it. */
declare const Bun: {
  serve(options: { hostname: string; port: number; fetch: Hono["fetch"] }): unknown;
};

const ROWS = 1_000;
const ASKED = "person-500";

const person = sqliteTable("person", { name: text("name").primaryKey(), email: text("email").notNull() });

const [, , floor, folder] = argv;
const file = `${folder}/floor.db`;
const client = floor === "read-libsql"
  ? createClient({ url: `file:${file}`, concurrency: 1, timeout: 3_000 })
  : openFile(file);
await client.execute("pragma journal_mode = wal");
await client.execute("create table person (name text primary key, email text not null)");
await client.execute({
  sql: `with recursive n(i) as (select 1 union all select i + 1 from n where i < ?)
    insert into person select 'person-' || i, 'person-' || i || '@example.org' from n`,
  args: [ROWS],
});

const app = new Hono();
if (floor === "write-own") {
  let written = ROWS;
  const insert = "insert into person values (?, ?)";
  app.get("/", async (c) => {
    const name = `person-${++written}`;
    await client.execute({ sql: insert, args: [name, `${name}@example.org`] });
    return c.body(null, 201);
  });
} else {
  const read = drizzle(client).select().from(person).where(eq(person.name, sql.placeholder("name")))
    .prepare();
  app.get("/", async (c) => c.json(await read.all({ name: ASKED })));
}
Bun.serve({ hostname: "127.0.0.1", port: Number(env.PORT), fetch: app.fetch });
