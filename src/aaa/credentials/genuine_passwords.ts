import type { Crypto } from "./crypto.ts";

const REMEMBERED_MS = 5 * 60_000;
const MOST_REMEMBERED = 10_000;

/** Passwords that were right a short while ago, so that the next log-in costs no slow hash. */
export interface GenuinePasswords {
  /** What the other two take: it stands for this user, this stored hash and this password together. */
  keyOf(userId: string, encoded: string, password: string): string;
  remember(key: string, nowMs: number): void;
  includes(key: string, nowMs: number): boolean;
}

/**
 * Remembers 10,000 passwords for five minutes from the check, in this process's memory only. What is
 * kept is an HMAC under a key that is never written, so that a dump of the database says nothing about
 * it; a changed hash makes another key, so a changed password is forgotten by itself.
 */
export function genuinePasswords(crypto: Crypto): GenuinePasswords {
  // Not before the first use: Workers give no randomness outside a request.
  let secret: Uint8Array | undefined;
  const expiresAtMs = new Map<string, number>();

  return {
    keyOf(userId, encoded, password) {
      secret ??= crypto.randomBytes(32);
      // As JSON, since joined texts could be cut elsewhere and mean another user.
      return String.fromCharCode(...crypto.hmacSha256(secret, JSON.stringify([userId, encoded, password])));
    },

    remember(key, nowMs) {
      // Deleted first, so that the map stays in the order of expiry.
      expiresAtMs.delete(key);
      expiresAtMs.set(key, nowMs + REMEMBERED_MS);
      const [oldest] = expiresAtMs.keys();
      if (expiresAtMs.size > MOST_REMEMBERED && oldest !== undefined) expiresAtMs.delete(oldest);
    },

    includes(key, nowMs) {
      const expiresAt = expiresAtMs.get(key);
      if (expiresAt === undefined || nowMs < expiresAt) return expiresAt !== undefined;
      expiresAtMs.delete(key);
      return false;
    },
  };
}
