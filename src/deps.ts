import type { Context } from "hono";
import type { Crypto } from "./aaa/credentials/crypto.ts";
import type { DecisionTally } from "./aaa/access/decision_tally.ts";
import type { MessageTally } from "./aaa/messages/message_tally.ts";
import type { PasswordVerifier } from "./aaa/credentials/password_verifier.ts";
import type { Settings } from "./aaa/settings.ts";
import type { Station } from "./controller/station.ts";
import type { Database } from "./storage/database.ts";

/** What the app needs from outside. */
export interface Deps {
  readonly db: Database;
  readonly settings: Settings;
  readonly crypto: Crypto;
  /** 32 octets: what keys are hashed and encrypted with. */
  readonly serverKey: Uint8Array;
  readonly passwords: PasswordVerifier;
  /** What became of log-ins. */
  readonly decisions: DecisionTally;
  /** Who is there, in the zones of this box. */
  readonly stations: () => readonly Station[];
  readonly now: () => Date;
  /** The address at the other end of the request's connection. */
  readonly socketAddress: (c: Context) => string;
  /** Goes on after the answer; a failure is logged. */
  readonly inBackground: (work: Promise<unknown>) => void;
  /** Sends what was put into the outbox, after the answer. To be called when the batch with it is stored. */
  readonly wakeOutbox: () => void;
  /** What became of messages. */
  readonly messageTally: MessageTally;
  /** A failure nobody expected: it is logged, the client learns nothing of it. */
  readonly reportFault: (fault: unknown) => void;
}
