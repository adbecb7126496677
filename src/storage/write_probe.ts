import { sql } from "drizzle-orm";
import type { Handle } from "./database.ts";
import { builder, compiled, given } from "./prepared.ts";
import { installation } from "./schema/state.ts";

const probe = compiled(
  builder.insert(installation).values({ name: "write_probe", value: given("value") })
    .onConflictDoUpdate({ target: installation.name, set: { value: sql`excluded.value` } }),
);

/** Writes one small row, as any other write is written: resolves once it is durable. */
export async function probeWrite(handle: Handle, now: Date): Promise<void> {
  await handle.$client.batch([probe({ value: now.toISOString() })], "write");
}
