import { equal } from "node:assert/strict";
import { DomainError } from "../../src/errors.ts";
import { faultText, outboxSentence } from "../../src/runtime/logging.ts";

Deno.test("a line says what became of a message, and of whose", () => {
  const sms = { kind: "sms", organization: "alpha" } as const;
  equal(
    outboxSentence({ ...sms, result: "refused", reason: "webhook: HTTP 401" }),
    "A text message of alpha was not sent: webhook: HTTP 401",
  );
  equal(
    outboxSentence({ kind: "mail", organization: null, result: "waiting", reason: "smtp: 451" }),
    "A mail could not be sent and will be tried again: smtp: 451",
  );
});

Deno.test("a fault is told with the places that led to it, never with lines of the program", () => {
  const inner = new TypeError("no such table");
  const fault = new Error("Cannot count", { cause: inner });
  equal(faultText(fault), `${fault.stack}\nbecause of ${inner.stack}`);
  equal(faultText(new DomainError("conflict", "The port {53} is in use")), "The port {53} is in use");
});
