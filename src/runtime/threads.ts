import { setTimeout } from "node:timers";
import { Worker } from "node:worker_threads";
import type { ThreadAnswer, ThreadRequest } from "./thread_answers.ts";

/** Threads for what would keep the event loop waiting. */
export interface Threads<Task, Value> {
  /** @throws {Error} what the thread threw, or that it ended. */
  run(task: Task): Promise<Value>;
  /** Ends the threads; what still runs is rejected. */
  close(): Promise<void>;
}

interface Pending<Value> {
  resolve(value: Value): void;
  reject(error: Error): void;
}

interface Thread<Value> {
  readonly worker: Worker;
  readonly pending: Map<number, Pending<Value>>;
}

/** An idle thread keeps its memory, of WebAssembly what the dearest hash took. */
const IDLE_MS = 10_000;

/**
 * Where a thread's script is: beside its source while run from source; in the compiled binary, where every module is in
 * one file, at its path below the root that the build gives its entry points.
 */
function scriptAt(name: string): URL {
  return new URL(
    import.meta.url.endsWith(".ts") ? `./${name}.ts` : `./runtime/${name}.js`,
    import.meta.url,
  );
}

/**
 * Starts up to `most` threads when they are needed; none keeps the process alive unless it works.
 *
 * @param script the name of a file here whose thread `answerRequests()`; `build/binary.ts` lists it too.
 */
export function threadsOf<Task, Value>(
  script: "hash_worker",
  most: number,
): Threads<Task, Value> {
  const threads = new Set<Thread<Value>>();
  let lastId = 0;
  let idle: NodeJS.Timeout | undefined;

  function start(): Thread<Value> {
    const thread: Thread<Value> = { worker: new Worker(scriptAt(script)), pending: new Map() };
    thread.worker.on("message", (answer: ThreadAnswer<Value>) => settle(thread, answer));
    thread.worker.on(
      "error",
      (error) => drop(thread, error instanceof Error ? error : new Error(String(error))),
    );
    thread.worker.on("exit", () => drop(thread, new Error(`A thread of ${script} ended`)));
    threads.add(thread);
    return thread;
  }

  function settle(thread: Thread<Value>, answer: ThreadAnswer<Value>): void {
    const pending = thread.pending.get(answer.id);
    thread.pending.delete(answer.id);
    if (thread.pending.size === 0) thread.worker.unref();
    if ("error" in answer) pending?.reject(new Error(answer.error));
    else pending?.resolve(answer.value);
    endWhenIdle();
  }

  function drop(thread: Thread<Value>, error: Error): void {
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

  function leastBusy(): Thread<Value> {
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
        worker.postMessage({ id, task } satisfies ThreadRequest<Task>);
      });
    },
    close,
  };
}
