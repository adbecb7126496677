import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** How the program is started from source on each runtime. */
export const RUNTIMES: Readonly<Record<string, readonly string[]>> = {
  deno: [Deno.execPath(), "run", "-A", "--quiet", "src/main.ts"],
  bun: ["./node_modules/@oven/bun-linux-x64/bin/bun", "src/main.ts"],
};

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandLine {
  readonly data: string;
  /** Runs one command to its end; `input` is its standard input. */
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<Outcome>;
  /** Starts a command that goes on. */
  readonly start: (args: readonly string[], options?: RunOptions) => Running;
}

export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  readonly runtime?: string;
}

export interface Running {
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<Outcome>;
  /** The first line of standard output that matches, as soon as it is there. */
  readonly line: (pattern: RegExp) => Promise<string>;
}

/** Gives a test the program in an empty folder of its own, and takes the folder away after. */
export async function withCommandLine(
  runtime: string,
  test: (commandLine: CommandLine) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "portico-cli-"));
  const data = join(folder, "data");
  const start = (args: readonly string[], options: RunOptions = {}) =>
    startProgram(RUNTIMES[options.runtime ?? runtime] ?? [], args, data, options);
  try {
    await test({ data, start, run: (args, options) => start(args, options).ended });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function startProgram(
  [program = "", ...first]: readonly string[],
  args: readonly string[],
  data: string,
  { input = "", environment = {} }: RunOptions,
): Running {
  const child = spawn(program, [...first, ...args], {
    env: { PATH: Deno.env.get("PATH"), HOME: Deno.env.get("HOME"), PORTICO_DATA: data, ...environment },
  });
  let stdout = "";
  let stderr = "";
  const waiting = new Set<() => void>();
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
    waiting.forEach((look) => look());
  });
  child.stderr.on("data", (chunk) => stderr += chunk);
  // A program that ended early does not read it.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const ended = new Promise<Outcome>((resolve) =>
    child.on("close", (code) => resolve({ code, stdout, stderr }))
  );
  return {
    ended,
    // Deno's `child.kill()` makes every later end look like death by that signal.
    kill(signal) {
      if (child.pid !== undefined && child.exitCode === null) process.kill(child.pid, signal);
    },
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = stdout.split("\n").slice(0, -1).find((line) => pattern.test(line));
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
        ended.then((outcome) => reject(new Error(`The program ended: ${JSON.stringify(outcome)}`)));
      }),
  };
}
