import { openOutbox, type OutboxOptions } from "./deliver_outbox.ts";

/** The clock of the jobs looks every minute anyway. */
const LONGEST_SLEEP_MILLISECONDS = 60_000;

/** Delivery that goes on in this process. */
export interface RunningOutbox {
  /** Looks for messages that are due, soon after. */
  wake(): void;
  /** Begins nothing any more; resolves when what is under way has ended. */
  stop(): Promise<void>;
}

/** Delivers when it is woken, and when another attempt is due. */
export function runOutbox(options: OutboxOptions): RunningOutbox {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const outbox = openOutbox({
    ...options,
    isClosing: () => stopped,
    dueNext(at) {
      clearTimeout(timer);
      const sleep = Math.max(0, at.getTime() - options.now().getTime());
      if (!stopped) timer = setTimeout(outbox.wake, Math.min(sleep, LONGEST_SLEEP_MILLISECONDS));
    },
  });
  return {
    wake: outbox.wake,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await outbox.idle();
    },
  };
}

/** Delivers what is due, once: for programs that live as long as a request. */
export async function deliverDue(options: OutboxOptions): Promise<void> {
  const outbox = openOutbox(options);
  outbox.wake();
  await outbox.idle();
}
