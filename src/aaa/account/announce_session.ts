import { and, eq } from "drizzle-orm";
import { builder, given, query } from "../../storage/prepared.ts";
import { enqueueMail } from "../../storage/outbox.ts";
import { emailAddress } from "../../storage/schema/users.ts";
import type { AccessContext } from "../access/access_context.ts";
import { findSessionOwner } from "../access/find_user.ts";
import type { AccountingPacket } from "../accounting/accounting_packet.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import { sessionStartedMail } from "../messages/session_started_mail.ts";
import { findAccount } from "./account.ts";
import { findLoginState } from "./login_state.ts";
import { createMagicLink } from "./magic_link.ts";

const addressFields = { email: emailAddress.email };
const verifiedPrimaryAddress = query(
  addressFields,
  builder.select(addressFields).from(emailAddress).where(and(
    eq(emailAddress.userId, given("userId")),
    eq(emailAddress.primary, true),
    eq(emailAddress.verified, true),
  )),
);

/** Whether a packet that made a session is one that users are told of. Costs nothing where the organization tells none. */
export function isAnnounced(
  organization: OrganizationRecord,
  { status, description }: AccountingPacket,
): boolean {
  const { sessionMailEnabled, magicLinksEnabled, loginUrl } = organization;
  if (!sessionMailEnabled || !magicLinksEnabled || !loginUrl) return false;
  return status === "Start" && description.framedProtocol !== "PPP";
}

/**
 * Puts a mail into the outbox that tells a session's user of it, with a magic link (radius-api 10.6): only to an
 * address that is primary and was verified.
 *
 * @returns whether there is something to send.
 */
export async function announceSession(
  context: AccessContext,
  organization: OrganizationRecord,
  username: string,
  now: Date,
): Promise<boolean> {
  const { db, settings } = context;
  const prefixes = settings.authBackendAutoPrefixes;
  const owner = await findSessionOwner(db, organization.id, username, prefixes, now);
  const account = owner && await findAccount(db, organization, owner.id);
  const link = account?.isActive ? createMagicLink(context, organization, account, now) : null;
  if (!account || !link) return false;
  const [address] = await verifiedPrimaryAddress(db.directory, { userId: account.id });
  if (!address) return false;
  const { language } = await findLoginState(db, account.id);
  const mail = sessionStartedMail(
    organization,
    { username: account.username, email: address.email },
    { link: link.url, validSeconds: settings.sesameMaxAge },
    language ?? "en",
  );
  await db.state.$client.batch([link.insert, enqueueMail(context, mail, now)], "write");
  return true;
}
