import { type ChildProcess, spawn } from "node:child_process";
import { openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Client } from "@libsql/client";
import { freePort, startSqld, stopGroup } from "../../build/sqld.ts";
import { startWorkerd } from "../../build/workerd.ts";
import { bundleWorker, compatibility } from "../../build/wrangler.ts";
import { openFile } from "../../src/runtime/file_client.ts";
import { openRemote } from "../../src/runtime/remote_client.ts";
import type { ContractTarget } from "../contract/contract_case.ts";
import { CONTRACT_ENVIRONMENT, setupSide } from "../contract/setup_side.ts";
import { folderPostOffice, loopbackPostOffice, type PostOffice } from "./post_office.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BUN = `${ROOT}node_modules/@oven/bun-linux-x64/bin/bun`;
const MAIN = `${ROOT}src/main.ts`;
const PATIENCE_MILLISECONDS = 60_000;

export interface StartOptions {
  /** A setup file's JSON, applied once the server answers. */
  readonly setup?: unknown;
  /** Settings besides those of `CONTRACT_ENVIRONMENT`. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface StartedTarget extends ContractTarget {
  /** What the server has written to both its outputs. */
  readonly log: () => string;
  /** Ends every process that was started, and deletes all they left. */
  readonly stop: () => Promise<void>;
}

/** One of the ways to run Portico: builds it, starts it on an empty database and waits until it is healthy. */
export interface Target {
  readonly name: "deno" | "bun" | "binary" | "workerd";
  readonly start: (options?: StartOptions) => Promise<StartedTarget>;
}

export const TARGETS: readonly Target[] = [
  native("deno", () => [Deno.execPath(), "run", "-A", "--quiet", MAIN]),
  native("bun", () => [BUN, MAIN]),
  native("binary", buildBinary),
  { name: "workerd", start: startOnWorkerd },
];

interface Running {
  readonly name: Target["name"];
  readonly url: string;
  /** Deleted at the end. */
  readonly folder: string;
  readonly logFile: string;
  readonly processes: readonly ChildProcess[];
  readonly postOffice: PostOffice;
}

/** @param build gives the command that runs the program; what it makes is in the folder it gets. */
function native(
  name: Target["name"],
  build: (folder: string) => readonly string[] | Promise<readonly string[]>,
): Target {
  async function start(options: StartOptions = {}): Promise<StartedTarget> {
    const folder = await Deno.makeTempDir({ prefix: `portico-${name}-` });
    const [command = "", ...args] = await build(folder);
    // It has to make do with an empty folder and what it is told.
    const cwd = `${folder}/empty`;
    await Deno.mkdir(cwd);
    const address = `127.0.0.1:${await freePort()}`;
    const logFile = `${folder}/log`;
    const log = openSync(logFile, "a");
    const postOffice = folderPostOffice(folder);
    const process = spawn(command, [...args, "serve", "--http", address], {
      cwd,
      env: { ...strangersEnvironment(), ...postOffice.environment, ...settingsOf(options) },
      detached: true,
      stdio: ["ignore", log, log],
    });
    const running = { name, url: `http://${address}`, folder, logFile, processes: [process], postOffice };
    return await ready(running, options, () => openFile(`${cwd}/data/portico.db`));
  }
  return { name, start };
}

async function buildBinary(folder: string): Promise<readonly string[]> {
  const path = `${folder}/portico`;
  const { success, stderr } = await new Deno.Command(BUN, {
    args: [`${ROOT}build/binary.ts`, path],
    cwd: ROOT,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`The binary could not be built:\n${new TextDecoder().decode(stderr)}`);
  return [path];
}

async function startOnWorkerd(options: StartOptions = {}): Promise<StartedTarget> {
  const folder = await Deno.makeTempDir({ prefix: "portico-workerd-" });
  const bundle = `${folder}/bundle`;
  await bundleWorker(bundle);
  const sqld = await startSqld(`${folder}/sqld`);
  const postOffice = await loopbackPostOffice();
  const { url, process } = await startWorkerd(bundle, await compatibility(), {
    ...postOffice.environment,
    ...settingsOf(options),
    PORTICO_DATABASE_URL: sqld.url,
    ASSUMED_ADDRESS: "127.0.0.1",
  });
  const processes = [process, sqld.process];
  const running = {
    name: "workerd",
    url,
    folder,
    logFile: `${bundle}/workerd.log`,
    processes,
    postOffice,
  } as const;
  return await ready(running, options, () => openRemote(sqld.url));
}

async function ready(
  { name, url, folder, logFile, processes, postOffice }: Running,
  { setup, environment = {} }: StartOptions,
  open: () => Client,
): Promise<StartedTarget> {
  const log = () => Deno.readTextFileSync(logFile);
  const end = async () => {
    // Nothing here is worth an orderly end.
    for (const process of processes) await stopGroup(process, "SIGKILL");
    await postOffice.close();
    await Deno.remove(folder, { recursive: true });
  };
  try {
    await untilHealthy(url, processes);
    const side = setupSide(open(), { ...CONTRACT_ENVIRONMENT, ...environment });
    if (setup !== undefined) await side.apply(setup);
    const stop = async () => {
      await side.close();
      await end();
    };
    return {
      ...side,
      messages: postOffice.messages,
      name,
      url,
      log,
      stop,
      fetch: (path, init) => fetch(`${url}${path}`, init),
    };
  } catch (fault) {
    const said = log();
    await end();
    throw new Error(`${name} did not start. It said:\n${said}`, { cause: fault });
  }
}

async function untilHealthy(url: string, processes: readonly ChildProcess[]): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MILLISECONDS;
  let last = "nothing";
  while (performance.now() < giveUpAt) {
    if (processes.some(({ exitCode, signalCode }) => exitCode !== null || signalCode !== null)) {
      throw new Error("It ended");
    }
    try {
      const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(10_000) });
      last = `${response.status} ${await response.text()}`;
      if (response.status < 500) return;
    } catch (fault) {
      last = String(fault);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`Not healthy after a minute, but ${last}`);
}

function settingsOf({ environment }: StartOptions): Record<string, string> {
  return { ...CONTRACT_ENVIRONMENT, ...environment };
}

/** This process's environment without settings of somebody's own Portico. */
function strangersEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(Deno.env.toObject()).filter(([name]) => !name.startsWith("PORTICO_")),
  );
}
