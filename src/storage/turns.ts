/** Lets one go after the other where they would only get in each other's way. */
export interface Turns {
  /** Runs `work` when everybody who named the same `key` before is done. */
  take<T>(key: string, work: () => Promise<T>): Promise<T>;
}

/** For one process: of many packets of one session each finds what the one before it wrote. */
export function processTurns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return {
    async take(key, work) {
      const before = last.get(key);
      const mine = before ? before.then(work, work) : work();
      last.set(key, mine);
      try {
        return await mine;
      } finally {
        if (last.get(key) === mine) last.delete(key);
      }
    },
  };
}

/** For Workers, where no request may wait for another's promise: compare-and-set alone decides. */
export const noTurns: Turns = { take: (_key, work) => work() };
