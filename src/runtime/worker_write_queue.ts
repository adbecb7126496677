import type { InStatement, ResultSet } from "@libsql/client";
import {
  DEADLINE_MILLISECONDS,
  takeTogether,
  type WaitingWrite,
  type WriteQueue,
  writeTogether,
} from "./write_queue.ts";

const GLANCE_MILLISECONDS = 2;

type Outcome = { readonly results: ResultSet[] } | { readonly fault: unknown };

/**
 * For all requests of one isolate. A request may not wait for a promise that another one keeps (the runtime ends it as
 * hung), so each looks every 2 ms whether its write was done or whether the turn is free, and then writes for all that
 * wait, over its own connection.
 */
export function isolateWriteQueue(deadlineMilliseconds = DEADLINE_MILLISECONDS): WriteQueue {
  const waiting: WaitingWrite[] = [];
  let writingSince: number | undefined;

  return {
    async write(server, statements) {
      const mine = joinQueue(waiting, statements);
      for (;;) {
        const outcome = mine.outcome();
        if (outcome) return resultsOf(outcome);
        const now = performance.now();
        // Whoever has the turn for longer was ended by the runtime, and with it those that it wrote for.
        const free = writingSince === undefined || now - writingSince > 2 * deadlineMilliseconds;
        if (free && waiting.length) {
          writingSince = now;
          await writeTogether(server, takeTogether(waiting, deadlineMilliseconds));
          writingSince = undefined;
        } else if (now - mine.waitsSince > 2 * deadlineMilliseconds) {
          throw new Error("The request that wrote for this one was ended: whether it is stored is not known");
        } else {
          await new Promise((resolve) => setTimeout(resolve, GLANCE_MILLISECONDS));
        }
      }
    },
  };
}

function joinQueue(waiting: WaitingWrite[], statements: readonly InStatement[]) {
  let outcome: Outcome | undefined;
  const waitsSince = performance.now();
  waiting.push({
    statements,
    waitsSince,
    succeed: (results) => outcome = { results },
    fail: (fault) => outcome = { fault },
  });
  return { waitsSince, outcome: () => outcome };
}

function resultsOf(outcome: Outcome): ResultSet[] {
  if ("fault" in outcome) throw outcome.fault;
  return outcome.results;
}
