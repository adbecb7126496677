import { Hono } from "hono";
import { ownUsage } from "../../aaa/account/own_usage.ts";
import type { Deps } from "../../deps.ts";
import { jsonCount } from "../json_count.ts";
import { notFound } from "../problem.ts";
import { readMemberRequest } from "./account_request.ts";

/** What a guest has used of the quotas of their group (radius-api 5.8); 404 for somebody without one. */
export function usageRoute(deps: Deps): Hono {
  return new Hono({ strict: false }).all("/:slug/account/usage", async (c) => {
    const { account, organization, now } = await readMemberRequest(deps, c, {
      scope: "others",
      method: "GET",
    });
    const quotas = await ownUsage(deps.db, deps.settings, organization, account, now);
    if (!quotas) throw notFound();
    return c.json({ checks: quotas.map((quota) => ({ ...quota, result: jsonCount(quota.result) })) });
  });
}
