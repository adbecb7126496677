import { BUN, LOAD_CORE, ROOT } from "./programs.ts";

/** Requests that are sent over a number of connections, each the next as soon as it has its answer. */
export interface Load {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, POSTed in this order, from the first again after the last; without them it is a GET. */
  readonly bodies?: Iterable<string>;
  readonly connections: number;
  /** A whole number: wrk takes no other. */
  readonly seconds: number;
  /** How long each connection waits before each request, on average. */
  readonly pauseMilliseconds?: number;
  /** `taskset`'s list of cores; the load's when nothing is said. */
  readonly cores?: string;
}

/** Latencies are milliseconds. */
export interface LoadReport {
  readonly requests: number;
  readonly seconds: number;
  readonly octets: number;
  readonly p50: number;
  readonly p99: number;
}

interface RawReport extends LoadReport {
  /** Answers with a status of 400 or more. */
  readonly refused: number;
  /** Connections that failed, answers that never came. */
  readonly broken: number;
}

/** What sends the load: wrk, or a small program of our own where wrk cannot be had. */
export type Generator = "wrk" | "own";

/** Looks for wrk, and installs Debian's package when it is missing. */
export async function findGenerator(): Promise<Generator> {
  if (await runs("wrk", ["-v"])) return "wrk";
  console.error("wrk is missing: installing it with apt-get");
  const environment = { DEBIAN_FRONTEND: "noninteractive" };
  const installed = await runs("apt-get", ["update", "-q"], environment) &&
    await runs("apt-get", ["install", "-q", "-y", "--no-install-recommends", "wrk"], environment);
  if (installed && await runs("wrk", ["-v"])) return "wrk";
  console.error("apt-get could not install wrk: tests/bench/load_generator.ts takes its place");
  return "own";
}

/** wrk answers 1 to `-v`, so that it started is what counts for it. */
async function runs(command: string, args: string[], env: Record<string, string> = {}): Promise<boolean> {
  try {
    const { code } = await new Deno.Command(command, { args, env, stdout: "null", stderr: "null" }).output();
    return code === 0 || command === "wrk";
  } catch {
    return false;
  }
}

/**
 * Sends the load and waits for its end.
 *
 * @param folder where the bodies are kept meanwhile.
 * @throws {Error} when a request was refused or got no answer: what was measured then is something else.
 */
export async function runLoad(generator: Generator, folder: string, load: Load): Promise<LoadReport> {
  const file = load.bodies ? await Deno.makeTempFile({ dir: folder, prefix: "bodies-" }) : "";
  try {
    let lines = 0;
    if (load.bodies) lines = writeLines(file, load.bodies);
    const [command = "", ...args] = generator === "wrk" ? wrkCommand(load, file) : ownCommand(load, file);
    const { stdout, stderr } = await new Deno.Command(command, { args }).output();
    const report = parseReport(new TextDecoder().decode(stdout), new TextDecoder().decode(stderr));
    if (report.refused || report.broken) {
      throw new Error(
        `${load.url}: ${report.refused} refused, ${report.broken} broken of ${report.requests}`,
      );
    }
    if (lines > 1_000 && report.requests > lines) {
      throw new Error(`${load.url}: more than ${lines} requests were needed`);
    }
    return report;
  } finally {
    if (file) await Deno.remove(file);
  }
}

function writeLines(path: string, lines: Iterable<string>): number {
  const encoder = new TextEncoder();
  using file = Deno.openSync(path, { write: true, truncate: true });
  let count = 0;
  let pending: string[] = [];
  const flush = () => {
    if (pending.length) file.writeSync(encoder.encode(`${pending.join("\n")}\n`));
    pending = [];
  };
  for (const line of lines) {
    count++;
    if (pending.push(line) === 1_000) flush();
  }
  flush();
  return count;
}

function wrkCommand(load: Load, file: string): string[] {
  const headers = Object.entries(load.headers ?? {}).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  return [
    ...[
      "taskset",
      "-c",
      load.cores ?? `${LOAD_CORE}`,
      "wrk",
      "-t1",
      `-c${load.connections}`,
      `-d${load.seconds}s`,
    ],
    ...["-s", `${ROOT}tests/bench/replay.lua`, "--timeout", "30s", ...headers, load.url],
    ...["--", load.bodies ? "POST" : "GET", file, `${load.pauseMilliseconds ?? 0}`],
  ];
}

function ownCommand({ bodies, cores, ...load }: Load, file: string): string[] {
  const order = JSON.stringify({ ...load, method: bodies ? "POST" : "GET", file });
  return ["taskset", "-c", cores ?? `${LOAD_CORE}`, BUN, `${ROOT}tests/bench/load_generator.ts`, order];
}

function parseReport(output: string, errors: string): RawReport {
  const line = output.split("\n").find((line) => line.startsWith('{"requests"'));
  if (!line) throw new Error(`The load generator gave no report:\n${output}${errors}`);
  // Written by replay.lua or load_generator.ts.
  return JSON.parse(line) as RawReport;
}
