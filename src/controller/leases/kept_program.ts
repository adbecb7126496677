import { DomainError } from "../../errors.ts";
import type { Box } from "../box.ts";

/** A program that goes on when this process ends, and is found again by the next one. */
export interface KeptProgram {
  /** Runs with this configuration from now on; one that runs with the same is left running. */
  configure(text: string): Promise<void>;
  /** To be called every second: starts it again when it has ended. */
  watch(): Promise<void>;
  stop(): Promise<void>;
}

export interface KeptProgramOptions {
  readonly box: Box;
  /** Puts itself into the background once it works; in vain is said by the exit code and on standard error. */
  readonly command: readonly string[];
  /** The argument of `command` by which its process is known: it names the configuration's path. */
  readonly mark: string;
  readonly configuration: string;
  /** Where it writes the number of its process. */
  readonly processId: string;
  /** A running one is told by SIGHUP that `configure()` was called again. */
  readonly isToldAgain: boolean;
  readonly now: () => Date;
  readonly sentences: KeptProgramSentences;
  readonly reportFault: (fault: unknown) => void;
}

export interface KeptProgramSentences {
  readonly ended: string;
  readonly notStarted: (code: number, stderr: string) => string;
}

const FIRST_PAUSE_MILLISECONDS = 1000;
const LONGEST_PAUSE_MILLISECONDS = 60_000;
/** After this time without a fault the next one is the first again. */
const STEADY_MILLISECONDS = 60_000;
const END_MILLISECONDS = 5000;
const LOOK_MILLISECONDS = 20;
const FIRST_ATTEMPTS = 25;
/** Not this process's environment, which holds secrets; the folders of system programs are not in everybody's path. */
const ENVIRONMENT = ["-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"];

export function keptProgram(options: KeptProgramOptions): KeptProgram {
  const { box, configuration, processId, now, sentences, reportFault } = options;
  let isWanted = false;
  let faults = 0;
  let startedAt = 0;
  let lastFault = "";

  const start = async (attempts = 1) => {
    startedAt = now().getTime();
    let { code, stderr } = await box.run("env", [...ENVIRONMENT, ...options.command]);
    for (let attempt = 1; code !== 0 && attempt < attempts; attempt += 1) {
      await pause();
      ({ code, stderr } = await box.run("env", [...ENVIRONMENT, ...options.command]));
    }
    const fault = code === 0 ? "" : sentences.notStarted(code, stderr);
    if (fault) faults += 1;
    if (fault && fault !== lastFault) reportFault(new DomainError("conflict", fault));
    lastFault = fault;
  };
  return {
    async configure(text) {
      isWanted = true;
      const pid = await runningProcess(options);
      if (pid !== null && await box.readText(configuration) === text) {
        if (options.isToldAgain) box.signal(pid, "SIGHUP");
        return;
      }
      // Before the file: what runs is what the file says, also for a process that comes after this one.
      await endProcess(options);
      await box.writeText(configuration, text);
      faults = 0;
      // The kernel may keep the ports of the one before for a moment longer than its process.
      await start(FIRST_ATTEMPTS);
    },
    async watch() {
      if (!isWanted || await runningProcess(options) !== null) return;
      const since = now().getTime() - startedAt;
      if (!lastFault && since > STEADY_MILLISECONDS) faults = 0;
      if (faults && since < pauseAfter(faults)) return;
      if (!lastFault) {
        faults += 1;
        reportFault(new DomainError("conflict", sentences.ended));
      }
      await start();
    },
    async stop() {
      isWanted = false;
      await endProcess(options);
      await box.remove(configuration);
      await box.remove(processId);
    },
  };
}

/** Its number; null when it does not run. */
async function runningProcess(options: KeptProgramOptions): Promise<number | null> {
  const pid = Number(await options.box.readText(options.processId));
  return pid > 0 && await isOurs(options, pid) ? pid : null;
}

/** Numbers are used again: another program is never taken for it. */
async function isOurs({ box, mark }: KeptProgramOptions, pid: number): Promise<boolean> {
  return (await box.commandLine(pid))?.includes(mark) ?? false;
}

async function endProcess(options: KeptProgramOptions): Promise<void> {
  const pid = await runningProcess(options);
  if (pid === null) return;
  options.box.signal(pid, "SIGTERM");
  // Not by its file: it takes that away before it lets go of its ports.
  for (let waited = 0; await isOurs(options, pid); waited += LOOK_MILLISECONDS) {
    if (waited === END_MILLISECONDS) options.box.signal(pid, "SIGKILL");
    await pause();
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
}

function pauseAfter(faults: number): number {
  return Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** (faults - 1), LONGEST_PAUSE_MILLISECONDS);
}
