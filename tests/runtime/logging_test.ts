import { equal } from "node:assert/strict";
import { outboxSentence } from "../../src/runtime/logging.ts";

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
