import type { SessionContext } from "./session_context.ts";

/** Clocks that are drawn slowly to the right time differ by less. */
const LEAST_STEP_MILLISECONDS = 500;

/**
 * A time of day that notices when it is set: a box without a clock of its own starts in 1970, and is told the time when
 * it is on the internet.
 *
 * @param uptime milliseconds on a clock that nobody sets.
 * @param wasSet is called before the new time is told, with how far the clock was set; negative is back.
 */
export function settableClock(
  now: () => Date,
  uptime: () => number,
  wasSet: (milliseconds: number) => void,
): () => Date {
  let ahead = now().getTime() - uptime();
  return () => {
    const at = now();
    const step = at.getTime() - uptime() - ahead;
    if (Math.abs(step) >= LEAST_STEP_MILLISECONDS) {
      ahead += step;
      wasSet(step);
    }
    return at;
  };
}

/** Everything lasts as long as it did. A terminate time alone is a time of day. */
export function followClock({ stations }: Pick<SessionContext, "stations">, milliseconds: number): void {
  for (const record of stations.all()) {
    record.seenAt += milliseconds;
    const { challenge, session } = record;
    if (challenge) record.challenge = { ...challenge, madeAt: challenge.madeAt + milliseconds };
    session?.shift(milliseconds);
  }
}
