import { readFileSync } from "node:fs";
import { applySetup } from "../aaa/identity/apply_setup.ts";
import type { Difference } from "../aaa/identity/differences.ts";
import { SHORTEST_GOOD_SECRET } from "../aaa/identity/draft_nas.ts";
import { parseSetup, type Setup } from "../aaa/identity/setup_file.ts";
import { DomainError } from "../errors.ts";
import type { Command } from "./command.ts";
import { reasonOf } from "./installation.ts";
import { makeLive } from "./running_venue.ts";
import { withInstallation } from "./with_installation.ts";
import type { World } from "./world.ts";

/** Checks that are counted. */
const LIMITS = /^(Max-.+-Session(-Traffic)?|Simultaneous-Use)$/;

/** Makes the installation be what a file says. */
export const apply: Command = {
  name: "apply",
  operands: "FILE|-",
  about: "Make the installation be what a JSON file says (- for standard input).",
  help:
    "Everything or nothing. What the file does not name stays as it is; applied again it changes nothing.\n" +
    '--dry-run prints the differences and writes nothing. Prints {"SLUG": {"id", "radius_token"}, …}.',
  options: { "dry-run": { type: "boolean" } },
  async run(world, values, [name, ...more]) {
    if (name === undefined || more.length) {
      throw new DomainError("invalid_input", "portico apply: expected one FILE or -");
    }
    const setup = parseSetup(await readJson(world, name));
    const dryRun = values["dry-run"] === true;
    await withInstallation(world, values, async (installation, config) => {
      const { organizations, differences } = await applySetup(installation.identity(world.now()), setup, {
        dryRun,
      });
      warnAboutSecrets(world, setup);
      warnAboutLimits(world, setup);
      if (!dryRun && differences.some(concernsZones)) await makeLive(world, config, "The setup is applied");
      world.print(JSON.stringify(dryRun ? differences : organizations));
    }, { touch: !dryRun });
  },
};

/** An organization that is switched off has no zones. */
function concernsZones({ type, action, fields = [] }: Difference): boolean {
  return type === "zone" || (type === "organization" && action === "update" && fields.includes("is_active"));
}

async function readJson(world: World, name: string): Promise<unknown> {
  const shown = name === "-" ? "standard input" : name;
  let octets: Uint8Array;
  try {
    octets = name === "-" ? await world.readInput() : readFileSync(name);
  } catch (fault) {
    throw new DomainError("invalid_input", `Cannot read ${shown}: ${reasonOf(fault)}`);
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(octets));
  } catch (fault) {
    const why = fault instanceof SyntaxError ? fault.message : "the text is not UTF-8";
    throw new DomainError("invalid_input", `${shown} is not JSON: ${why}`);
  }
}

function warnAboutSecrets({ warn }: World, { organizations }: Setup): void {
  for (const { slug, nas = [] } of organizations) {
    for (const { address, secret } of nas) {
      if (secret && secret.length < SHORTEST_GOOD_SECRET) {
        warn(
          `WARNING: the secret of NAS ${address} in ${slug} is shorter than ${SHORTEST_GOOD_SECRET} characters`,
        );
      }
    }
  }
}

/** A limit that is no number limits nobody, which a typing mistake should not do in silence. */
function warnAboutLimits({ warn }: World, { organizations }: Setup): void {
  for (const { slug, groups = [] } of organizations) {
    for (const { name, checks = [] } of groups) {
      for (const [attribute, , value] of checks) {
        if (!LIMITS.test(attribute) || value === null || /^\s*[+-]?\d+\s*$/.test(value)) continue;
        warn(
          `WARNING: ${attribute} of group ${name} in ${slug} is no whole number ("${value}"): it limits nobody`,
        );
      }
    }
  }
}
