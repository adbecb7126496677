import type { SendMailOptions } from "nodemailer";
import type { OutgoingMail } from "../storage/outbox.ts";

/**
 * A mail as nodemailer takes it.
 *
 * @param sender whom it is from where it names nobody.
 * @param id the left part of its Message-ID.
 */
export function mailOptions(mail: OutgoingMail, sender: string, id: string): SendMailOptions {
  const from = mail.from ?? sender;
  return {
    from,
    // Not as a text, which could name several.
    to: { name: "", address: mail.to },
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    messageId: `<${id}@${domainOf(from)}>`,
    headers: {
      // RFC 3834: nobody's holiday notice answers it.
      "Auto-Submitted": "auto-generated",
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** A whole message with CRLF line ends, as it goes over the wire. */
export async function composeMessage(mail: OutgoingMail, sender: string, id: string): Promise<Uint8Array> {
  const { createTransport } = await import("nodemailer");
  const transport = createTransport({ streamTransport: true, buffer: true, newline: "windows" });
  const { message } = await transport.sendMail(mailOptions(mail, sender, id));
  if (message instanceof Uint8Array) return message;
  throw new TypeError("nodemailer composed a stream");
}

function domainOf(from: string): string {
  return /@([^\s<>@]+)>?\s*$/.exec(from)?.[1] ?? "localhost";
}
