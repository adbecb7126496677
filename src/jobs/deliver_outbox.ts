import type { OutboxEvent } from "../aaa/messages/outbox_event.ts";
import type { Attempt, Delivery, MailSender, SmsSender } from "../aaa/messages/senders.ts";
import type { Database } from "../storage/database.ts";
import { type OutgoingMail, type OutgoingSms, randomHex, type Seal, unseal } from "../storage/outbox.ts";
import { fromSqlDateTime } from "../values/sql_date_time.ts";
import {
  type ClaimedMessage,
  claimMessage,
  type DueMessage,
  dueMessages,
  LANE_ROWS,
  readSealed,
  recordAttempt,
  settleMessage,
} from "./outbox_rows.ts";

/** Attempts of one lane at the same time. */
const LANE_ATTEMPTS = 8;
/** Longest an attempt may take. SMTP servers are slow on purpose when they do not know somebody. */
const DEADLINE_MILLISECONDS = { mail: 60_000, sms: 15_000 };

export interface OutboxOptions extends Seal {
  readonly db: Database;
  readonly mail: MailSender;
  readonly sms: SmsSender;
  readonly now: () => Date;
  readonly reportFault: (fault: unknown) => void;
  readonly observe: (event: OutboxEvent) => void;
  /** No further attempt begins. */
  readonly isClosing?: () => boolean;
  /** Called after each look with the moment when there is more to do. */
  readonly dueNext?: (at: Date) => void;
  readonly deadlineMilliseconds?: { readonly mail: number; readonly sms: number };
}

/** Delivers messages; any number of these may work on one database. */
export interface Outbox {
  /** Looks for messages that are due, soon after. */
  wake(): void;
  /** Resolves when nothing is under way here any more. */
  idle(): Promise<void>;
}

interface Lane {
  /** Seen to be due, the oldest first. */
  waiting: DueMessage[];
  /** There may be more of them than were looked at, or one of them is due again later. */
  again: boolean;
  readonly underWay: Set<string>;
}

/**
 * Delivers what is due. Each attempt first claims its row by compare-and-set, so that of several processes one sends;
 * lanes wait for nobody but themselves.
 */
export function openOutbox(options: OutboxOptions): Outbox {
  const lanes = new Map<string, Lane>();
  const work = new Set<Promise<void>>();
  let looking = false;
  let lookAgain = false;

  function wake(): void {
    if (options.isClosing?.()) return;
    lookAgain = true;
    if (!looking) track(look());
  }

  async function look(): Promise<void> {
    looking = true;
    try {
      while (lookAgain) {
        lookAgain = false;
        const { due, nextAt } = await dueMessages(options.db, options.now());
        for (const [name, messages] of Map.groupBy(due, ({ lane }) => lane)) fillLane(name, messages);
        if (nextAt) options.dueNext?.(nextAt);
      }
    } finally {
      looking = false;
    }
  }

  function fillLane(name: string, messages: readonly DueMessage[]): void {
    const lane: Lane = lanes.get(name) ?? { waiting: [], again: false, underWay: new Set() };
    lanes.set(name, lane);
    lane.waiting = messages.filter(({ id }) => !lane.underWay.has(id));
    lane.again ||= messages.length === LANE_ROWS;
    proceed(name, lane);
  }

  function proceed(name: string, lane: Lane): void {
    if (options.isClosing?.()) lane.waiting = [];
    while (lane.underWay.size < LANE_ATTEMPTS) {
      const message = lane.waiting.shift();
      if (!message) break;
      lane.underWay.add(message.id);
      track(
        deliver(options, message).then((result) => {
          lane.again ||= result === "waiting";
        }).finally(() => {
          lane.underWay.delete(message.id);
          proceed(name, lane);
        }),
      );
    }
    if (lane.waiting.length) return;
    if (lane.again) wake();
    lane.again = false;
    if (!lane.underWay.size) lanes.delete(name);
  }

  function track(promise: Promise<void>): void {
    const done = promise.catch(options.reportFault).finally(() => work.delete(done));
    work.add(done);
  }

  return {
    wake,
    async idle() {
      while (work.size) await Promise.all(work);
    },
  };
}

/** Null where it is another process that knows what became of the message. */
async function deliver(options: OutboxOptions, message: DueMessage): Promise<OutboxEvent["result"] | null> {
  const { db, now, observe } = options;
  const { kind } = message;
  const end = async (result: "expired" | "unknown", reason: string) => {
    const organization = organizationOf(options, kind, await readSealed(db, message));
    if (!await settleMessage(db, message, result, reason, now())) return null;
    observe({ kind, organization, result, reason });
    return result;
  };
  if (fromSqlDateTime(message.expiresAt) <= now()) return await end("expired", "its time was over");
  if (message.state === "sending" && kind === "sms") {
    return await end("unknown", "the program ended during the attempt");
  }
  const claimed = await claimMessage(db, message, randomHex(options, 8), now());
  if (!claimed) return null;
  const delivery = await attempt(options, claimed);
  const result = await recordAttempt(db, claimed, delivery, now());
  if (result) {
    const organization = organizationOf(options, kind, claimed.sealed);
    observe({ kind, organization, result, reason: delivery.kind === "sent" ? null : delivery.reason });
  }
  return result;
}

async function attempt(options: OutboxOptions, message: ClaimedMessage): Promise<Delivery> {
  const { mail, sms, deadlineMilliseconds = DEADLINE_MILLISECONDS } = options;
  const text = unseal(options, message.sealed);
  if (text === undefined) return { kind: "refused", reason: "it was sealed with another secret key" };
  const content: unknown = JSON.parse(text, revive);
  return await within(deadlineMilliseconds[message.kind], async (signal) => {
    const { id } = message;
    // enqueueMail() and enqueueSms() sealed it.
    if (message.kind === "mail") return await mail.send(content as OutgoingMail, { id, signal });
    return await sms.send(content as OutgoingSms, { id, signal });
  });
}

function organizationOf(seal: Seal, kind: OutboxEvent["kind"], sealed: string | null): string | null {
  const text = kind === "sms" && sealed !== null ? unseal(seal, sealed) : undefined;
  // enqueueSms() sealed it.
  return text === undefined ? null : (JSON.parse(text) as OutgoingSms).organization.slug;
}

function revive(key: string, value: unknown): unknown {
  return key === "expiresAt" && typeof value === "string" ? new Date(value) : value;
}

/** Nothing that a sender throws is shown: it may hold an address with the message in it. */
async function within(
  milliseconds: number,
  send: (signal: Attempt["signal"]) => Promise<Delivery>,
): Promise<Delivery> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<Delivery>((resolve) => {
    timer = setTimeout(() => {
      resolve({ kind: "unknown", reason: `no answer within ${milliseconds / 1_000} s` });
      controller.abort();
    }, milliseconds);
  });
  const sent = send(controller.signal).catch((fault): Delivery => ({
    kind: "unknown",
    reason: `the sender failed (${fault instanceof Error ? fault.name : "no error"})`,
  }));
  const delivery = await Promise.race([sent, deadline]);
  clearTimeout(timer);
  return delivery;
}
