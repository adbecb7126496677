import type { Client, InStatement } from "@libsql/client";

/** Rows of one statement: it holds the database for a few milliseconds. */
export const BATCH_ROWS = 1_000;
/** For whoever waits to write. */
const PAUSE_MILLISECONDS = 10;

/**
 * Repeats a statement that changes at most `BATCH_ROWS` rows until it finds fewer, with a pause after each.
 *
 * @param before runs first in each of its transactions.
 * @returns how many rows were changed in all.
 */
export async function inBatches(
  client: Client,
  statement: InStatement,
  before: readonly InStatement[] = [],
): Promise<number> {
  let total = 0;
  for (;;) {
    const results = await client.batch([...before, statement], "write");
    const changed = results.at(-1)?.rowsAffected ?? 0;
    total += changed;
    if (changed < BATCH_ROWS) return total;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
  }
}
