import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../src/config.ts";
import { DomainError } from "../../src/errors.ts";
import { fileMailSender, fileSmsSender } from "../../src/runtime/file_senders.ts";
import { openSenders } from "../../src/runtime/message_senders.ts";
import { headerOf, partsOf } from "../support/mail_server.ts";
import { memoryVenue } from "../support/memory_venue.ts";
import { testMail, testSms } from "../support/test_messages.ts";

const signal = new AbortController().signal;

Deno.test("text messages are added to a file, mails get one each, whole and for their owner only", async () => {
  const folder = mkdtempSync(join(tmpdir(), "portico-files-"));
  const sms = fileSmsSender(join(folder, "new", "sms.jsonl"));
  await sms.send(testSms("one\n1"), { id: "1", signal });
  await sms.send(testSms("two", { to: "+44700900123" }), { id: "2", signal });
  deepEqual(
    readFileSync(join(folder, "new", "sms.jsonl"), "utf8"),
    '{"to":["+393665243702"],"body":"one\\n1"}\n{"to":["+44700900123"],"body":"two"}\n',
  );

  const mail = fileMailSender(join(folder, "mail"), "Hotel Sole <wifi@hotel.example>");
  for (let attempt = 0; attempt < 2; attempt++) {
    await mail.send(testMail("Größe", { html: "<p>è</p>" }), { id: "a1", signal });
  }
  deepEqual(readdirSync(join(folder, "mail")), ["a1.eml"], "the same mail again is the same file");
  const raw = readFileSync(join(folder, "mail", "a1.eml"), "utf8");
  equal(headerOf(raw, "Subject"), "Größe");
  equal(headerOf(raw, "Message-ID"), "<a1@hotel.example>");
  equal(partsOf(raw)["text/html"], "<p>è</p>");
  ok(!/[^\r]\n/.test(raw), "CRLF line ends (RFC 5322 section 2.3)");
  for (const file of ["new/sms.jsonl", "mail/a1.eml"]) {
    equal(statSync(join(folder, file)).mode & 0o777, 0o600);
  }
  rmSync(folder, { recursive: true });
});

Deno.test("a place that cannot be written to is refused at start, on a Worker every file", async () => {
  const venue = await memoryVenue();
  const files = { mail: fileMailSender, sms: fileSmsSender };
  const open = (environment: Record<string, string>, found: typeof files | null) => () =>
    openSenders(readConfig({ environment }), venue.deps, found);
  const says = (text: string) => (fault: unknown) =>
    fault instanceof DomainError && fault.message.startsWith(text);
  throws(open({ PORTICO_SMS: "file:/dev/null/x" }, files), says("PORTICO_SMS: cannot write there: "));
  throws(open({ PORTICO_MAIL: "file:/dev/null/x" }, files), says("PORTICO_MAIL: cannot write there: "));
  throws(open({ PORTICO_MAIL: "file:/tmp" }, null), says("PORTICO_MAIL: a Worker has no files"));
  throws(open({ PORTICO_MAIL: "smtp://x?verify=off" }, null), says("PORTICO_MAIL: a Worker cannot"));
  ok(open({}, null)());
  await venue.close();
});
