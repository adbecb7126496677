import { getLogger } from "@logtape/logtape";
import type { MailSender, SmsSender } from "../aaa/messages/senders.ts";

/** Writes mail to the log instead of sending it, links and all: for development. */
export function logMailSender(): MailSender {
  return {
    send({ to, subject, text }) {
      getLogger("portico").info("Mail to {to}, not sent because PORTICO_MAIL is log: {subject} {text}", {
        to,
        subject,
        text,
      });
      return Promise.resolve({ kind: "sent" });
    },
  };
}

/** Writes text messages to the log instead of sending them, codes and all: for development. */
export function logSmsSender(): SmsSender {
  return {
    send({ to, body }) {
      getLogger("portico").info("Text message to {to}, not sent because PORTICO_SMS is log: {body}", {
        to,
        body,
      });
      return Promise.resolve({ kind: "sent" });
    },
  };
}
