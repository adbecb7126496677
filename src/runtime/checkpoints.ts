import type { CheckpointResult, CheckpointTask } from "./checkpoint_worker.ts";
import { type Threads, threadsOf } from "./threads.ts";

/** About what a commit writes into the log, and each batch of it more. */
const PAGES_OF_COMMIT = 8;
const PAGES_OF_BATCH = 4;
/** Between two: most of them more than once, and what is in the log twice is moved once. */
const PAGES = 14_000;
/** A log this long is begun anew, as soon as everything in it was moved; well before SQLite would, at 48,000. */
const LONG_PAGES = 16_000;

/**
 * Moves what was written to a database's log into its file, on a thread of its own: page by page it takes long, and the
 * sync that follows longer. Writing goes on meanwhile.
 */
export class Checkpoints {
  readonly #path: string;
  readonly #finish: () => void;
  readonly #threads: Threads<CheckpointTask, CheckpointResult> = threadsOf("checkpoint_worker", 1);
  #pages = 0;
  #isRunning = false;

  /** @param finish moves what little was written meanwhile: only a log of which everything was moved is begun anew. */
  constructor(path: string, finish: () => void) {
    this.#path = path;
    this.#finish = finish;
  }

  /** Says that so many batches more are in the log, by one commit. */
  committed(batches: number): void {
    this.#pages += PAGES_OF_COMMIT + batches * PAGES_OF_BATCH;
    if (this.#pages < PAGES || this.#isRunning) return;
    this.#pages = 0;
    this.#isRunning = true;
    // Without a thread the log grows until SQLite itself moves it, in the midst of a commit.
    this.#run().catch(() => {}).finally(() => this.#isRunning = false);
  }

  close(): void {
    void this.#threads.close();
  }

  async #run(): Promise<void> {
    const { pages } = await this.#threads.run({ path: this.#path });
    if (pages < LONG_PAGES) return;
    // What came meanwhile is moved there too, so that little is left that stops the event loop.
    await this.#threads.run({ path: this.#path });
    this.#finish();
  }
}
