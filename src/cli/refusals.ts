import { listRefusals, type RecordedRefusal } from "../aaa/access/record_refusal.ts";
import { findOrganizationBySlug } from "../aaa/identity/organization_record.ts";
import { DomainError } from "../errors.ts";
import { fromSqlDateTime } from "../values/sql_date_time.ts";
import { type Command, textOf } from "./command.ts";
import { refuseOperands } from "./organization.ts";
import { withInstallation } from "./with_installation.ts";

const SHOWN = 20;

/** Prints why log-ins were refused, the newest first. */
export const refusals: Command = {
  name: "refusals",
  operands: "",
  about: "Print why the last log-ins were refused, the newest first.",
  help:
    "--org SLUG and --username NAME show theirs alone. With --json the rule, its value and the count as well.",
  options: { org: { type: "string" }, username: { type: "string" } },
  run: async (world, values, operands) => {
    refuseOperands("refusals", operands);
    await withInstallation(world, values, async (installation) => {
      const { db, settings } = installation.identity(world.now());
      const slug = textOf(values, "org");
      const organization = slug === undefined
        ? null
        : await findOrganizationBySlug(db, settings, slug, world.now());
      if (slug !== undefined && !organization) {
        throw new DomainError("not_found", `There is no organization "${slug}"`);
      }
      const found = await listRefusals(db, {
        organizationId: organization?.id,
        username: textOf(values, "username"),
        limit: SHOWN,
      });
      if (values.json) return world.print(JSON.stringify({ refusals: found.map(toJson) }));
      for (const { refusedAt, slug, username, callingStationId, explanation } of found) {
        const who = JSON.stringify(username) + (callingStationId ? ` (${callingStationId})` : "");
        world.print(`${refusedAt.slice(0, 19)} UTC  ${slug ?? "-"}  ${who}  ${explanation}`);
      }
    });
  },
};

function toJson(refusal: RecordedRefusal): Readonly<Record<string, string | null>> {
  return {
    refused_at: fromSqlDateTime(refusal.refusedAt).toISOString(),
    organization: refusal.slug,
    username: refusal.username,
    user_id: refusal.userId,
    called_station_id: refusal.calledStationId,
    calling_station_id: refusal.callingStationId,
    reason: refusal.reason,
    explanation: refusal.explanation,
    rule: refusal.rule,
    rule_value: refusal.ruleValue,
    counted: refusal.counted,
  };
}
