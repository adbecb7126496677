/** What happens again and later. Work reports its own faults. */
export interface Timers {
  /** @returns what ends it. */
  every(milliseconds: number, work: () => Promise<void>): () => void;
  after(milliseconds: number, work: () => Promise<void>): () => void;
}

export const timers: Timers = {
  every(milliseconds, work) {
    const timer = setInterval(() => void work(), milliseconds);
    return () => clearInterval(timer);
  },
  after(milliseconds, work) {
    const timer = setTimeout(() => void work(), milliseconds);
    return () => clearTimeout(timer);
  },
};
