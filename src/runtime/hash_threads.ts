import { setTimeout } from "node:timers";
import { Worker } from "node:worker_threads";
import type { Argon2Task, BcryptTask, HashAnswer, HashRequest } from "./hash_worker.ts";

/** Threads for what would keep the event loop waiting. */
export interface HashThreads {
  /** @throws {Error} what the thread threw, or that it ended. */
  run(task: Argon2Task | BcryptTask): Promise<Uint8Array | boolean>;
  /** Ends the threads; what still runs is rejected. */
  close(): Promise<void>;
}

interface Pending {
  resolve(value: Uint8Array | boolean): void;
  reject(error: Error): void;
}

interface Thread {
  readonly worker: Worker;
  readonly pending: Map<number, Pending>;
}

/** WebAssembly memory never shrinks: an idle thread would keep what the dearest hash took. */
const IDLE_MS = 10_000;

/**
 * Beside its source while run from source; in the compiled binary, where every module is in one file, at
 * its path below the root that the build gives its entry points.
 */
const WORKER_URL = new URL(
  import.meta.url.endsWith(".ts") ? "./hash_worker.ts" : "./runtime/hash_worker.js",
  import.meta.url,
);

/** Starts up to `most` threads when they are needed; none keeps the process alive unless it works. */
export function hashThreads(most: number): HashThreads {
  const threads = new Set<Thread>();
  let lastId = 0;
  let idle: NodeJS.Timeout | undefined;

  function start(): Thread {
    const thread: Thread = { worker: new Worker(WORKER_URL), pending: new Map() };
    thread.worker.on("message", (answer: HashAnswer) => settle(thread, answer));
    thread.worker.on(
      "error",
      (error) => drop(thread, error instanceof Error ? error : new Error(String(error))),
    );
    thread.worker.on("exit", () => drop(thread, new Error("The hashing thread ended")));
    threads.add(thread);
    return thread;
  }

  function settle(thread: Thread, answer: HashAnswer): void {
    const pending = thread.pending.get(answer.id);
    thread.pending.delete(answer.id);
    if (thread.pending.size === 0) thread.worker.unref();
    if ("error" in answer) pending?.reject(new Error(answer.error));
    else pending?.resolve(answer.value);
    endWhenIdle();
  }

  function drop(thread: Thread, error: Error): void {
    threads.delete(thread);
    for (const { reject } of thread.pending.values()) reject(error);
    thread.pending.clear();
  }

  async function close(): Promise<void> {
    clearTimeout(idle);
    const ended = [...threads];
    threads.clear();
    await Promise.all(ended.map(({ worker }) => worker.terminate()));
  }

  function endWhenIdle(): void {
    clearTimeout(idle);
    if ([...threads].some(({ pending }) => pending.size > 0)) return;
    idle = setTimeout(close, IDLE_MS);
    idle.unref();
  }

  function leastBusy(): Thread {
    const [thread] = [...threads].sort((a, b) => a.pending.size - b.pending.size);
    if (thread && (thread.pending.size === 0 || threads.size >= most)) return thread;
    return start();
  }

  return {
    run(task) {
      clearTimeout(idle);
      const { worker, pending } = leastBusy();
      const id = ++lastId;
      worker.ref();
      return new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject });
        worker.postMessage({ id, task } satisfies HashRequest);
      });
    },
    close,
  };
}
