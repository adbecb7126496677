import { configure, getConsoleSink, getLogger, type LogLevel } from "@logtape/logtape";
import type { OutboxEvent } from "../aaa/messages/outbox_event.ts";

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

/** What became of a message; who it was for and what it said stay out of the log. */
export function logOutbox({ kind, result, reason }: OutboxEvent): void {
  const what = kind === "mail" ? "A mail" : "A text message";
  const log = getLogger("portico");
  switch (result) {
    case "sent":
      return log.debug("{what} was sent", { what });
    case "waiting":
      return log.warning("{what} could not be sent and will be tried again: {reason}", { what, reason });
    case "unknown":
      return log.error("{what} may or may not have been sent, and is not sent again: {reason}", {
        what,
        reason,
      });
    case "refused":
    case "expired":
      return log.error("{what} was not sent: {reason}", { what, reason });
  }
}
