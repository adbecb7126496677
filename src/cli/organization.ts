import {
  changeOrganization,
  changesByName,
  createOrganization,
  FIELD_NAMES,
  type OrganizationCredentials,
  readCredentials,
} from "../aaa/identity/organizations.ts";
import { isOrganizationSetting, organizationSettingFromText } from "../aaa/identity/organization_settings.ts";
import { DomainError } from "../errors.ts";
import { valueFromText } from "../values/value_from_text.ts";
import { type Command, type OptionValues, required } from "./command.ts";
import { makeLive } from "./running_venue.ts";
import { withInstallation } from "./with_installation.ts";
import type { World } from "./world.ts";

/** Makes an organization. */
export const orgCreate: Command = {
  name: "org create",
  operands: "",
  about: "Make an organization with its groups and a random token.",
  options: { slug: { type: "string" }, name: { type: "string" } },
  run: async (world, values, operands) => {
    refuseOperands("org create", operands);
    const fields = { slug: required(values, "slug"), name: required(values, "name") };
    await withInstallation(world, values, async (installation) => {
      print(world, values, "Created", await createOrganization(installation.identity(world.now()), fields));
    });
  },
};

/** Changes an organization. */
export const orgSet: Command = {
  name: "org set",
  operands: "SLUG KEY=VALUE…",
  about: "Change an organization: its settings, token, is_active, name, slug.",
  help: "An empty VALUE, or null, follows the installation's setting. docs/settings.md lists the keys.",
  options: {},
  run: async (world, values, [slug, ...pairs]) => {
    if (slug === undefined || !pairs.length) {
      throw new DomainError("invalid_input", "portico org set: expected SLUG KEY=VALUE…");
    }
    const changes = changesByName(pairs.map(parsePair));
    await withInstallation(world, values, async (installation, config) => {
      const changed = await changeOrganization(installation.identity(world.now()), slug, changes);
      // Its zones are served while it is active, and named by its slug.
      if ("is_active" in changes || "slug" in changes) {
        await makeLive(world, config, `The organization "${slug}" is changed`);
      }
      print(world, values, "Changed", changed);
    });
  },
};

/** Shows what an operator copies into FreeRADIUS. */
export const orgShow: Command = {
  name: "org show",
  operands: "SLUG",
  about: "Print an organization's id and RADIUS token.",
  options: {},
  run: async (world, values, [slug, ...more]) => {
    if (slug === undefined || more.length) {
      throw new DomainError("invalid_input", "portico org show: expected one SLUG");
    }
    await withInstallation(world, values, async (installation) => {
      print(world, values, "Organization", await readCredentials(installation.identity(world.now()), slug));
    });
  },
};

function parsePair(pair: string): readonly [string, unknown] {
  const at = pair.indexOf("=");
  if (at < 1) throw new DomainError("invalid_input", `portico org set: expected KEY=VALUE, not "${pair}"`);
  const [name, text] = [pair.slice(0, at), pair.slice(at + 1)];
  if (isOrganizationSetting(name)) return [name, organizationSettingFromText(name, text)];
  if (!FIELD_NAMES.has(name)) {
    throw new DomainError("invalid_input", `${name}: an organization has no such setting`);
  }
  return [name, name === "is_active" ? valueFromText("flag", text) : text];
}

function print(
  world: World,
  values: OptionValues,
  what: string,
  organization: OrganizationCredentials,
): void {
  const { id, slug, radiusToken } = organization;
  world.print(
    values.json
      ? JSON.stringify({ id, slug, radius_token: radiusToken })
      : `${what} ${slug}: id ${id}, RADIUS token ${radiusToken ?? "none"}`,
  );
}

/** @throws {DomainError} invalid_input when there are any. */
export function refuseOperands(name: string, operands: readonly string[]): void {
  if (!operands.length) return;
  throw new DomainError("invalid_input", `portico ${name}: unexpected "${operands[0]}"`);
}
