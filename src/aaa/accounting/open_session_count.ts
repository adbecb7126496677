import { isNull, sql } from "drizzle-orm";
import type { Database } from "../../storage/database.ts";
import { prepared } from "../../storage/prepared.ts";
import { radacct } from "../../storage/schema/ledger.ts";

const count = prepared((handle) =>
  handle.select({ open: sql<number>`count(*)` }).from(radacct).where(isNull(radacct.stoppedAt)).prepare()
);

/** Sessions of all organizations that no packet has closed; reads one range of an index, as long as they are many. */
export async function openSessionCount(db: Database): Promise<number> {
  const [row] = await count(db.ledger).all();
  return Number(row?.open ?? 0);
}
