import { changeZone, createZone, removeZone } from "../aaa/identity/change_zones.ts";
import { SECRET_OPTIONS } from "../aaa/identity/zone_options.ts";
import { findZone, listStoredZones, type StoredZone } from "../aaa/identity/zones.ts";
import { DomainError } from "../errors.ts";
import { type Command, type OptionValues, required, textOf } from "./command.ts";
import { refuseOperands } from "./organization.ts";
import { makeLive, requireVenue } from "./running_venue.ts";
import { table } from "./table.ts";
import { withInstallation } from "./with_installation.ts";
import type { World } from "./world.ts";
import { ZONE_ABOUTS, ZONE_ARGUMENTS, ZONE_SWITCHES, zoneChangesOf } from "./zone_arguments.ts";

const OPTIONS_HELP = "Switches take on or off, or nothing for on; lists are written with commas or\n" +
  "repeated; an empty value takes an option back to its default. A venue that runs on the folder follows at once.";

/** Makes a zone. */
export const zoneCreate: Command = {
  name: "zone create",
  operands: "",
  about: "Make a zone: a network of guests behind this box.",
  help: `--org S --name N [--interface I …] [--address A …] [--OPTION VALUE …]\n${OPTIONS_HELP}`,
  options: { org: { type: "string" }, name: { type: "string" }, ...ZONE_ARGUMENTS },
  switches: ZONE_SWITCHES,
  abouts: ZONE_ABOUTS,
  run: async (world, values, operands) => {
    refuseOperands("zone create", operands);
    const [slug, name] = [required(values, "org"), required(values, "name")];
    const changes = zoneChangesOf(values);
    await withInstallation(world, values, async (installation, config) => {
      const zone = await createZone(installation.identity(world.now()), slug, name, changes);
      tell(world, values, "Created", zone, await makeLive(world, config, `The zone "${name}" is saved`));
    });
  },
};

/** Changes a zone. */
export const zoneSet: Command = {
  name: "zone set",
  operands: "ZONE",
  about: "Change a zone's options; an empty value takes one back to its default.",
  help: `ZONE [--org S] [--OPTION VALUE …]\n${OPTIONS_HELP}`,
  options: { org: { type: "string" }, ...ZONE_ARGUMENTS },
  switches: ZONE_SWITCHES,
  abouts: ZONE_ABOUTS,
  run: async (world, values, operands) => {
    const reference = onlyZone("zone set", operands);
    const changes = zoneChangesOf(values);
    if (!Object.keys(changes).length) {
      throw new DomainError("invalid_input", "portico zone set: expected an option, such as --macauth on");
    }
    await withInstallation(world, values, async (installation, config) => {
      const context = installation.identity(world.now());
      const zone = await changeZone(context, reference, textOf(values, "org"), () => changes);
      tell(world, values, "Changed", zone, await makeLive(world, config, `The zone "${zone.name}" is saved`));
    });
  },
};

/** Takes a zone away. */
export const zoneRemove: Command = {
  name: "zone remove",
  operands: "ZONE",
  about: "Take a zone away; its guests' sessions end.",
  options: { org: { type: "string" } },
  run: async (world, values, operands) => {
    const reference = onlyZone("zone remove", operands);
    await withInstallation(world, values, async (installation, config) => {
      const zone = await removeZone(installation.identity(world.now()), reference, textOf(values, "org"));
      tell(
        world,
        values,
        "Removed",
        zone,
        await makeLive(world, config, `The zone "${zone.name}" is removed`),
      );
    });
  },
};

/** Prints the zones. */
export const zoneList: Command = {
  name: "zone list",
  operands: "",
  about: "Print the zones.",
  options: { org: { type: "string" } },
  run: async (world, values, operands) => {
    refuseOperands("zone list", operands);
    const slug = textOf(values, "org");
    await withInstallation(world, values, async ({ db }) => {
      const all = await listStoredZones(db);
      const zones = all.filter(({ organizationSlug }) => slug === undefined || organizationSlug === slug);
      if (values.json) return world.print(JSON.stringify(zones.map(summaryOf)));
      const rows = zones.map((zone) => [
        `${zone.organizationSlug}/${zone.name}`,
        zone.isActive ? "on" : "off",
        zone.gate,
        zone.options.interface.join(","),
        zone.options.address.join(","),
      ]);
      world.print(table(["ZONE", "ACTIVE", "GATE", "INTERFACE", "ADDRESS"], rows));
    });
  },
};

/** Prints a zone with all of its options. */
export const zoneShow: Command = {
  name: "zone show",
  operands: "ZONE",
  about: "Print a zone's options, defaults too; secrets are masked.",
  options: { org: { type: "string" } },
  run: async (world, values, operands) => {
    const reference = onlyZone("zone show", operands);
    await withInstallation(world, values, async ({ db }) => {
      const zone = findZone(await listStoredZones(db), reference, textOf(values, "org"));
      const shown = { ...summaryOf(zone), ...maskedOptions(zone), gate: zone.gate };
      if (values.json) return world.print(JSON.stringify(shown));
      const rows = Object.entries(shown).map(([name, value]) => [name, textOfValue(value)]);
      world.print(table(["OPTION", "VALUE"], rows));
    });
  },
};

/** Makes a running venue write all of its zones to the box again. */
export const zoneApply: Command = {
  name: "zone apply",
  operands: "",
  about:
    "Make the running venue read its zones and write all of them to the kernel again; nobody is disconnected.",
  options: {},
  run: async (world, values, operands) => {
    refuseOperands("zone apply", operands);
    const { zones, waits } = await (await requireVenue(world, values)).reload({});
    waits.forEach(world.warn);
    if (values.json) return world.print(JSON.stringify({ zones, live: true }));
    world.print(zones.length ? `The venue serves ${zones.join(", ")}` : "The venue runs, without a zone");
  },
};

/** The zone that a command is about. */
function onlyZone(command: string, [reference, ...more]: readonly string[]): string {
  if (reference !== undefined && !more.length) return reference;
  if (reference !== undefined) {
    throw new DomainError(
      "invalid_input",
      `portico ${command}: expected one ZONE, not ${[reference, ...more].join(" and ")}: ` +
        "a switch takes on or off, and a value of several words stands in quotation marks",
    );
  }
  throw new DomainError("invalid_input", `portico ${command}: expected one ZONE, by its name or SLUG/NAME`);
}

function tell(world: World, values: OptionValues, done: string, zone: StoredZone, live: boolean): void {
  if (values.json) return world.print(JSON.stringify({ ...summaryOf(zone), live }));
  const name = `${zone.organizationSlug}/${zone.name}`;
  const follow = live
    ? "the running venue has followed"
    : "no venue runs on this folder, the next portico serve follows";
  world.print(`${done} the zone ${name}: id ${zone.id}; ${follow}`);
}

function summaryOf({ id, name, organizationSlug, isActive, gate, options }: StoredZone) {
  return {
    id,
    name,
    organization: organizationSlug,
    is_active: isActive,
    gate,
    interface: options.interface,
    address: options.address,
  };
}

function maskedOptions({ options }: StoredZone): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(options).map((
      [name, value],
    ) => [name, SECRET_OPTIONS.has(name) && String(value) ? null : value]),
  );
}

function textOfValue(value: unknown): string {
  if (value === null) return "(secret)";
  if (Array.isArray(value)) return value.join(",");
  return typeof value === "boolean" ? (value ? "on" : "off") : String(value);
}
