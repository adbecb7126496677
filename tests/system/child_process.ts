import { delay } from "./delay.ts";

/** How long a program may take to start or stop on a busy machine. */
const PATIENCE_MS = 60_000;

/** A program that the test started, with everything it has written. */
export interface ChildProcess {
  readonly pid: number;
  readonly output: () => string;
  /** Waits until the text has been written. @throws {Error} with the output, when it ends first or takes a minute. */
  readonly says: (text: string) => Promise<void>;
  readonly signal: (signal: Deno.Signal) => void;
  /** Sends the signal and waits for the end. */
  readonly stop: (signal: Deno.Signal) => Promise<void>;
}

/** Starts a program; what it writes to both its outputs is kept in memory. */
export function childProcess(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  const child = new Deno.Command(command, {
    args: [...args],
    env: { ...environment },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let output = "";
  let ended = false;
  const keep = async (stream: ReadableStream<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) output += decoder.decode(chunk, { stream: true });
  };
  const written = Promise.all([keep(child.stdout), keep(child.stderr)]);
  const end = child.status.then(() => ended = true);
  return {
    pid: child.pid,
    output: () => output,
    says: async (text) => {
      const deadline = Date.now() + PATIENCE_MS;
      while (!output.includes(text)) {
        if (ended || Date.now() > deadline) throw new Error(`${command} did not say "${text}":\n${output}`);
        await delay(20);
      }
    },
    signal: (signal) => child.kill(signal),
    stop: async (signal) => {
      try {
        child.kill(signal);
      } catch (fault) {
        // It had ended by itself, also where its promise does not say so yet.
        if (!(fault instanceof TypeError)) throw fault;
      }
      await end;
      await written;
    },
  };
}
