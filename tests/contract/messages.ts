/** A mail as it arrived. */
export interface SentMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** A text message as the gateway got it. */
export interface SentSms {
  readonly to: readonly string[];
  readonly body: string;
}

/** What a target has sent to whom, the oldest first. */
export interface Messages {
  /** Bodies of the text messages to a number, once there are so many; at least those that came in a moment. */
  sms(to: string, atLeast?: number): Promise<readonly string[]>;
  mails(to: string, atLeast?: number): Promise<readonly SentMail[]>;
}

/** Messages go out after the answer; this long after it none is expected any more. */
const MOMENT_MILLISECONDS = 100;
const PATIENCE_MILLISECONDS = 10_000;

/** @param read everything that was sent so far. */
export function messagesOf(
  read: () => Promise<{ readonly sms: readonly SentSms[]; readonly mails: readonly SentMail[] }>,
): Messages {
  async function until<T>(atLeast: number, look: () => Promise<readonly T[]>): Promise<readonly T[]> {
    if (!atLeast) await new Promise((resolve) => setTimeout(resolve, MOMENT_MILLISECONDS));
    const giveUpAt = performance.now() + PATIENCE_MILLISECONDS;
    for (;;) {
      const found = await look();
      if (found.length >= atLeast) return found;
      if (performance.now() > giveUpAt) {
        throw new Error(
          `${found.length} messages came instead of ${atLeast}: ${JSON.stringify(await read())}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  return {
    sms: (to, atLeast = 0) =>
      until(
        atLeast,
        async () => (await read()).sms.filter((sms) => sms.to.includes(to)).map(({ body }) => body),
      ),
    mails: (to, atLeast = 0) =>
      until(atLeast, async () => (await read()).mails.filter((mail) => mail.to === to)),
  };
}
