import { configure, getConsoleSink, getLogger, type LogLevel } from "@logtape/logtape";

/** Sends the program's log to standard error; standard output belongs to what a command answers. */
export async function logToStandardError(lowestLevel: LogLevel): Promise<void> {
  await configure({
    reset: true,
    sinks: {
      stderr: getConsoleSink({
        levelMap: {
          trace: "error",
          debug: "error",
          info: "error",
          warning: "error",
          error: "error",
          fatal: "error",
        },
      }),
    },
    loggers: [
      { category: "portico", sinks: ["stderr"], lowestLevel },
      { category: ["logtape", "meta"], sinks: ["stderr"], lowestLevel: "error" },
    ],
  });
}

/** What went wrong although nobody could expect it. */
export function reportFault(fault: unknown): void {
  getLogger("portico").error("{fault}", { fault });
}
