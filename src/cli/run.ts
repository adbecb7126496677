import { DomainError } from "../errors.ts";
import { apply } from "./apply.ts";
import { type Command, parseCommandLine } from "./command.ts";
import { bypassAdd, bypassList, bypassRemove } from "./bypass.ts";
import { doctor } from "./doctor.ts";
import { cleanupStaleRadacct, deleteOldPostauth, deleteOldRadacct } from "./maintenance.ts";
import { nasAdd } from "./nas.ts";
import { orgCreate, orgSet, orgShow } from "./organization.ts";
import { refusals } from "./refusals.ts";
import { show } from "./show.ts";
import { stationAuthorize, stationDisconnect, stationList, stationShow } from "./station.ts";
import { adminCreate, userCreate } from "./user.ts";
import { serve } from "./serve.ts";
import { VERSION } from "./version.ts";
import type { World } from "./world.ts";
import { zoneApply, zoneCreate, zoneList, zoneRemove, zoneSet, zoneShow } from "./zone.ts";

const COMMANDS: readonly Command[] = [
  serve,
  adminCreate,
  orgCreate,
  orgSet,
  orgShow,
  userCreate,
  nasAdd,
  zoneCreate,
  zoneList,
  zoneShow,
  zoneSet,
  zoneRemove,
  zoneApply,
  stationList,
  stationShow,
  stationDisconnect,
  stationAuthorize,
  bypassAdd,
  bypassRemove,
  bypassList,
  doctor,
  apply,
  show,
  refusals,
  deleteOldRadacct,
  deleteOldPostauth,
  cleanupStaleRadacct,
];

/** Runs one command; the exit code: 0, or 1 when it was refused, with one line on standard error. */
export async function run(args: readonly string[], world: World): Promise<0 | 1> {
  try {
    await dispatch(args, world);
    return 0;
  } catch (fault) {
    // A database or a disk that refuses has a code; everything else is a mistake of ours and shows its stack.
    if (!(fault instanceof Error) || (!(fault instanceof DomainError) && !("code" in fault))) throw fault;
    world.warn(fault.message.replace(/\s*[\r\n]+\s*/g, " "));
    return 1;
  }
}

async function dispatch(args: readonly string[], world: World): Promise<void> {
  const [first] = args;
  if (first === undefined || first === "--help" || first === "-h" || first === "help") {
    return world.print(overview());
  }
  if (first === "--version" || first === "-V") return world.print(`portico ${VERSION}`);
  const command = COMMANDS.find(({ name }) => name.split(" ").every((word, at) => word === args[at]));
  if (!command) {
    const beginning = COMMANDS.filter(({ name }) => name.startsWith(`${first} `));
    if (beginning.length && !args.slice(1).some((word) => !word.startsWith("-"))) {
      return world.print(overview(beginning));
    }
    throw new DomainError(
      "invalid_input",
      `There is no command "${args.slice(0, 2).join(" ")}": see portico --help`,
    );
  }
  const { values, positionals } = parseCommandLine(command, args.slice(command.name.split(" ").length));
  if (values.help) return world.print(helpOf(command));
  await command.run(world, values, positionals);
}

function overview(commands = COMMANDS): string {
  const width = Math.max(...commands.map(({ name, operands }) => `${name} ${operands}`.length));
  const lines = commands.map(({ name, operands, about }) =>
    `  ${`${name} ${operands}`.padEnd(width)}  ${about}`
  );
  return ["portico COMMAND [--data DIR] [--json]", "", ...lines, "", "portico COMMAND --help tells more."]
    .join("\n");
}

function helpOf({ name, operands, about, help, options, abouts, switches }: Command): string {
  const shown = Object.entries(options).map(([option, { type }]) => {
    const value = switches?.has(option) ? " on|off" : type === "string" ? " VALUE" : "";
    return [`  --${option}${value}`, abouts?.get(option) ?? ""] as const;
  });
  const width = Math.max(...shown.map(([option]) => option.length));
  const lines = shown.map(([option, told]) => `${option.padEnd(width)}  ${told}`.trimEnd());
  return [`portico ${name} ${operands}`.trimEnd(), about, ...(help ? ["", help] : []), "", ...lines].join(
    "\n",
  ).trimEnd();
}
