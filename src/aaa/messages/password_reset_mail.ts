import { type Language, message } from "../../languages/say.ts";
import type { OutgoingMail } from "../../storage/outbox.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import { composeMail, type MailLink, type MailRecipient } from "./compose_mail.ts";

/** Leads to where a new password is chosen (radius-api 5.4). */
export function passwordResetMail(
  { name: organization }: Pick<OrganizationRecord, "name">,
  user: MailRecipient,
  { link, validSeconds }: MailLink,
  language: Language,
): OutgoingMail {
  const { username } = user;
  return composeMail(user, {
    subject: message("reset_mail_subject", { organization }),
    paragraphs: [message("reset_mail_text", { organization, username })],
    button: { label: message("reset_mail_button"), link },
    closing: [
      message("mail_link_expires", { seconds: validSeconds }),
      message("reset_mail_ignore"),
    ],
    validSeconds,
  }, language);
}
