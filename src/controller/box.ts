/** How a program ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that goes on beside this one; it is not stopped when this one ends. */
export interface RunningProgram {
  readonly pid: number;
  /** Its exit code, or null after a signal. */
  readonly ended: Promise<number | null>;
}

/**
 * The machine, as far as a controller changes it. Programs are started without a shell; a program that is not
 * installed ends with code 127. Paths are the caller's.
 */
export interface Box {
  /** Runs a program to its end. */
  run(program: string, args: readonly string[], input?: string): Promise<Ran>;
  /** Starts a program in a session of its own; each line that it writes is given to `onLine`. */
  start(program: string, args: readonly string[], onLine: (line: string) => void): RunningProgram;
  /** The command line of a process, arguments apart; null when there is none of this number. */
  commandLine(pid: number): Promise<readonly string[] | null>;
  signal(pid: number, signal: "SIGTERM" | "SIGKILL" | "SIGHUP"): void;
  /** Null when there is no such file. */
  readText(path: string): Promise<string | null>;
  /** Whole or not at all, for the owner only unless `mode` says more; the folder is made. */
  writeText(path: string, text: string, mode?: number): Promise<void>;
  remove(path: string): Promise<void>;
  /** Gives each further line of a file, which is made; until `close()`. */
  follow(path: string, onLine: (line: string) => void): Promise<{ close(): void }>;
}

/** @throws {Error} with what the program wrote, unless it ended with 0. */
export async function mustRun(
  box: Pick<Box, "run">,
  program: string,
  args: readonly string[],
  input?: string,
): Promise<string> {
  const { code, stdout, stderr } = await box.run(program, args, input);
  if (code === 0) return stdout;
  throw new Error(`${program} ${args.join(" ")}: ${stderr.trim() || `ended with ${code}`}`);
}
