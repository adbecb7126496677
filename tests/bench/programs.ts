import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { freePort, stopGroup } from "../../build/sqld.ts";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const BUN = `${ROOT}node_modules/@oven/bun-linux-x64/bin/bun`;

/** The server has a core to itself and its load comes from another, where the machine has two. */
export const LOAD_CORE = 0;
export const SERVER_CORE = availableParallelism() - 1;
export const BOTH_CORES = LOAD_CORE === SERVER_CORE ? `${LOAD_CORE}` : `${LOAD_CORE},${SERVER_CORE}`;

const PATIENCE_MILLISECONDS = 60_000;
/** USER_HZ, the unit of /proc/PID/stat: the same on every Linux. */
const TICK_MICROSECONDS = 10_000;

/** A server that was started for a measurement. It leads a process group, which ends with it. */
export interface Program extends AsyncDisposable {
  readonly name: string;
  readonly pid: number;
  readonly url: string;
  /** `performance.now()` when it was told to start. */
  readonly startedAt: number;
  /** User and system time of all its threads so far. */
  readonly cpuMicroseconds: () => number;
  /** What it made the kernel write to disks so far, in octets. */
  readonly written: () => number;
  /** What the kernel had to read from disks for it so far, in octets: what it had in memory is not among it. */
  readonly readFromDisk: () => number;
  /** Resident memory, in octets. */
  readonly memory: () => number;
}

export interface Start {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** What both its outputs are appended to. */
  readonly logFile: string;
  /** `taskset`'s list of cores; the server's when nothing is said. */
  readonly cores?: string;
}

const running = new Set<ChildProcess>();

/** Starts a server, which must listen on 127.0.0.1 at the `PORT` of its environment or where `HOST` tells it. */
export async function startProgram(start: Start): Promise<Program> {
  const port = await freePort();
  const log = openSync(start.logFile, "a");
  const startedAt = performance.now();
  const process = spawn("taskset", ["-c", start.cores ?? `${SERVER_CORE}`, ...start.command], {
    env: { ...ownEnvironment(), ...start.environment, PORT: `${port}`, PORTICO_HTTP: `127.0.0.1:${port}` },
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  running.add(process);
  const { pid } = process;
  if (pid === undefined) throw new Error(`${start.name} did not start: is taskset (util-linux) installed?`);
  return {
    name: start.name,
    pid,
    startedAt,
    url: `http://127.0.0.1:${port}`,
    cpuMicroseconds: () => cpuMicroseconds(pid),
    written: () => kernelFigure(pid, "io", /^write_bytes: (\d+)$/m),
    readFromDisk: () => kernelFigure(pid, "io", /^read_bytes: (\d+)$/m),
    memory: () => kernelFigure(pid, "status", /^VmRSS:\s+(\d+) kB$/m) * 1_024,
    [Symbol.asyncDispose]: () => end(process),
  };
}

/** Asks again and again until the program gives any answer. */
export async function firstAnswer(program: Program, path: string): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MILLISECONDS;
  while (performance.now() < giveUpAt) {
    try {
      const answer = await fetch(program.url + path);
      await answer.body?.cancel();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  throw new Error(`${program.name} did not answer within a minute`);
}

/** Ends whatever still runs: for a run that is interrupted. */
export async function endAll(): Promise<void> {
  await Promise.all([...running].map(end));
}

async function end(process: ChildProcess): Promise<void> {
  // Nothing here is worth an orderly end.
  await stopGroup(process, "SIGKILL");
  running.delete(process);
}

/** This process's environment without settings of somebody's own Portico, with those of a service (docs/deployment.md). */
export function ownEnvironment(): Record<string, string> {
  const own = Object.entries(Deno.env.toObject()).filter(([name]) => !name.startsWith("PORTICO_"));
  return { ...Object.fromEntries(own), MIMALLOC_PURGE_HOLES: "0" };
}

function cpuMicroseconds(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  // The name, in parentheses, may hold spaces; utime and stime are the 14th and 15th field.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MICROSECONDS;
}

function kernelFigure(pid: number, file: "io" | "status", line: RegExp): number {
  const [, figure] = line.exec(Deno.readTextFileSync(`/proc/${pid}/${file}`)) ?? [];
  if (figure === undefined) throw new Error(`/proc/${pid}/${file} has no line ${line}`);
  return Number(figure);
}
