import { defineConfig } from "drizzle-kit";

/** `deno task migrations` writes the SQL of what changed in the schema. */
// drizzle-kit loads a default export and nothing else.
export default defineConfig({
  dialect: "turso",
  schema: "./src/storage/schema/mod.ts",
  out: "./migrations",
  breakpoints: true,
});
