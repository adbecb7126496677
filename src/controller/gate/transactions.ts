/** A change of the table that can be one transaction with others. */
export interface Change {
  readonly text: string;
  /** What it is about: two changes with a common key are made in their order. */
  readonly keys: readonly string[];
  /** nft needs some ten milliseconds longer to end where elements go; what only adds does not wait for that. */
  readonly isSlow: boolean;
}

interface Waiting extends Change {
  done(): void;
  failed(fault: unknown): void;
}

/**
 * Makes changes in the kernel, all that wait as one: one transaction runs, and beside it one of those that only add.
 */
export class Transactions {
  readonly #run: (text: string) => Promise<void>;
  #waiting: Waiting[] = [];
  readonly #running = new Map<
    boolean,
    { readonly keys: ReadonlySet<string>; readonly ended: Promise<void> }
  >();

  constructor(run: (text: string) => Promise<void>) {
    this.#run = run;
  }

  /** @throws {Error} what the kernel had against it, or against one that it was put together with. */
  make(change: Change): Promise<void> {
    if (!change.text) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...change, done: resolve, failed: reject });
      this.#start();
    });
  }

  /** When nothing waits and nothing runs. */
  async idle(): Promise<void> {
    while (this.#running.size) await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  #start(): void {
    const held = new Set([...this.#running.values()].flatMap(({ keys }) => [...keys]));
    const chosen = new Map<boolean, Waiting[]>([[false, []], [true, []]]);
    // A key that is chosen for one of the two must not be in the other one, which may overtake it.
    const chosenBy = new Map<string, boolean>();
    this.#waiting = this.#waiting.filter((change) => {
      const { isSlow, keys } = change;
      const isFree = !this.#running.has(isSlow) &&
        keys.every((key) => !held.has(key) && (chosenBy.get(key) ?? isSlow) === isSlow);
      for (const key of keys) {
        if (isFree) chosenBy.set(key, isSlow);
        else held.add(key);
      }
      if (isFree) chosen.get(isSlow)?.push(change);
      return !isFree;
    });
    for (const [isSlow, changes] of chosen) {
      if (changes.length) this.#running.set(isSlow, this.#runAll(isSlow, changes));
    }
  }

  #runAll(isSlow: boolean, changes: readonly Waiting[]) {
    const keys = new Set(changes.flatMap((change) => change.keys));
    const ended = this.#run(changes.map(({ text }) => text).join("")).then(
      () => changes.forEach(({ done }) => done()),
      (fault) => changes.forEach(({ failed }) => failed(fault)),
    ).then(() => {
      this.#running.delete(isSlow);
      this.#start();
    });
    return { keys, ended };
  }
}
