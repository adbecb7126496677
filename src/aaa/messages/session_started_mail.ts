import { type Language, message } from "../../languages/say.ts";
import type { OutgoingMail } from "../../storage/outbox.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import { composeMail, type MailLink, type MailRecipient } from "./compose_mail.ts";

/** Tells a user that a session began, with the magic link that shows it (radius-api 10.6). */
export function sessionStartedMail(
  { name: organization }: Pick<OrganizationRecord, "name">,
  user: MailRecipient,
  { link, validSeconds }: MailLink,
  language: Language,
): OutgoingMail {
  const { username } = user;
  return composeMail(user, {
    subject: message("session_mail_subject", { organization }),
    paragraphs: [message("session_mail_text", { organization, username }), message("session_mail_link")],
    button: { label: message("session_mail_button"), link },
    closing: [
      message("mail_link_expires", { seconds: validSeconds }),
      message("session_mail_secret"),
    ],
    validSeconds,
  }, language);
}
