import type { Client, InStatement } from "@libsql/client";

/** Rows of one statement: it holds the database for a few milliseconds. */
export const BATCH_ROWS = 1_000;
/** For whoever waits to write. */
const PAUSE_MILLISECONDS = 10;

/**
 * Repeats a statement that changes at most `BATCH_ROWS` rows until it finds fewer, with a pause after each.
 *
 * @returns how many rows were changed in all.
 */
export async function inBatches(client: Client, statement: InStatement): Promise<number> {
  let total = 0;
  for (;;) {
    const [result] = await client.batch([statement], "write");
    const changed = result?.rowsAffected ?? 0;
    total += changed;
    if (changed < BATCH_ROWS) return total;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
  }
}
