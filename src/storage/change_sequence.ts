import type { ResultSet } from "@libsql/client";
import { sql } from "drizzle-orm";
import { builder, compiled, given } from "./prepared.ts";
import { nodeSequence } from "./schema/ledger.ts";

/**
 * Numbers the changes of the batch it begins: rows that the batch changes take `numbered`, so that whoever sends rows
 * up asks for those after the last number it sent. The number is taken under the write lock: none is seen before a
 * smaller one is there. Its result is the number: `changeNumber()`.
 */
export const takeChangeNumber = compiled(
  builder.insert(nodeSequence).values({ nodeId: given("nodeId"), changeSeq: 1 }).onConflictDoUpdate({
    target: nodeSequence.nodeId,
    set: { changeSeq: sql`change_seq + 1` },
  }).returning({ changeSeq: nodeSequence.changeSeq }),
);

/** The number that a batch took, from the batch's results. */
export function changeNumber([taken]: readonly ResultSet[]): number {
  return Number(taken?.rows[0]?.[0]);
}

/** The columns of a changed row, for a statement that is given `nodeId`. */
export const numbered = {
  nodeId: sql`${given("nodeId")}`,
  changeSeq: sql`(select change_seq from node_sequence where node_id = ${given("nodeId")})`,
};
