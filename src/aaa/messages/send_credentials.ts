import type { Language } from "../../languages/say.ts";
import type { Database } from "../../storage/database.ts";
import { enqueueMail, type Seal } from "../../storage/outbox.ts";
import type { MadeBatch } from "../identity/batches.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import type { Settings } from "../settings.ts";
import { credentialsMail } from "./credentials_mail.ts";

/** Mails of one write. */
const MAILS_TOGETHER = 100;

interface CredentialsContext extends Seal {
  readonly db: Database;
  readonly settings: Settings;
  readonly wakeOutbox: () => void;
  /** Lets packets be answered. */
  readonly pause: () => Promise<void>;
}

/** Mails the passwords that a batch made to those of its users who have an address (radius-api 6.4). */
export async function sendCredentials(
  context: CredentialsContext,
  organization: OrganizationRecord,
  { users, credentials }: MadeBatch,
  language: Language,
  now: Date,
): Promise<void> {
  const passwords = new Map(credentials);
  const mails = users.flatMap(({ username, email }) => {
    const password = passwords.get(username);
    if (!email || !password) return [];
    return [credentialsMail(context.settings, organization, { username, email, password }, language)];
  });
  for (let at = 0; at < mails.length; at += MAILS_TOGETHER) {
    const some = mails.slice(at, at + MAILS_TOGETHER).map((mail) => enqueueMail(context, mail, now));
    await context.db.state.$client.batch(some, "write");
    await context.pause();
  }
  if (mails.length) context.wakeOutbox();
}
