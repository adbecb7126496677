import { findPendingNumber, setPendingNumber, withdrawPendingNumber } from "./pending_number.ts";
import { isNumberTaken, judgeNumber, type NumberFault, numberRules } from "./phone_rules.ts";
import { wanting, type WrittenGuest } from "./phone_verification.ts";
import { type CodeContext, sendCode, type SentCode } from "./sms_code.ts";
import { unverify } from "./verified_number.ts";

export type PhoneChange =
  | SentCode
  | { readonly kind: "refused_number"; readonly fault: NumberFault | "unchanged" | "taken" };

/**
 * Sends a code to a number that shall become the account's, and makes it the one to be verified in this organization
 * (5.12). Back to the account's own number is a change only while another one is pending, and withdraws that.
 *
 * The state is changed first, then the directory: limits and cooldown are decided there, and a change that they refuse
 * leaves the member verified. When it ends between the two, the code is on its way and the number pending; verifying it,
 * or the same change a little later, completes the change.
 *
 * @param text the number as it was typed.
 * @param address the client's.
 */
export async function changePhoneNumber(
  context: CodeContext,
  { account, organization, language }: WrittenGuest,
  { text, address }: { readonly text: string; readonly address: string },
  now: Date,
): Promise<PhoneChange> {
  const { db, settings } = context;
  const verdict = judgeNumber(text, numberRules(organization, settings));
  if (verdict.kind === "refused") return { kind: "refused_number", fault: verdict.fault };
  const { number } = verdict;
  const pending = await findPendingNumber(db, organization.id, account.id);
  const isOwn = number === account.phoneNumber;
  if (isOwn && pending === null) return { kind: "refused_number", fault: "unchanged" };
  if (await isNumberTaken(db, number, wanting(account))) return { kind: "refused_number", fault: "taken" };

  const member = { userId: account.id, organizationId: organization.id };
  const pendingNumber = isOwn ? withdrawPendingNumber(member) : setPendingNumber(member, number, now);
  const sent = await sendCode(
    context,
    { organization, userId: account.id, number, isOwn, address, language },
    [pendingNumber],
    now,
  );
  if (sent.kind === "sent") await unverify(db, member, now);
  return sent;
}
