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

type Overloaded = Extract<Verdict, { readonly kind: "overloaded" }>;

/** `encoded` is what is stored. */
export type Hashed = { readonly kind: "hashed"; readonly encoded: string } | Overloaded;

export type Exchange = Hashed | Extract<Verdict, { readonly kind: "wrong" }>;

/** A user's id and stored password. */
export interface StoredPassword {
  readonly userId: string;
  readonly encoded: string;
}

/** The login pages give up after 2 s: whoever would wait longer than this for a hash, theirs or the one before, is
 * told at once. */
export const LOGIN_PAGE_PATIENCE_MS = 1_200;

export interface PasswordVerifier {
  /**
   * Whether `password` is the candidate's. Null stands for a user that does not exist; it takes as long
   * as a wrong password, and so does a user without a usable one.
   *
   * @param longestWaitMs in place of the verifier's own, where whoever asks is less patient.
   */
  verify(
    candidate: StoredPassword | null,
    password: string,
    nowMs: number,
    longestWaitMs?: number,
  ): Promise<Verdict>;
  /**
   * A new stored hash for somebody who waits for it, in turn with the log-ins. Once it is stored as this user's, the
   * password is remembered like one that was right.
   */
  hashNow(userId: string, password: string, nowMs: number, longestWaitMs?: number): Promise<Hashed>;
  /**
   * A new stored hash for a user who proves the present password. Both hashes take their turns together, so that the
   * two take hardly longer than one; when the present one is wrong the second is spared if it has not begun.
   */
  exchange(
    candidate: StoredPassword,
    passwords: { readonly present: string; readonly next: string },
    nowMs: number,
    longestWaitMs?: number,
  ): Promise<Exchange>;
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

/**
 * The queue estimates, and a machine that is busy with something else is slower than that: whoever has waited this much
 * longer than she would is told so instead of being checked for nobody.
 */
const LATENESS_BORNE = 1.3;

const WRONG = { kind: "wrong" } as const;
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

  const tooLong = (longestWaitMs = options.longestWaitMs): Overloaded | undefined => {
    const waitMs = queue.waitMs();
    return waitMs > longestWaitMs ? overloaded(waitMs - longestWaitMs) : undefined;
  };

  /** What to say when a turn comes. */
  function tooLate(longestWaitMs = options.longestWaitMs): () => Overloaded | undefined {
    const { stopwatchMs = () => 0 } = options;
    const latest = stopwatchMs() + longestWaitMs * LATENESS_BORNE;
    return () => stopwatchMs() > latest ? overloaded(Math.max(queue.waitMs(), 1)) : undefined;
  }

  /** @param refuse told at once, before the next hash begins. */
  async function check(
    candidate: StoredPassword | null,
    password: string,
    nowMs: number,
    longestWaitMs: number | undefined,
    refuse = () => {},
  ): Promise<Verdict> {
    const { userId, encoded } = candidate ?? { userId: "", encoded: "" };
    const key = genuine.keyOf(userId, encoded, password);
    const remembered = () => genuine.includes(key, nowMs) ? REMEMBERED : undefined;
    const known = remembered() ?? tooLong(longestWaitMs);
    if (known) return known;

    const stored = candidate ? parsePasswordHash(encoded) : undefined;
    const late = tooLate(longestWaitMs);
    return await queue.now<Verdict>({
      ...costOf(stored ?? nobodys),
      answered: () => remembered() ?? late(),
      async run() {
        const matched = await (stored ?? nobodys).matches(crypto, password);
        if (!stored || !matched) {
          refuse();
          return WRONG;
        }
        genuine.remember(key, nowMs);
        return { kind: "genuine", rehash: !isOwnFormat(encoded) };
      },
    });
  }

  async function newHash(userId: string, password: string, nowMs: number) {
    const encoded = await hashPassword(crypto, password);
    genuine.remember(genuine.keyOf(userId, encoded, password), nowMs);
    return { kind: "hashed", encoded } as const;
  }

  return {
    verify: (candidate, password, nowMs, longestWaitMs) => check(candidate, password, nowMs, longestWaitMs),

    async hashNow(userId, password, nowMs, longestWaitMs) {
      return tooLong(longestWaitMs) ?? await queue.now<Hashed>({
        ...costOf(nobodys),
        answered: tooLate(longestWaitMs),
        run: () => newHash(userId, password, nowMs),
      });
    },

    async exchange(candidate, { present, next }, nowMs, longestWaitMs) {
      const overloaded = tooLong(longestWaitMs);
      if (overloaded) return overloaded;
      let refused = false;
      const late = tooLate(longestWaitMs);
      const checked = check(candidate, present, nowMs, longestWaitMs, () => {
        refused = true;
      });
      const made = queue.now<Exchange>({
        ...costOf(nobodys),
        answered: () => refused ? WRONG : late(),
        run: () => newHash(candidate.userId, next, nowMs),
      });
      const [verdict, hashed] = await Promise.all([checked, made]);
      return verdict.kind === "genuine" ? hashed : verdict;
    },

    waiting: queue.waiting,

    hash(password) {
      return queue.later({
        ...costOf(nobodys),
        answered: () => undefined,
        run: () => hashPassword(crypto, password),
      });
    },
  };
}

function costOf({ algorithm, typicalMs }: StoredHash) {
  return { algorithm, typicalMs };
}

function overloaded(excessMs: number): Overloaded {
  return { kind: "overloaded", retryAfterSeconds: Math.ceil(excessMs / 1000) };
}

function understood(encoded: string): StoredHash {
  const stored = parsePasswordHash(encoded);
  if (!stored) throw new Error("Cannot check passwords: the hash for unknown users is malformed");
  return stored;
}
