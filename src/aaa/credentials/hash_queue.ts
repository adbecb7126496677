import type { Algorithm } from "./formats/stored_hash.ts";

export interface HashJob<T> {
  readonly algorithm: Algorithm;
  /** As the format says; the queue learns what it takes on this machine. */
  readonly typicalMs: number;
  /** Asked when its turn has come: what others found meanwhile, and makes hashing needless. */
  answered(): T | undefined;
  run(): Promise<T>;
}

/** Lets few hashes run at a time, since more only make each of them slower and take memory. */
export interface HashQueue {
  /** How long a log-in's job handed in now would wait for its turn. */
  waitMs(): number;
  /** Jobs that wait for their turn, those that nobody waits for included. */
  waiting(): number;
  /** Somebody waits for this one: first come, first served. */
  now<T>(job: HashJob<T>): Promise<T>;
  /** Nobody waits: runs when no log-in does, and after every eighth, so that it runs at all. */
  later<T>(job: HashJob<T>): Promise<T>;
}

interface Turn {
  readonly algorithm: Algorithm;
  readonly typicalMs: number;
  /** Undefined when no hash is needed any more; what is returned never rejects. */
  start(): Promise<void> | undefined;
}

const LOGINS_BEFORE_ONE_IN_BACKGROUND = 8;
/** How far one measurement moves the estimate, and what it counts for at most, so that a pause of the
 * machine turns nobody away. */
const WEIGHT_OF_NEWEST = 0.2;
const MOST_OF_KNOWN = 4;
/** A shorter hash tells more about the way to it and back than about the machine. */
const SHORTEST_MEASURED_MS = 10;

/**
 * @param parallel how many hashes may run at a time.
 * @param stopwatchMs milliseconds since any fixed moment, never going back; without it every hash is
 * expected to take what is typical.
 */
export function hashQueue(parallel: number, stopwatchMs: (() => number) | undefined): HashQueue {
  const logins: Turn[] = [];
  const background: Turn[] = [];
  const running = new Map<Turn, number>();
  const slowness = new Map<Algorithm, number>();
  let loginsInARow = 0;

  const expectedMs = ({ algorithm, typicalMs }: Turn) => typicalMs * (slowness.get(algorithm) ?? 1);

  function next(): Turn | undefined {
    const backgroundsTurn = logins.length === 0 || loginsInARow >= LOGINS_BEFORE_ONE_IN_BACKGROUND;
    if (backgroundsTurn && background.length > 0) {
      loginsInARow = 0;
      return background.shift();
    }
    loginsInARow++;
    return logins.shift();
  }

  function startWhatMayRun(): void {
    while (running.size < parallel) {
      const turn = next();
      if (!turn) return;
      const startedAt = stopwatchMs?.() ?? 0;
      const hashed = turn.start();
      if (!hashed) continue;
      running.set(turn, startedAt);
      hashed.then(() => {
        if (stopwatchMs) learn(turn, stopwatchMs() - startedAt);
        running.delete(turn);
        startWhatMayRun();
      });
    }
  }

  function learn({ algorithm, typicalMs }: Turn, tookMs: number): void {
    if (typicalMs < SHORTEST_MEASURED_MS) return;
    const known = slowness.get(algorithm) ?? 1;
    const newest = Math.min(tookMs / typicalMs, known * MOST_OF_KNOWN);
    slowness.set(algorithm, known + (newest - known) * WEIGHT_OF_NEWEST);
  }

  function add<T>(turns: Turn[], { algorithm, typicalMs, answered, run }: HashJob<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      function start(): Promise<void> | undefined {
        const answer = answered();
        if (answer === undefined) return run().then(resolve, reject);
        resolve(answer);
      }
      turns.push({ algorithm, typicalMs, start });
      startWhatMayRun();
    });
  }

  return {
    waitMs() {
      if (running.size < parallel) return 0;
      let aheadMs = 0;
      for (const [turn, startedAt] of running) {
        aheadMs += Math.max(0, expectedMs(turn) - ((stopwatchMs?.() ?? 0) - startedAt));
      }
      for (const turn of logins) aheadMs += expectedMs(turn);
      return aheadMs / parallel;
    },
    waiting: () => logins.length + background.length,
    now: (job) => add(logins, job),
    later: (job) => add(background, job),
  };
}
