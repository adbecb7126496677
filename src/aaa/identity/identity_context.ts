import { v7 } from "uuid";
import type { Database } from "../../storage/database.ts";
import type { Crypto } from "../credentials/crypto.ts";
import type { PasswordVerifier } from "../credentials/password_verifier.ts";
import type { Settings } from "../settings.ts";

/** What changing organizations and users needs. */
export interface IdentityContext {
  readonly db: Database;
  readonly settings: Settings;
  readonly crypto: Crypto;
  /** 32 octets. */
  readonly serverKey: Uint8Array;
  readonly passwords: Pick<PasswordVerifier, "hash">;
  readonly now: Date;
  /** Who the audit log names: a user's id, or `command line`. */
  readonly actor: string;
}

/** A UUID of version 7: rows made later sort later, those of one moment by `order`, a number below 2^32. */
export function newId({ crypto, now }: Pick<IdentityContext, "crypto" | "now">, order = 0): string {
  return v7({ msecs: now.getTime(), seq: order, random: crypto.randomBytes(16) });
}
