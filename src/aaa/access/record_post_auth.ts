import type { Database } from "../../storage/database.ts";
import { builder, compiled, given } from "../../storage/prepared.ts";
import { radpostauth } from "../../storage/schema/ledger.ts";
import { toSqlDateTime } from "../../values/sql_date_time.ts";
import type { Settings } from "../settings.ts";
import type { Nas } from "./authenticate_nas.ts";
import { findRefusal } from "./record_refusal.ts";

const MASK = "********";
const LONGEST_PASSWORD = 64;

/** What the NAS side says came of a log-in. */
export interface PostAuth {
  readonly username: string;
  readonly password: string;
  /** `Access-Accept`, `Access-Reject` or another packet's name. */
  readonly reply: string;
  readonly calledStationId: string | null;
  readonly callingStationId: string | null;
}

const insert = compiled(
  builder.insert(radpostauth).values({
    username: given("username"),
    pass: given("pass"),
    reply: given("reply"),
    calledStationId: given("calledStationId"),
    callingStationId: given("callingStationId"),
    authdate: given("authdate"),
    organizationId: given("organizationId"),
    reason: given("reason"),
    explanation: given("explanation"),
  }),
);

/** Keeps what came of a log-in; a rejected one gets the reason that `authorize()` had. */
export async function recordPostAuth(
  db: Database,
  settings: Settings,
  nas: Nas,
  result: PostAuth,
  now: Date,
): Promise<void> {
  const accepted = result.reply === "Access-Accept";
  const refusal = accepted ? null : await findRefusal(db, nas.organization.id, result.username, now);
  const row = insert({
    username: nas.roaming?.username ?? result.username,
    pass: accepted ? "" : shownPassword(result.password, settings.postauthClearPasswords),
    reply: result.reply,
    calledStationId: result.calledStationId,
    callingStationId: result.callingStationId,
    authdate: toSqlDateTime(now),
    organizationId: nas.organization.id,
    reason: refusal?.reason ?? null,
    explanation: refusal?.explanation ?? null,
  });
  await db.ledger.$client.batch([row], "write");
}

function shownPassword(password: string, clear: boolean): string {
  if (!password || !clear) return password && MASK;
  const characters = [...password];
  return characters.length > LONGEST_PASSWORD
    ? `${characters.slice(0, LONGEST_PASSWORD - 1).join("")}…`
    : password;
}
