import { accessSync, appendFileSync, constants, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { MailSender, SmsSender } from "../aaa/messages/senders.ts";
import { composeMessage } from "./mail_message.ts";

/**
 * Adds a JSON line to a file for each text message, `{"to": ["+39…"], "body": "…"}`: for development and tests.
 *
 * @throws {Error} when the file cannot be written.
 */
export function fileSmsSender(path: string): SmsSender {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const append = (text: string) => appendFileSync(path, text, { mode: 0o600 });
  append("");
  return {
    send({ to, body }) {
      append(`${JSON.stringify({ to: [to], body })}\n`);
      return Promise.resolve({ kind: "sent" });
    },
  };
}

/**
 * Writes each mail to a file of its own, `ID.eml`, as it would be sent (RFC 5322): for development and tests.
 *
 * @throws {Error} when nothing can be written into the folder.
 */
export function fileMailSender(folder: string, from: string): MailSender {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  accessSync(folder, constants.W_OK);
  return {
    async send(mail, { id }) {
      const message = await composeMessage(mail, from, id);
      // Whoever waits for the file sees it whole.
      writeFileSync(join(folder, `.${id}`), message, { mode: 0o600 });
      renameSync(join(folder, `.${id}`), join(folder, `${id}.eml`));
      return { kind: "sent" };
    },
  };
}
