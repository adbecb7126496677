import type { Context } from "hono";
import type { Deps } from "../deps.ts";
import { countInWindow } from "../storage/count_in_window.ts";
import { clientSubscriber } from "./client_address.ts";
import { throttled } from "./problem.ts";

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

interface Rate {
  readonly requests: number;
  readonly seconds: number;
}

/**
 * Counts a request in the fixed window of its scope, for all processes that share the database.
 *
 * @param client a user's id; without one the client's address counts.
 * @throws {HttpProblem} 429 with `Retry-After` when the window is full.
 */
export async function throttle(deps: Deps, c: Context, scope: string, client?: string): Promise<void> {
  const rate = parseRate(deps.settings.throttleRates[scope]);
  if (!rate) return;
  const counted = { scope, client: client ?? clientSubscriber(deps, c), windowSeconds: rate.seconds };
  const { requests, secondsLeft } = await countInWindow(deps.db.state, counted, deps.now());
  if (requests > rate.requests) throw throttled(secondsLeft);
}

/** `400/hour`: only the unit's first letter counts. Null for no limit. */
function parseRate(text: string | undefined): Rate | null {
  const [, requests, unit] = /^(\d+)\/([smhd])/.exec(text ?? "") ?? [];
  // The pattern lets through just these four letters.
  return unit ? { requests: Number(requests), seconds: SECONDS[unit as keyof typeof SECONDS] } : null;
}
