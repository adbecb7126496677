import type { Attempt, Delivery, MailSender } from "../aaa/messages/senders.ts";
import type { SmtpServer } from "../aaa/messages/smtp_server.ts";
import type { OutgoingMail } from "../storage/outbox.ts";
import { mailOptions } from "./mail_message.ts";

const CONNECT_MILLISECONDS = 10_000;
const SILENCE_MILLISECONDS = 30_000;
/** Hands each mail to an SMTP server over a connection of its own. */
export function smtpSender(server: SmtpServer, from: string): MailSender {
  return {
    async send(mail, attempt) {
      try {
        await transmit(server, mail, from, attempt);
        return { kind: "sent" };
      } catch (fault) {
        return judge(fault);
      }
    },
  };
}

async function transmit(server: SmtpServer, mail: OutgoingMail, from: string, { id, signal }: Attempt) {
  // Only whoever sends mail pays for loading it.
  const { createTransport } = await import("nodemailer");
  const { host, port, secure, tls, verify, name, auth } = server;
  const transport = createTransport({
    host,
    port,
    secure,
    requireTLS: tls === "required",
    ignoreTLS: tls === "off",
    tls: { rejectUnauthorized: verify },
    ...(name ? { name } : {}),
    ...(auth ? { auth } : {}),
    connectionTimeout: CONNECT_MILLISECONDS,
    greetingTimeout: SILENCE_MILLISECONDS,
    socketTimeout: SILENCE_MILLISECONDS,
    dnsTimeout: CONNECT_MILLISECONDS,
  });
  await transport.sendMail({ ...mailOptions(mail, from, id), signal });
}

/**
 * Replies of RFC 5321 section 4.2.1: 4yz is for now, 5yz for good. That we may not log in says nothing of the mail:
 * an operator may mend it. Of what the server says only its numbers are kept, for it may repeat the mail.
 */
function judge(fault: unknown): Delivery {
  const { code, responseCode, response } = smtpFault(fault);
  if (responseCode) {
    const enhanced = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1];
    const reason = `smtp: ${responseCode}${enhanced ? ` ${enhanced}` : ""}${
      code === "EAUTH" ? " at log-in" : ""
    }`;
    return { kind: responseCode >= 500 && code !== "EAUTH" ? "refused" : "not_now", reason };
  }
  switch (code) {
    case "EENVELOPE":
      return { kind: "refused", reason: "smtp: the address cannot be written to" };
    case "EDNS":
    case "ETLS":
    case "EAUTH":
    case "ENOAUTH":
    case "ECONNREFUSED":
      return { kind: "not_now", reason: `smtp: ${code}` };
    default:
      return { kind: "unknown", reason: `smtp: the connection ended (${code || "no code"})` };
  }
}

function smtpFault(fault: unknown) {
  if (!(fault instanceof Error)) return { code: "", responseCode: 0, response: "" };
  return {
    code: "code" in fault && typeof fault.code === "string" ? fault.code : "",
    responseCode: "responseCode" in fault && typeof fault.responseCode === "number" ? fault.responseCode : 0,
    response: "response" in fault && typeof fault.response === "string" ? fault.response : "",
  };
}
