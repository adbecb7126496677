import type { CheckpointResult, CheckpointTask } from "./checkpoint_worker.ts";
import { type Threads, threadsOf } from "./threads.ts";

/** Batches between two: about 4,000 pages, many of them more than once. */
const BATCHES = 1_000;
/** A log this long is begun anew, as soon as everything in it was moved; well before SQLite would, at 16,000. */
const LONG_PAGES = 6_000;

/**
 * Moves what was written to a database's log into its file, on a thread of its own: page by page it takes long, and the
 * sync that follows longer. Writing goes on meanwhile.
 */
export class Checkpoints {
  readonly #path: string;
  readonly #finish: () => void;
  readonly #threads: Threads<CheckpointTask, CheckpointResult> = threadsOf("checkpoint_worker", 1);
  #batches = 0;
  #isRunning = false;

  /** @param finish moves what little was written meanwhile: only a log of which everything was moved is begun anew. */
  constructor(path: string, finish: () => void) {
    this.#path = path;
    this.#finish = finish;
  }

  /** Says that so many batches more are in the log. */
  committed(batches: number): void {
    this.#batches += batches;
    if (this.#batches < BATCHES || this.#isRunning) return;
    this.#batches = 0;
    this.#isRunning = true;
    // Without a thread the log grows until SQLite itself moves it, in the midst of a commit.
    this.#run().catch(() => {}).finally(() => this.#isRunning = false);
  }

  close(): void {
    void this.#threads.close();
  }

  async #run(): Promise<void> {
    const { pages } = await this.#threads.run({ path: this.#path });
    if (pages >= LONG_PAGES) this.#finish();
  }
}
