import process from "node:process";
import { setTimeout } from "node:timers";

const PATIENCE_MILLISECONDS = 1_000;

/**
 * Ends the process as soon as nothing goes on in it any more, and within a second all the same: a start that failed
 * halfway leaves timers and programs that would keep it, with nobody to look after the sessions.
 */
export function endProcess(code: number): void {
  process.exitCode = code;
  setTimeout(() => process.exit(code), PATIENCE_MILLISECONDS).unref();
}
