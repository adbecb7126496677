import { listRefusals } from "../aaa/access/record_refusal.ts";
import { findOrganizationBySlug } from "../aaa/identity/organization_record.ts";
import { DomainError } from "../errors.ts";
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
      if (values.json) return world.print(JSON.stringify({ refusals: found }));
      for (const { refusedAt, username, callingStationId, explanation } of found) {
        const station = callingStationId ? ` (${callingStationId})` : "";
        world.print(`${refusedAt.slice(0, 19)} UTC  ${JSON.stringify(username)}${station}  ${explanation}`);
      }
    });
  },
};
