import { type Language, message } from "../../languages/say.ts";
import type { OutgoingMail } from "../../storage/outbox.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import type { Settings } from "../settings.ts";
import { composeMail, type MailRecipient } from "./compose_mail.ts";

/** Tells a user which password was made (radius-api 6.5). An operator's own wording goes before ours. */
export function credentialsMail(
  settings: Pick<Settings, "batchMailSubject" | "batchMailMessage" | "batchMailSender">,
  { name: organization, loginUrl }: Pick<OrganizationRecord, "name" | "loginUrl">,
  user: MailRecipient & { readonly password: string },
  language: Language,
): OutgoingMail {
  const { batchMailSubject, batchMailMessage, batchMailSender } = settings;
  const own = batchMailMessage.trim() ? ownParagraphs(batchMailMessage, user) : null;
  const mail = composeMail(user, {
    subject: batchMailSubject || message("credentials_mail_subject", { organization }),
    paragraphs: own ?? [message("credentials_mail_text", { organization })],
    facts: own ? [] : [
      [message("credentials_mail_username"), user.username],
      [message("credentials_mail_password"), user.password],
    ],
    ...(loginUrl ? { button: { label: message("credentials_mail_button"), link: loginUrl } } : {}),
    closing: [message("credentials_mail_change")],
    validSeconds: null,
  }, language);
  return { ...mail, from: batchMailSender || null };
}

/** The user name and the password take the places of the first and the second `{}`. */
function ownParagraphs(
  template: string,
  { username, password }: { readonly username: string; readonly password: string },
): string[] {
  const values = [username, password];
  return template.trim().split(/\s*\n\s*/).map((line) => line.replaceAll("{}", () => values.shift() ?? ""));
}
