import { type Language, message } from "../../languages/say.ts";
import type { OutgoingMail } from "../../storage/outbox.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import { composeMail, type MailLink, type MailRecipient } from "./compose_mail.ts";

/** Asks whoever reads the mailbox to confirm that somebody of the organization gave the right address. */
export function confirmationMail(
  { name: organization }: Pick<OrganizationRecord, "name">,
  user: MailRecipient,
  { link, validSeconds }: MailLink,
  language: Language,
): OutgoingMail {
  return composeMail(user, {
    subject: message("confirmation_mail_subject", { organization }),
    paragraphs: [message("confirmation_mail_text", { organization })],
    button: { label: message("confirmation_mail_button"), link },
    closing: [
      message("mail_link_expires", { seconds: validSeconds }),
      message("confirmation_mail_ignore", { organization }),
    ],
    validSeconds,
  }, language);
}
