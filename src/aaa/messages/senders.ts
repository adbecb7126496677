import type { OutgoingMail, OutgoingSms } from "../../storage/outbox.ts";

/** What came of one attempt. A `reason` is for the log and names neither the recipient nor anything the message says. */
export type Delivery =
  | { readonly kind: "sent" }
  /** Certainly not delivered, and perhaps later: the gateway refused the connection, or told to come back. */
  | { readonly kind: "not_now"; readonly reason: string; readonly retryAfterSeconds?: number }
  /** The gateway does not take it, and never will. */
  | { readonly kind: "refused"; readonly reason: string }
  /** It was handed over and no answer came: nobody knows. */
  | { readonly kind: "unknown"; readonly reason: string };

export interface Attempt {
  /** The same in each attempt at one message. */
  readonly id: string;
  /** Ends the attempt at its deadline. */
  readonly signal: AbortSignal;
}

/** Hands a mail to whoever carries it. `attempt.id` becomes its Message-ID, so that a repetition can be told. */
export interface MailSender {
  send(mail: OutgoingMail, attempt: Attempt): Promise<Delivery>;
}

/** Hands a text message to a gateway: the organization's own where it has one. */
export interface SmsSender {
  send(sms: OutgoingSms, attempt: Attempt): Promise<Delivery>;
}
