import type { InStatement } from "@libsql/client";
import { encodeBase64 } from "../values/base64.ts";
import { toHex } from "../values/hex.ts";
import type { OrganizationId } from "../values/organization_id.ts";
import { toSqlDateTime } from "../values/sql_date_time.ts";
import { builder, compiled, given } from "./prepared.ts";
import { outbox } from "./schema/outbox.ts";

/** How long delivery is tried where a message does not end earlier by itself. */
const MAIL_SECONDS = 24 * 3_600;
const SMS_SECONDS = 3_600;

/** A mail as it was composed; what is typed by people stands escaped in `html` and as it is in `subject` and `text`. */
export interface OutgoingMail {
  /** One address, without a name. */
  readonly to: string;
  /** An address, or a name and an address; null for the installation's sender. */
  readonly from: string | null;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** How long its link is good for: later it is not sent any more. Null, and more than a day: tried for a day. */
  readonly validSeconds: number | null;
}

/** A text message and the organization that sends it. */
export interface OutgoingSms {
  readonly organization: {
    readonly id: OrganizationId;
    readonly slug: string;
    /** The organization has a gateway of its own. */
    readonly hasOwnGateway: boolean;
  };
  /** In international form: `+393661234567`. */
  readonly to: string;
  readonly body: string;
  /** The organization's `sms_sender`: a number or a name. */
  readonly from: string | null;
  /** The organization's `sms_meta_data`, for the gateway. */
  readonly metaData: Readonly<Record<string, unknown>> | null;
  /** From then on it is not sent any more, because its code is worth nothing; null: after an hour. */
  readonly expiresAt: Date | null;
}

/** What messages are sealed with while they wait: their codes and links shall not be found in the database's file. */
export interface Seal {
  readonly crypto: {
    randomBytes(length: number): Uint8Array;
    encrypt(key: Uint8Array, text: string): Uint8Array;
    decrypt(key: Uint8Array, box: Uint8Array): string | undefined;
  };
  /** 32 octets. */
  readonly serverKey: Uint8Array;
}

const insert = compiled(
  builder.insert(outbox).values({
    id: given("id"),
    kind: given("kind"),
    lane: given("lane"),
    sealed: given("sealed"),
    created: given("created"),
    dueAt: given("created"),
    expiresAt: given("expiresAt"),
  }),
);

/** Puts a mail on its way, in the same batch of `db.state` as the rows it tells of. Then call `Deps.wakeOutbox()`. */
export function enqueueMail(seal: Seal, mail: OutgoingMail, now: Date): InStatement {
  const seconds = Math.min(mail.validSeconds ?? MAIL_SECONDS, MAIL_SECONDS);
  return enqueue(seal, "mail", "mail", mail, secondsAfter(now, seconds), now);
}

/** Puts a text message on its way, as `enqueueMail()` does a mail. It is sent once, or not at all. */
export function enqueueSms(seal: Seal, sms: OutgoingSms, now: Date): InStatement {
  const lane = sms.organization.hasOwnGateway ? `sms ${sms.organization.id}` : "sms";
  const longest = secondsAfter(now, SMS_SECONDS);
  const expiresAt = sms.expiresAt && sms.expiresAt < longest ? sms.expiresAt : longest;
  return enqueue(seal, "sms", lane, sms, expiresAt, now);
}

/** The text that `sealText()` sealed; undefined when that was with another key. */
export function unseal({ crypto, serverKey }: Seal, sealed: string): string | undefined {
  return crypto.decrypt(serverKey, Uint8Array.from(atob(sealed), (character) => character.charCodeAt(0)));
}

/** The text, readable only with the server's key. */
export function sealText({ crypto, serverKey }: Seal, text: string): string {
  return encodeBase64(crypto.encrypt(serverKey, text));
}

function enqueue(
  seal: Seal,
  kind: "mail" | "sms",
  lane: string,
  message: OutgoingMail | OutgoingSms,
  expiresAt: Date,
  now: Date,
): InStatement {
  return insert({
    id: randomHex(seal, 16),
    kind,
    lane,
    sealed: sealText(seal, JSON.stringify(message)),
    created: toSqlDateTime(now),
    expiresAt: toSqlDateTime(expiresAt),
  });
}

function secondsAfter(now: Date, seconds: number): Date {
  return new Date(now.getTime() + seconds * 1_000);
}

/** A random text of `octets` times two hexadecimal digits. */
export function randomHex({ crypto }: Pick<Seal, "crypto">, octets: number): string {
  return toHex(crypto.randomBytes(octets));
}
