import { join } from "node:path";
import type { Config } from "../config.ts";
import type { Control } from "../controller/control/control.ts";
import { DomainError } from "../errors.ts";
import { runningVenue } from "../runtime/control_socket.ts";
import { type OptionValues, textOf } from "./command.ts";
import { configFor, reasonOf } from "./installation.ts";
import type { World } from "./world.ts";

/** Where a venue takes commands. */
export function controlPath({ data }: Pick<Config, "data">): string {
  return join(data, "control.sock");
}

/** The venue that a command is about. @throws {DomainError} not_found when none runs. */
export async function requireVenue(world: World, values: OptionValues): Promise<Control> {
  const options = { data: textOf(values, "data"), config: textOf(values, "config") };
  const config = configFor(world, options, { ignoreUnknown: true });
  const venue = await runningVenue(controlPath(config));
  if (venue) return venue;
  throw new DomainError(
    "not_found",
    `No venue runs on the folder ${config.data}: start it with portico serve`,
  );
}

/**
 * Makes a venue that runs on the folder take its zones anew; what they wait for is told on standard error.
 *
 * @param saved what has been written already, for the message: `The zone "guests" is saved`.
 * @returns whether one runs.
 * @throws {DomainError} overloaded when the box refuses.
 */
export async function makeLive(
  { warn }: Pick<World, "warn">,
  config: Pick<Config, "data">,
  saved: string,
): Promise<boolean> {
  const venue = await runningVenue(controlPath(config));
  try {
    const followed = await venue?.reload({});
    followed?.waits.forEach(warn);
  } catch (fault) {
    throw new DomainError(
      "overloaded",
      `${saved}, but the running venue could not follow: ${reasonOf(fault)}`,
    );
  }
  return venue !== null;
}
