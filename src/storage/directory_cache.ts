const LIFE_MILLISECONDS = 5_000;
const MOST_ENTRIES = 20_000;

interface Entry {
  readonly value: unknown;
  readonly readAt: number;
}

/**
 * What log-ins read from the directory, for at most five seconds: a change made here clears it at once, one made by
 * another process is seen when the entry has aged.
 */
export class DirectoryCache {
  #entries = new Map<string, Entry>();

  /** @param key names what `load` reads, its kind first: `organization <id>`. */
  async read<T>(key: string, now: Date, load: () => Promise<T>): Promise<T> {
    const at = now.getTime();
    const known = this.#entries.get(key);
    // A key always goes with the same loader, so the value has its type.
    if (known && at - known.readAt < LIFE_MILLISECONDS && at >= known.readAt) return known.value as T;
    const entries = this.#entries;
    const value = await load();
    if (entries.size >= MOST_ENTRIES) entries.clear();
    // Written to the map that was current before the read: a change in between has replaced it.
    entries.set(key, { value, readAt: at });
    return value;
  }

  clear(): void {
    this.#entries = new Map();
  }
}
