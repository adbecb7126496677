import type { ListedSession } from "../../aaa/accounting/list_sessions.ts";
import { sessionJson } from "../session_json.ts";

/** A session as every list shows it, with the number that old clients know it by. */
export function legacySessionJson(session: ListedSession, zone: string, language: string) {
  return { id: session.rowId, ...sessionJson(session, zone, language) };
}
