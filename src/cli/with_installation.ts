import type { Config } from "../config.ts";
import { type OptionValues, textOf } from "./command.ts";
import { configFor, type Installation, openInstallation } from "./installation.ts";
import type { World } from "./world.ts";

/** Opens the installation for one command and closes it after; settings that it does not know it leaves to `serve`. */
export async function withInstallation<T>(
  world: World,
  values: OptionValues,
  use: (installation: Installation, config: Config) => Promise<T>,
  opening: { readonly touch?: boolean } = {},
): Promise<T> {
  const options = { data: textOf(values, "data"), config: textOf(values, "config") };
  const config = configFor(world, options, { ignoreUnknown: true });
  const installation = await openInstallation(config, world.now(), opening);
  try {
    return await use(installation, config);
  } finally {
    await installation.close();
  }
}
