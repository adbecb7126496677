import type { InStatement } from "@libsql/client";
import { v7 as uuid } from "uuid";
import { countInWindow } from "../../storage/count_in_window.ts";
import { en } from "../../languages/en.ts";
import { type Language, message, say } from "../../languages/say.ts";
import { type Database, EXPECT_CHANGE, isConflict } from "../../storage/database.ts";
import { enqueueSms } from "../../storage/outbox.ts";
import { toHex } from "../../values/hex.ts";
import { toSqlDateTime } from "../../values/sql_date_time.ts";
import type { Keyring } from "../credentials/radius_token.ts";
import { randomDigits } from "../credentials/random_text.ts";
import type { OrganizationRecord } from "../identity/organization_record.ts";
import type { Settings } from "../settings.ts";
import { type CodeLimit, type CodeRecipient, insertWithinLimits, readCodeLimits } from "./code_limits.ts";

const MINUTE_MILLISECONDS = 60_000;
const DAY_SECONDS = 86_400;
const ATTEMPTS = 3;

export interface CodeContext extends Keyring {
  readonly db: Database;
  readonly settings: Settings;
}

export type SentCode = { readonly kind: "sent"; readonly cooldownSeconds: number } | CodeLimit;

/**
 * Makes a code and puts its message on its way, in one step with the limits: of many requests at once as many codes are
 * sent as may be. The code itself is in the message alone.
 *
 * @param further what changes in the state with it, and only then.
 */
export async function sendCode(
  context: CodeContext,
  recipient: CodeRecipient,
  further: readonly InStatement[],
  now: Date,
): Promise<SentCode> {
  // Whoever has a number gets codes whatever strangers did.
  if (recipient.isOwn) return await sendWithinLimits(context, recipient, further, now);
  const { db, settings } = context;
  const counted = { scope: "codes_to_number", client: recipient.number, windowSeconds: DAY_SECONDS };
  const { requests, undo } = await countInWindow(db.state, counted, now);
  const sent: SentCode = requests > settings.smsTokenMaxUserDaily
    ? { kind: "daily_limit_of_number" }
    : await sendWithinLimits(context, recipient, further, now);
  if (sent.kind !== "sent") await db.state.$client.batch([undo], "write");
  return sent;
}

async function sendWithinLimits(
  context: CodeContext,
  recipient: CodeRecipient,
  further: readonly InStatement[],
  now: Date,
): Promise<SentCode> {
  const { db, settings } = context;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { daily, cooldown } = await readCodeLimits(db, settings, recipient, now);
    const refusal = daily ?? cooldown;
    if (refusal) return refusal;
    try {
      await db.state.$client.batch([...newCode(context, recipient, now), ...further], "write");
      return { kind: "sent", cooldownSeconds: recipient.organization.smsCooldownSeconds };
    } catch (fault) {
      // Somebody was faster: what is there now says which limit that was.
      if (!isConflict(fault)) throw fault;
    }
  }
  return { kind: "cooldown", secondsLeft: 1 };
}

/** What a code is stored as; its row's id is in it, so that equal codes do not look alike. */
export function hashCode({ crypto, serverKey }: Keyring, tokenId: string, code: string): string {
  return toHex(crypto.hmacSha256(serverKey, `sms code ${tokenId} ${code}`));
}

function newCode(context: CodeContext, recipient: CodeRecipient, now: Date): InStatement[] {
  const { crypto, settings } = context;
  const { organization, number, language } = recipient;
  const id = uuid();
  const code = randomDigits(crypto, settings.smsTokenLength);
  const validUntil = new Date(now.getTime() + settings.smsTokenDefaultValidity * MINUTE_MILLISECONDS);
  const row = { id, token: hashCode(context, id, code), validUntil: toSqlDateTime(validUntil) };
  const sms = {
    organization: { id: organization.id, slug: organization.slug, hasOwnGateway: organization.hasSmsGateway },
    to: number,
    body: compose(organization, code, language),
    from: organization.smsSender,
    metaData: organization.smsMetaData,
    expiresAt: validUntil,
  };
  return [insertWithinLimits(settings, recipient, row, now), EXPECT_CHANGE, enqueueSms(context, sms, now)];
}

/** An operator's template as it is written, ours in the guest's language. */
function compose({ smsMessage, name }: OrganizationRecord, code: string, language: Language): string {
  if (smsMessage === en.sms_code_message) {
    return say(language, message("sms_code_message", { organization: name, code }));
  }
  // In one pass: an organization may be called `{code}`.
  return smsMessage.replaceAll(/\{(code|organization)\}/g, (_, word) => word === "code" ? code : name);
}
