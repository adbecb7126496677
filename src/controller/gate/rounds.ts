/** Work that serves all who asked before it began; for whoever asks while it runs, the next round does. */
export class Rounds<T> {
  readonly #work: () => Promise<T>;
  #running: Promise<unknown> = Promise.resolve();
  #next: Promise<T> | null = null;

  constructor(work: () => Promise<T>) {
    this.#work = work;
  }

  /** @returns what a round gave that began after this call. */
  next(): Promise<T> {
    this.#next ??= this.#running.catch(() => {}).then(() => {
      this.#running = this.#next ?? Promise.resolve();
      this.#next = null;
      return this.#work();
    });
    return this.#next;
  }
}
