import type { InStatement } from "@libsql/client";
import { and, eq } from "drizzle-orm";
import type { Language } from "../../languages/say.ts";
import { countAtMost, type Counted } from "../../storage/count_in_window.ts";
import { isConflict } from "../../storage/database.ts";
import { enqueueMail } from "../../storage/outbox.ts";
import { builder, given, query } from "../../storage/prepared.ts";
import { organizationUser, user } from "../../storage/schema/users.ts";
import { foldCase } from "../../values/fold_case.ts";
import type { AccessContext } from "../access/access_context.ts";
import { attemptedAccount } from "../access/failed_attempts.ts";
import { identifies, phoneNumbersOf } from "../access/find_user.ts";
import { isUsablePassword } from "../credentials/password_hash.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import { passwordResetMail } from "../messages/password_reset_mail.ts";
import type { Settings } from "../settings.ts";
import { newResetToken } from "./password_reset_token.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;
/** Mails to one account. Its owner may lose some of them; a stranger must not fill the mailbox. */
const MOST_IN_HOUR = 5;
const MOST_IN_DAY = 15;
/** Mails that one address asks for: login pages are one address for all their guests. */
const MOST_FROM_ADDRESS_IN_HOUR = 200;
/** Longer than every name, address and number. */
const LONGEST_IDENTIFIER = 255;

const PLACEHOLDER = /\{(site|organization|uid|token)\}/g;
const DEFAULT_URL = "https://{site}/{organization}/password/reset/confirm/{uid}/{token}";

export type ResetContext =
  & Pick<AccessContext, "db" | "settings" | "crypto" | "serverKey">
  & { readonly wakeOutbox: () => void };

/** Who wants which password reset, and from where. */
export interface ResetRequest {
  /** A name, an e-mail address or a telephone number, as it was typed. */
  readonly input: string;
  readonly address: string;
  readonly language: Language;
}

const columns = {
  id: user.id,
  username: user.username,
  email: user.email,
  password: user.password,
  isActive: user.isActive,
  isSuperuser: user.isSuperuser,
  membership: organizationUser.id,
};
const named = query(
  columns,
  builder.select(columns).from(user)
    .leftJoin(
      organizationUser,
      and(eq(organizationUser.userId, user.id), eq(organizationUser.organizationId, given("organizationId"))),
    )
    .where(identifies()),
);

interface Recipient {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly password: string;
}

/**
 * Sends the mail with which a password is reset to each active member whom the input names and who has a password and
 * an e-mail address; superusers need not be members (radius-api 5.4). To be run after the answer: what it does and how
 * long it takes depends on who exists. Even so it reads and writes as much for nobody as for somebody, so that the
 * next request does not feel the difference.
 */
export async function requestPasswordReset(
  context: ResetContext,
  organization: OrganizationRecord,
  request: ResetRequest,
  now: Date,
): Promise<void> {
  const input = request.input.slice(0, LONGEST_IDENTIFIER);
  const recipients = await findRecipients(context, organization, input);
  for (const recipient of recipients.length ? recipients : [null]) {
    const subject = recipient ?? { id: attemptedAccount(context, [], input), email: "", password: "" };
    const token = await newResetToken(context, subject, now);
    const mail = recipient &&
      passwordResetMail(organization, recipient, {
        link: resetLink(context.settings, organization, recipient.id, token),
        validSeconds: context.settings.passwordResetTimeout,
      }, request.language);
    const counted = limits(subject.id, recipient ? request.address : `nobody ${request.address}`);
    await writeOnce(context, [
      ...counted.flatMap(([window, most]) => countAtMost(window, most, now)),
      ...(mail ? [enqueueMail(context, mail, now)] : []),
    ]);
  }
  context.wakeOutbox();
}

/** Where the mail leads: the organization's template, else the installation's for it or for all. */
export function resetLink(
  { passwordResetUrls, siteDomain }: Settings,
  { id, slug, passwordResetUrl }: Pick<OrganizationRecord, "id" | "slug" | "passwordResetUrl">,
  userId: string,
  token: string,
): string {
  const template = passwordResetUrl ?? passwordResetUrls[id] ?? passwordResetUrls.__all__ ?? DEFAULT_URL;
  const values = { site: siteDomain, organization: slug, uid: userId.replaceAll("-", ""), token };
  // The pattern lets through just these names.
  return template.replace(PLACEHOLDER, (_, name: keyof typeof values) => values[name]);
}

async function findRecipients(
  { db, settings }: ResetContext,
  { id: organizationId, isActive }: OrganizationRecord,
  input: string,
): Promise<Recipient[]> {
  const rows = await named(db.directory, {
    organizationId,
    identifier: input,
    email: foldCase(input),
    phones: JSON.stringify(phoneNumbersOf(input, settings.authBackendAutoPrefixes)),
    userId: "",
  });
  return rows.flatMap(({ email, ...row }) => {
    const isMember = isActive && row.membership !== null;
    const may = row.isActive && (isMember || row.isSuperuser) && isUsablePassword(row.password);
    return may && email ? [{ ...row, email }] : [];
  });
}

function limits(account: string, address: string): (readonly [Counted, most: number])[] {
  return [
    [{ scope: "password_reset_hour", client: account, windowSeconds: HOUR }, MOST_IN_HOUR],
    [{ scope: "password_reset_day", client: account, windowSeconds: DAY }, MOST_IN_DAY],
    [
      { scope: "password_reset_address", client: address, windowSeconds: HOUR },
      MOST_FROM_ADDRESS_IN_HOUR,
    ],
  ];
}

async function writeOnce({ db }: ResetContext, statements: InStatement[]): Promise<void> {
  try {
    await db.state.$client.batch(statements, "write");
  } catch (fault) {
    // A window is full: nothing is sent, and nobody is told.
    if (!isConflict(fault)) throw fault;
  }
}
