import type { Socket } from "node:net";
import type { SMTPTransportOptions } from "nodemailer";
import type { Attempt, Delivery, MailSender } from "../aaa/messages/senders.ts";
import type { SmtpServer } from "../aaa/messages/smtp_server.ts";
import type { OutgoingMail } from "../storage/outbox.ts";
import { mailOptions } from "./mail_message.ts";

const CONNECT_MILLISECONDS = 10_000;
const SILENCE_MILLISECONDS = 30_000;
/** An open connection, and whether it is encrypted already. */
export type SmtpConnect = (
  server: SmtpServer,
) => Promise<{ readonly connection: Socket; readonly secured: boolean }>;

/**
 * Hands each mail to an SMTP server over a connection of its own.
 *
 * @param connect how a connection is made where nodemailer's own way does not do.
 */
export function smtpSender(server: SmtpServer, from: string, connect?: SmtpConnect): MailSender {
  return {
    async send(mail, attempt) {
      try {
        await transmit(server, connect, mail, from, attempt);
        return { kind: "sent" };
      } catch (fault) {
        return judge(fault);
      }
    },
  };
}

async function transmit(
  server: SmtpServer,
  connect: SmtpConnect | undefined,
  mail: OutgoingMail,
  from: string,
  { id, signal }: Attempt,
): Promise<void> {
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
    ...(connect ? { getSocket: through(connect, server) } : {}),
    connectionTimeout: CONNECT_MILLISECONDS,
    greetingTimeout: SILENCE_MILLISECONDS,
    socketTimeout: SILENCE_MILLISECONDS,
    dnsTimeout: CONNECT_MILLISECONDS,
  });
  await transport.sendMail({ ...mailOptions(mail, from, id), signal });
}

function through(connect: SmtpConnect, server: SmtpServer): NonNullable<SMTPTransportOptions["getSocket"]> {
  return (_options, done) => {
    connect(server).then((socket) => done(null, socket), (fault) => done(fault));
  };
}

/** What fails before the mail's turn comes says nothing of the mail: an operator may mend it. */
const BEFORE_THE_MAIL: ReadonlySet<string> = new Set(["EAUTH", "ENOAUTH", "ETLS", "EDNS"]);

/**
 * Replies of RFC 5321 section 4.2.1: 4yz is for now, 5yz for good. Of what the server says only its numbers are kept,
 * for it may repeat the mail.
 */
function judge(fault: unknown): Delivery {
  const { code, responseCode, response, message } = smtpFault(fault);
  if (responseCode) {
    const enhanced = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1];
    const reason = ["smtp:", responseCode, enhanced, code].filter(Boolean).join(" ");
    return { kind: responseCode >= 500 && !BEFORE_THE_MAIL.has(code) ? "refused" : "not_now", reason };
  }
  if (code === "EENVELOPE") return { kind: "refused", reason: "smtp: the address cannot be written to" };
  if (/certificate/i.test(message)) {
    return { kind: "not_now", reason: "smtp: nobody vouches for the server's certificate" };
  }
  const isEarly = BEFORE_THE_MAIL.has(code) ||
    /ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH/.test(message);
  return { kind: isEarly ? "not_now" : "unknown", reason: `smtp: no answer (${code || "no code"})` };
}

function smtpFault(fault: unknown) {
  const told: Readonly<Record<string, unknown>> = fault instanceof Error ? { ...fault } : {};
  const text = (name: string) => typeof told[name] === "string" ? told[name] : "";
  return {
    code: text("code"),
    responseCode: typeof told.responseCode === "number" ? told.responseCode : 0,
    response: text("response"),
    message: fault instanceof Error ? fault.message : "",
  };
}
