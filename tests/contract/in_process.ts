import { MessageTally } from "../../src/aaa/messages/message_tally.ts";
import type { Delivery } from "../../src/aaa/messages/senders.ts";
import { DecisionTally } from "../../src/aaa/access/decision_tally.ts";
import { passwordVerifier } from "../../src/aaa/credentials/password_verifier.ts";
import { createApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { openOutbox } from "../../src/jobs/deliver_outbox.ts";
import { nativeCrypto } from "../../src/runtime/crypto.ts";
import { openFile } from "../../src/runtime/file_client.ts";
import { keyFromSecret } from "../../src/runtime/secret_key.ts";
import { venueDatabase } from "../../src/storage/database.ts";
import { migrate } from "../../src/storage/migrate.ts";
import type { ContractTarget } from "./contract_case.ts";
import { messagesOf, type SentMail, type SentSms } from "./messages.ts";
import { setupSide } from "./setup_side.ts";

/** The app without any server around it, on a database in memory. */
export async function inProcess(
  environment: Readonly<Record<string, string>>,
): Promise<{ readonly target: ContractTarget; readonly close: () => Promise<void> }> {
  const client = openFile(":memory:");
  await migrate(client);
  const side = setupSide(client, environment);
  const settings = readConfig({ environment });
  const crypto = nativeCrypto();
  const background = new Set<Promise<unknown>>();
  const reportFault = (fault: unknown) => console.error(fault);
  const sent = { sms: [] as SentSms[], mails: [] as SentMail[] };
  const world = {
    db: venueDatabase(client, "in-process"),
    crypto,
    serverKey: keyFromSecret(settings.secretKey),
    now: () => new Date(),
    reportFault,
  };
  const outbox = openOutbox({
    ...world,
    mail: { send: (mail) => taken(sent.mails.push(mail)) },
    sms: { send: ({ to, body }) => taken(sent.sms.push({ to: [to], body })) },
    observe: () => {},
  });
  const app = createApp({
    ...world,
    settings,
    passwords: passwordVerifier(crypto, { parallel: 2, longestWaitMs: Infinity }),
    socketAddress: () => "127.0.0.1",
    inBackground(work) {
      const done = work.catch(reportFault).finally(() => background.delete(done));
      background.add(done);
    },
    messageTally: new MessageTally(),
    decisions: new DecisionTally(),
    stations: () => [],
    wakeOutbox: outbox.wake,
  });
  const target: ContractTarget = {
    ...side,
    name: "in-process",
    url: "http://localhost",
    messages: messagesOf(() => Promise.resolve(sent)),
    fetch: async (path, init) => await app.request(path, init),
  };
  return {
    target,
    async close() {
      await Promise.allSettled(background);
      await outbox.idle();
      await crypto.close();
      await side.close();
    },
  };
}

function taken(_count: number): Promise<Delivery> {
  return Promise.resolve({ kind: "sent" });
}
