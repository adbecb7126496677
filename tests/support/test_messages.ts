import type { Delivery } from "../../src/aaa/messages/senders.ts";
import { openOutbox, type Outbox, type OutboxOptions } from "../../src/jobs/deliver_outbox.ts";
import type { OutgoingMail, OutgoingSms } from "../../src/storage/outbox.ts";
import type { OrganizationId } from "../../src/values/organization_id.ts";
import type { MemoryVenue } from "./memory_venue.ts";

const ORGANIZATION = "01a202b7-b1e1-7260-813b-d5f90e3112d8" as OrganizationId;

export function testSms(body: string, changes: Partial<OutgoingSms> = {}): OutgoingSms {
  return {
    organization: { id: ORGANIZATION, slug: "alpha", hasOwnGateway: false },
    to: "+393665243702",
    body,
    from: "Alpha",
    metaData: null,
    expiresAt: null,
    ...changes,
  };
}

export function testMail(subject: string, changes: Partial<OutgoingMail> = {}): OutgoingMail {
  return {
    to: "ada@example.org",
    from: null,
    subject,
    text: `${subject} as text`,
    html: `<p>${subject}</p>`,
    validSeconds: null,
    ...changes,
  };
}

/** A message that was handed to a sender. */
export interface Handed {
  readonly id: string;
  /** A text message's body, a mail's subject. */
  readonly words: string;
}

/** A process that delivers a venue's messages, each as `answer` says. */
export function postman(
  venue: MemoryVenue,
  answer: (words: string) => Delivery | Promise<Delivery>,
  options: Partial<OutboxOptions> = {},
): Outbox & { readonly handed: Handed[]; readonly events: string[]; deliver(): Promise<void> } {
  const handed: Handed[] = [];
  const events: string[] = [];
  const take = async (words: string, id: string) => {
    handed.push({ id, words });
    return await answer(words);
  };
  const outbox = openOutbox({
    ...venue.deps,
    mail: { send: ({ subject }, { id }) => take(subject, id) },
    sms: { send: ({ body }, { id }) => take(body, id) },
    observe: ({ kind, result, reason }) => events.push([kind, result, reason ?? ""].join(" ").trim()),
    ...options,
  });
  return {
    ...outbox,
    handed,
    events,
    async deliver() {
      outbox.wake();
      await outbox.idle();
    },
  };
}
