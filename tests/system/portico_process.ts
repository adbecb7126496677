import { fileURLToPath } from "node:url";
import { type ChildProcess, childProcess } from "./child_process.ts";
import { eventually } from "./delay.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const BUN = fileURLToPath(new URL("../../node_modules/@oven/bun-linux-x64/bin/bun", import.meta.url));

export type Runtime = "deno" | "bun";

/** What runs a script, whose path follows. */
export const INTERPRETERS: Readonly<Record<Runtime, readonly [string, ...string[]]>> = {
  deno: [Deno.execPath(), "run", "-A", "--quiet"],
  bun: [BUN],
};

/** What runs Portico from its sources. */
export const COMMANDS: Readonly<Record<Runtime, readonly [string, ...string[]]>> = {
  deno: [...INTERPRETERS.deno, MAIN],
  bun: [...INTERPRETERS.bun, MAIN],
};

export interface ProcessOptions {
  readonly runtime: Runtime;
  readonly dataFolder: string;
  readonly port: number;
  /** A command that runs the command, such as strace with its options. */
  readonly within?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts `portico serve` on loopback, ready when it is healthy. The caller ends it. */
export async function startProcess(options: ProcessOptions): Promise<ChildProcess> {
  const { runtime, dataFolder, port, within = [], environment = {} } = options;
  const address = `127.0.0.1:${port}`;
  const [command, ...args] = [
    ...within,
    ...COMMANDS[runtime],
    "serve",
    "--http",
    address,
    "--data",
    dataFolder,
  ];
  if (command === undefined) throw new Error("There is always a command");
  const server = childProcess(command, args, environment);
  try {
    // Tells at once when the program ended.
    await server.says(address);
    await eventually(
      `health at ${address}`,
      async () => await isHealthy(`http://${address}/healthz`) || undefined,
    );
  } catch (fault) {
    await server.stop("SIGKILL");
    throw fault;
  }
  return server;
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
