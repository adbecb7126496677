import { addBypass, type Bypass, listBypasses, removeBypass } from "../aaa/identity/zone_bypass.ts";
import { DomainError } from "../errors.ts";
import { type Command, type OptionValues, textOf } from "./command.ts";
import { refuseOperands } from "./organization.ts";
import { makeLive } from "./running_venue.ts";
import { table } from "./table.ts";
import { withInstallation } from "./with_installation.ts";
import type { World } from "./world.ts";

const HELP =
  "MAC|IP is a MAC address in any spelling, an address or a network. --zone is for when there are several.";

/** Lets somebody pass without a session. */
export const bypassAdd: Command = change(
  "bypass add",
  "Let a device or an address pass without logging on.",
  addBypass,
  ({ entry, zone }) => `${entry} passes in ${zone.name} without logging on`,
);

/** Takes that back. */
export const bypassRemove: Command = change(
  "bypass remove",
  "Take a bypass away: the device has to log on again.",
  removeBypass,
  ({ entry, zone }) => `${entry} has no bypass in ${zone.name} any more`,
);

/** Prints who passes without a session. */
export const bypassList: Command = {
  name: "bypass list",
  operands: "",
  about: "Print who passes without logging on.",
  options: { zone: { type: "string" } },
  run: async (world, values, operands) => {
    refuseOperands("bypass list", operands);
    await withInstallation(world, values, async (installation) => {
      const bypasses = await listBypasses(installation, textOf(values, "zone"));
      if (values.json) return world.print(JSON.stringify(bypasses.map(toJson)));
      const rows = bypasses.map(({ zone, entry }) => [`${zone.organizationSlug}/${zone.name}`, entry]);
      world.print(table(["ZONE", "BYPASS"], rows));
    });
  },
};

function change(
  name: string,
  about: string,
  make: typeof addBypass,
  sentence: (bypass: Bypass) => string,
): Command {
  return {
    name,
    operands: "MAC|IP",
    about,
    help: HELP,
    options: { zone: { type: "string" } },
    run: async (world, values, [text, ...more]) => {
      if (!text || more.length) {
        throw new DomainError("invalid_input", `portico ${name}: expected one MAC address or IP address`);
      }
      await withInstallation(world, values, async (installation, config) => {
        const bypass = await make(installation.identity(world.now()), text, textOf(values, "zone"));
        tell(world, values, bypass, await makeLive(world, config, "The bypass is saved"), sentence(bypass));
      });
    },
  };
}

function tell(world: World, values: OptionValues, bypass: Bypass, live: boolean, sentence: string): void {
  if (values.json) return world.print(JSON.stringify({ ...toJson(bypass), live }));
  world.print(live ? sentence : `${sentence}, as soon as portico serve runs on this folder`);
}

function toJson({ zone, entry }: Bypass) {
  return { organization: zone.organizationSlug, zone: zone.name, bypass: entry };
}
