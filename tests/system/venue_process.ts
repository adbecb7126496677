import { type ChildProcess, childProcess } from "./child_process.ts";
import type { Namespace } from "./network_namespace.ts";
import { COMMANDS, type Runtime } from "./portico_process.ts";

/** `portico serve` in the box's namespace, on a data folder that keeps while it is stopped and started. */
export interface VenueProcess {
  /** Started by Deno, from the sources, unless told; returns when it listens. */
  readonly start: (runtime?: Runtime) => Promise<void>;
  /** Ends it and waits until it is gone; nothing happens where it is not running. */
  readonly stop: (signal: "SIGTERM" | "SIGKILL") => Promise<void>;
  /** What was written since the first start. */
  readonly log: () => string;
  /** The command line beside it. @returns what was printed. @throws {Error} unless it ended with 0. */
  readonly portico: (...args: readonly string[]) => Promise<string>;
  /** The same with `--json`, read. */
  readonly json: <T>(...args: readonly string[]) => Promise<T>;
  /** `portico apply`. */
  readonly apply: (setup: Readonly<Record<string, unknown>>) => Promise<void>;
}

const HTTP = "127.0.0.1:8000";

/** @param options Further ones of `serve`. */
export function venueProcess(
  box: Namespace,
  dataFolder: string,
  options: readonly string[] = [],
): VenueProcess {
  let running: ChildProcess | undefined;
  let log = "";
  const [deno, ...denoArgs] = COMMANDS.deno;
  const command = async (args: readonly string[], input = "") => {
    const ran = await box.run(deno, [...denoArgs, ...args, "--data", dataFolder], input);
    if (ran.code === 0) return ran.stdout;
    throw new Error(`portico ${args.join(" ")}: ${ran.stderr.trim()}`);
  };
  return {
    async start(runtime = "deno") {
      const args = ["netns", "exec", box.name, ...COMMANDS[runtime], "serve"];
      const started = childProcess("ip", [...args, "--http", HTTP, "--data", dataFolder, ...options]);
      running = started;
      await started.says(HTTP);
    },
    async stop(signal) {
      await running?.stop(signal);
      log += running?.output() ?? "";
      running = undefined;
    },
    log: () => log + (running?.output() ?? ""),
    portico: (...args) => command(args),
    json: async (...args) => JSON.parse(await command([...args, "--json"])),
    apply: async (setup) => void await command(["apply", "-"], JSON.stringify(setup)),
  };
}
