import { parentPort } from "node:worker_threads";

/** What a thread is asked; `id` comes back with the answer. */
export interface ThreadRequest<Task> {
  readonly id: number;
  readonly task: Task;
}

export type ThreadAnswer<Value> =
  | { readonly id: number; readonly value: Value }
  | { readonly id: number; readonly error: string };

/**
 * In a thread of `threadsOf()`: does what it is asked, one after the other, since two at once would take twice the
 * memory and end no sooner.
 */
export function answerRequests<Task, Value>(work: (task: Task) => Promise<Value> | Value): void {
  let last: Promise<void> = Promise.resolve();
  const answer = async ({ id, task }: ThreadRequest<Task>): Promise<ThreadAnswer<Value>> => {
    try {
      return { id, value: await work(task) };
    } catch (error) {
      return { id, error: String(error) };
    }
  };
  parentPort?.on("message", (request: ThreadRequest<Task>) => {
    last = last.then(async () => parentPort?.postMessage(await answer(request)));
  });
}
