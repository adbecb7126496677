import { configure, getConsoleSink, getLogger, type LogLevel } from "@logtape/logtape";
import type { OutboxEvent } from "../aaa/messages/outbox_event.ts";
import { DomainError } from "../errors.ts";

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

/** What went wrong: in a sentence where the machine is to blame, else with the places in the program that led there. */
export function reportFault(fault: unknown): void {
  if (!(fault instanceof Error)) return getLogger("portico").error("{fault}", { fault });
  getLogger("portico").error(literally(faultText(fault)));
}

/** Not as Bun shows an error: with the lines of the program, which in the binary have thousands of characters. */
export function faultText(fault: Error): string {
  const text = fault instanceof DomainError ? fault.message : fault.stack ?? String(fault);
  return fault.cause instanceof Error ? `${text}\nbecause of ${faultText(fault.cause)}` : text;
}

/** What became of a message; who it was for and what it said stay out of the log. */
export function logOutbox(event: OutboxEvent): void {
  const log = getLogger("portico");
  // Slugs and reasons are of our own making; as values of a template they would stand in quotation marks.
  const sentence = literally(outboxSentence(event));
  switch (event.result) {
    case "sent":
      return log.debug(sentence);
    case "waiting":
      return log.warning(sentence);
    case "unknown":
    case "refused":
    case "expired":
      return log.error(sentence);
  }
}

/** A template that says nothing but this. */
function literally(text: string): string {
  return text.replace(/[{}]/g, "$&$&");
}

/** What became of a message, in a line. */
export function outboxSentence({ kind, organization, result, reason }: OutboxEvent): string {
  const what = (kind === "mail" ? "A mail" : "A text message") + (organization ? ` of ${organization}` : "");
  switch (result) {
    case "sent":
      return `${what} was sent`;
    case "waiting":
      return `${what} could not be sent and will be tried again: ${reason}`;
    case "unknown":
      return `${what} may or may not have been sent, and is not sent again: ${reason}`;
    case "refused":
    case "expired":
      return `${what} was not sent: ${reason}`;
  }
}
