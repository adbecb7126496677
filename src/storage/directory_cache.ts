const LIFE_MILLISECONDS = 5_000;
const MOST_ENTRIES = 20_000;
/** Keys hold what clients sent; nobody may fill the memory with long ones. */
const LONGEST_KEY = 1_000;

interface Entry {
  readonly value: unknown;
  readonly readAt: number;
  readonly version: number | undefined;
}

/**
 * What log-ins read from the directory, for at most five seconds: a change made here clears it at once, one made by
 * another process is seen when the entry has aged. Entries are dropped by generations, so that only what was asked for
 * lately takes memory.
 */
export class DirectoryCache {
  readonly #version: () => number | undefined;
  #young = new Map<string, Entry>();
  #old = new Map<string, Entry>();
  #youngSince = 0;

  /**
   * @param version differs after another connection has changed the database: while it is the same, an entry that has
   * aged is as good as new. Undefined where nobody knows.
   */
  constructor(version: () => number | undefined = () => undefined) {
    this.#version = version;
  }

  /**
   * @param key names what `load` reads, its kind first: `organization <id>`.
   * @param load reads from the database alone: through another entry, the two ages would add up.
   */
  async read<T>(key: string, now: Date, load: () => Promise<T>): Promise<T> {
    const at = now.getTime();
    const known = this.#young.get(key) ?? this.#old.get(key);
    // A key always goes with the same loader, so the value has its type.
    if (known && at - known.readAt < LIFE_MILLISECONDS && at >= known.readAt) return known.value as T;
    this.#age(at);
    const entries = this.#young;
    // Asked before the read: what changes in between makes the entry stale, not lasting.
    const version = this.#version();
    const isCurrent = known !== undefined && version !== undefined && known.version === version;
    const value = isCurrent ? known.value as T : await load();
    // Written to the map that was current before the read: a change in between has replaced it.
    if (entries.size < MOST_ENTRIES && key.length <= LONGEST_KEY) {
      entries.set(key, { value, readAt: at, version });
    }
    return value;
  }

  clear(): void {
    this.#young = new Map();
    this.#old = new Map();
  }

  #age(at: number): void {
    if (Math.abs(at - this.#youngSince) < LIFE_MILLISECONDS) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngSince = at;
  }
}
