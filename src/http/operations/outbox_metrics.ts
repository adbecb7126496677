import type { Deps } from "../../deps.ts";
import { Counter, gaugesLines } from "./prometheus_text.ts";

const RECOUNT_MILLISECONDS = 10_000;

interface Waiting {
  readonly kind: string;
  readonly count: number;
}

/** What became of messages, and how many still wait. */
export function outboxMetrics(deps: Deps): () => Promise<string[]> {
  const waiting = recountedWaiting(deps);
  return async () => {
    const counts = await waiting();
    return [
      ...attempts(deps),
      ...gaugesLines({
        name: "portico_outbox_waiting",
        help: "Mails and text messages that are still to be delivered, counted at most every 10 seconds",
      }, counts.map(({ kind, count }) => [{ kind }, count])),
    ];
  };
}

function attempts({ messageTally }: Deps): Iterable<string> {
  const counter = new Counter({
    name: "portico_messages_total",
    help:
      "Attempts to send a mail or a text message, by what came of them; after waiting another one follows",
  });
  for (const { kind, result, count } of messageTally.counts()) counter.tally({ kind, result }).count = count;
  return counter.lines();
}

/** Rows that wait are few, and an index holds nothing else. What is left of a count that fails is the last one. */
function recountedWaiting({ db, now, reportFault }: Deps): () => Promise<readonly Waiting[]> {
  let counts: readonly Waiting[] = [];
  let countedAt = -Infinity;
  return async () => {
    const at = now().getTime();
    if (Math.abs(at - countedAt) < RECOUNT_MILLISECONDS) return counts;
    countedAt = at;
    try {
      const { rows } = await db.state.$client.execute(
        "select sum(kind = 'mail'), sum(kind = 'sms') from outbox where settled_at is null",
      );
      const [mails, texts] = [Number(rows[0]?.[0] ?? 0), Number(rows[0]?.[1] ?? 0)];
      counts = [{ kind: "mail", count: mails }, { kind: "sms", count: texts }];
    } catch (fault) {
      reportFault(fault);
    }
    return counts;
  };
}
