import type { Crypto } from "./crypto.ts";
import type { StoredHash } from "./formats/stored_hash.ts";
import { genuinePasswords } from "./genuine_passwords.ts";
import { hashQueue } from "./hash_queue.ts";
import { hashPassword, isOwnFormat, parsePasswordHash } from "./password_hash.ts";

export type Verdict =
  /** `rehash`: the caller stores what `hash()` makes of the password, once the answer is out. */
  | { readonly kind: "genuine"; readonly rehash: boolean }
  | { readonly kind: "wrong" }
  /** Nothing was checked, because an answer would come too late for whoever asks. */
  | { readonly kind: "overloaded"; readonly retryAfterSeconds: number };

export interface PasswordVerifier {
  /**
   * Whether `password` is the candidate's. Null stands for a user that does not exist; it takes as long
   * as a wrong password, and so does a user without a usable one.
   */
  verify(
    candidate: { readonly userId: string; readonly encoded: string } | null,
    password: string,
    nowMs: number,
  ): Promise<Verdict>;
  /** A new stored hash; waits while log-ins do. */
  hash(password: string): Promise<string>;
  /** Hashes that wait for their turn. */
  waiting(): number;
}

export interface PasswordVerifierOptions {
  /**
   * How many hashes may run at a time: one for each core. Infinity on Workers, where no request may wait
   * for what another one does.
   */
  readonly parallel: number;
  /** A log-in that would wait longer for its turn is told so at once. */
  readonly longestWaitMs: number;
  /** Milliseconds since any fixed moment, never going back: how long hashes take here is learned with it. */
  readonly stopwatchMs?: () => number;
}

/** Our own format and cost, and nobody's password: its hash is random. */
const NOBODYS = "scrypt$32768$Kh5bdS5J1nfcSJcf1jlXmD$8$1$" +
  "bikeYSQmge7SmKzdsu5rBk4+Wg+Ugq4Ny1O56f/+ODSrDNwGEjtfiivG0sr+5OwCZclQcaEvlJh3P0RX13PwVQ==";

const WRONG: Verdict = { kind: "wrong" };
/** Whoever had the hash computed was told to have it made anew, and once is enough. */
const REMEMBERED: Verdict = { kind: "genuine", rehash: false };

/**
 * Checks passwords: those that were right within five minutes from memory, the others in a queue.
 *
 * Equal log-ins in the queue do not wait for each other's outcome, each looks into memory when its turn
 * comes: a right password is hashed once or, side by side, `parallel` times, while a wrong one costs
 * each of them a hash of its own. If they shared a refusal, two at once would tell who exists.
 */
export function passwordVerifier(crypto: Crypto, options: PasswordVerifierOptions): PasswordVerifier {
  const queue = hashQueue(options.parallel, options.stopwatchMs);
  const genuine = genuinePasswords(crypto);
  const nobodys = understood(NOBODYS);

  return {
    async verify(candidate, password, nowMs) {
      const { userId, encoded } = candidate ?? { userId: "", encoded: "" };
      const key = genuine.keyOf(userId, encoded, password);
      const remembered = () => genuine.includes(key, nowMs) ? REMEMBERED : undefined;
      if (remembered()) return REMEMBERED;

      const waitMs = queue.waitMs();
      if (waitMs > options.longestWaitMs) return overloaded(waitMs - options.longestWaitMs);

      const stored = candidate ? parsePasswordHash(encoded) : undefined;
      const { algorithm, typicalMs } = stored ?? nobodys;
      return await queue.now({
        algorithm,
        typicalMs,
        answered: remembered,
        async run(): Promise<Verdict> {
          const matched = await (stored ?? nobodys).matches(crypto, password);
          if (!stored || !matched) return WRONG;
          genuine.remember(key, nowMs);
          return { kind: "genuine", rehash: !isOwnFormat(encoded) };
        },
      });
    },

    waiting: queue.waiting,

    hash(password) {
      const { algorithm, typicalMs } = nobodys;
      return queue.later({
        algorithm,
        typicalMs,
        answered: () => undefined,
        run: () => hashPassword(crypto, password),
      });
    },
  };
}

function overloaded(excessMs: number): Verdict {
  return { kind: "overloaded", retryAfterSeconds: Math.ceil(excessMs / 1000) };
}

function understood(encoded: string): StoredHash {
  const stored = parsePasswordHash(encoded);
  if (!stored) throw new Error("Cannot check passwords: the hash for unknown users is malformed");
  return stored;
}
