import type { OutboxState } from "../../storage/schema/outbox.ts";

/** What became of an attempt at a message, for logs and metrics. */
export interface OutboxEvent {
  readonly kind: "mail" | "sms";
  /** The slug of the organization that sends it; null for mail. */
  readonly organization: string | null;
  /** `waiting`: another attempt follows. */
  readonly result: Exclude<OutboxState, "sending">;
  /** Why it was not delivered; never a word of the message. */
  readonly reason: string | null;
}
