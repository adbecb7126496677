import process from "node:process";

/** Waits until the process is told to stop: SIGTERM, or SIGINT as Ctrl-C sends it. */
export function toldToStop(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGTERM", () => resolve());
    process.once("SIGINT", () => resolve());
  });
}
