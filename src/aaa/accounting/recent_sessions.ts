import type { Database } from "../../storage/database.ts";
import type { StoredSession } from "./session_statements.ts";

/** As many as a busy venue has open; more would only take memory from whoever runs it. */
const MOST = 4_096;

/**
 * Open sessions as this process stored them last: the next packet need not read what the one before it wrote. Another
 * process may have changed a row since. Then the write that expects it unchanged fails, and the row is read.
 */
export class RecentSessions {
  readonly #sessions = new Map<string, StoredSession>();

  find(key: string): StoredSession | undefined {
    return this.#sessions.get(key);
  }

  keep(key: string, session: StoredSession): void {
    // Put last again: the one that was stored longest ago goes first.
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= MOST) return;
      this.#sessions.delete(oldest);
    }
  }

  forget(key: string): void {
    this.#sessions.delete(key);
  }
}

const known = new WeakMap<Database, RecentSessions>();

export function recentSessions(db: Database): RecentSessions {
  const found = known.get(db) ?? new RecentSessions();
  known.set(db, found);
  return found;
}
