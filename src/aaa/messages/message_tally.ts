import type { OutboxEvent } from "./outbox_event.ts";

const KINDS = ["mail", "sms"] as const;
const RESULTS = Object.keys(
  { sent: true, waiting: true, refused: true, expired: true, unknown: true } satisfies Record<
    OutboxEvent["result"],
    true
  >,
);

/** What this process has done about messages since it started. */
export class MessageTally {
  readonly #counts = new Map(
    KINDS.flatMap((kind) => RESULTS.map((result) => [`${kind} ${result}`, { kind, result, count: 0 }])),
  );

  count({ kind, result }: OutboxEvent): void {
    const counted = this.#counts.get(`${kind} ${result}`);
    if (counted) counted.count++;
  }

  /** Every combination, those that never happened too. */
  counts(): Iterable<{ readonly kind: string; readonly result: string; readonly count: number }> {
    return this.#counts.values();
  }
}
