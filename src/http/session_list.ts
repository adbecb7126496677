import type { Context } from "hono";
import {
  countSessions,
  type ListedSession,
  listSessions,
  type SessionFilter,
} from "../aaa/accounting/list_sessions.ts";
import type { Deps } from "../deps.ts";
import { message } from "../languages/say.ts";
import type { OrganizationId } from "../values/organization_id.ts";
import type { SqlDateTime } from "../values/sql_date_time.ts";
import { parseDateTime } from "../values/zoned_time.ts";
import { linkHeader, pageOf } from "./pagination.ts";
import { invalidFields } from "./problem.ts";
import { requestLocale } from "./request_language.ts";
import { sessionJson } from "./session_json.ts";

/** How a list shows a session, times in the server's zone. */
export type ShowSession = (session: ListedSession, zone: string, language: string) => object;

/**
 * One page of an organization's sessions, a bare array with the newest first, and `Link` to the other pages
 * (radius-api 3.9).
 *
 * @throws {HttpProblem} 404 for a page that does not exist.
 */
export async function answerSessions(
  { db, settings }: Deps,
  c: Context,
  organizationId: OrganizationId,
  filter: SessionFilter,
  show: ShowSession = sessionJson,
): Promise<Response> {
  const found = await countSessions(db, organizationId, filter);
  const page = pageOf(c, settings, found);
  const sessions = await listSessions(db, organizationId, filter, page, found);
  const link = linkHeader(c, page);
  const language = requestLocale(c);
  return c.json(
    sessions.map((session) => show(session, settings.timeZone, language)),
    200,
    link ? { Link: link } : {},
  );
}

/**
 * What the query asks for, `username` left out.
 *
 * @param zone of dates without one.
 * @throws {HttpProblem} 400 for a date that cannot be read.
 */
export function sessionFilter(c: Context, zone: string): SessionFilter {
  const entries = {
    calledStationId: sent(c, "called_station_id"),
    callingStationId: sent(c, "calling_station_id"),
    startedFrom: dateFilter(c, "start_time", zone),
    stoppedUntil: dateFilter(c, "stop_time", zone),
    isOpen: booleanFilter(sent(c, "is_open")),
  };
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}

function sent(c: Context, name: string): string | undefined {
  return c.req.query(name) || undefined;
}

function dateFilter(c: Context, name: string, zone: string): SqlDateTime | undefined {
  const text = sent(c, name);
  if (text === undefined) return undefined;
  const at = parseDateTime(text, zone);
  if (at === null) throw invalidFields({ [name]: [message("invalid_date_time")] });
  return at;
}

/** `true`, `false`, `1`, `0` in any letter case; anything else filters nothing. */
function booleanFilter(text: string | undefined): boolean | undefined {
  switch (text?.toLowerCase()) {
    case "true":
    case "1":
      return true;
    case "false":
    case "0":
      return false;
    default:
      return undefined;
  }
}
