import type { InStatement } from "@libsql/client";
import type { Language } from "../../languages/say.ts";
import { countInWindow } from "../../storage/count_in_window.ts";
import type { Database } from "../../storage/database.ts";
import { enqueueMail } from "../../storage/outbox.ts";
import { foldCase } from "../../values/fold_case.ts";
import { isLoopback } from "../../values/loopback.ts";
import type { Keyring } from "../credentials/radius_token.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import { confirmationMail } from "../messages/confirmation_mail.ts";
import type { Settings } from "../settings.ts";
import { type Confirmable, newConfirmationToken } from "./email_confirmation.ts";

/** Somebody at an organization's door, who is written to. */
export interface AccountVisit {
  readonly organization: Pick<OrganizationRecord, "id" | "name">;
  /** What the mail is written in. */
  readonly language: Language;
  readonly now: Date;
  /** The address that the request was sent to. */
  readonly requestUrl: string;
}

/** Puts the mail with which an address is confirmed on its way: a statement for `db.state`. */
export function sendConfirmation(
  context: Keyring & { readonly settings: Settings },
  { organization, language, now, requestUrl }: AccountVisit,
  { id, username, email }: { readonly id: string; readonly username: string; readonly email: string },
): InStatement {
  const validSeconds = context.settings.emailConfirmationTimeout;
  const owner = { userId: id, organizationId: organization.id, emailKey: foldCase(email) };
  const endsAt = new Date(now.getTime() + validSeconds * 1000);
  const link = `${ownAddress(context.settings, requestUrl)}/confirm-email/${
    newConfirmationToken(context, owner, endsAt)
  }`;
  const mail = confirmationMail(organization, { username, email }, { link, validSeconds }, language);
  return enqueueMail(context, mail, now);
}

/**
 * Where our own pages are. What a request was sent to is whatever its sender says: believed, it would let anybody send
 * people mails of ours that lead elsewhere. Only who tries things out on one machine is believed.
 */
function ownAddress({ publicUrl, siteDomain }: Settings, requestUrl: string): string {
  if (publicUrl) return publicUrl;
  const { hostname, origin } = new URL(requestUrl);
  return isLoopback(hostname) ? origin : `https://${siteDomain}`;
}

/** Further mails to one address in a day: links are followed by whoever has them, and fill somebody's mailbox. */
const MOST_IN_DAY = 3;

/** Sends another link to whoever has one that has expired. */
export async function sendLinkAgain(
  context: Keyring & {
    readonly settings: Settings;
    readonly db: Database;
    readonly wakeOutbox: () => void;
  },
  visit: Omit<AccountVisit, "organization">,
  { user, organization }: Confirmable,
): Promise<{ readonly kind: "sent" } | { readonly kind: "too_often"; readonly secondsLeft: number }> {
  const { state } = context.db;
  const counted = { scope: "confirm_email", client: user.id, windowSeconds: 86_400 };
  const { requests, secondsLeft } = await countInWindow(state, counted, visit.now);
  if (requests > MOST_IN_DAY) return { kind: "too_often", secondsLeft };
  await state.$client.batch([sendConfirmation(context, { ...visit, organization }, user)], "write");
  context.wakeOutbox();
  return { kind: "sent" };
}
