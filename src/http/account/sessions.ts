import { Hono } from "hono";
import type { Deps } from "../../deps.ts";
import { answerSessions, sessionFilter } from "../session_list.ts";
import { readMemberRequest } from "./account_request.ts";

/**
 * A guest's own sessions in the organization, under whatever name they were opened (radius-api 5.7). The login pages
 * know their station in the portal's spelling, so the station filters take any.
 */
export function sessionsRoute(deps: Deps): Hono {
  return new Hono({ strict: false }).all("/:slug/account/session", async (c) => {
    const { account, organization } = await readMemberRequest(deps, c, { scope: "others", method: "GET" });
    return await answerSessions(deps, c, organization.id, {
      ...sessionFilter(c, deps.settings.timeZone),
      userId: account.id,
      stationsInAnySpelling: true,
    });
  });
}
