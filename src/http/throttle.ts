import type { Context } from "hono";
import { sql } from "drizzle-orm";
import type { Deps } from "../deps.ts";
import { builder, compiled, given } from "../storage/prepared.ts";
import { throttle as counted } from "../storage/schema/state.ts";
import { clientAddress } from "./client_address.ts";
import { throttled } from "./problem.ts";

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

export interface Rate {
  readonly requests: number;
  readonly seconds: number;
}

const count = compiled(
  builder.insert(counted).values({
    scope: given("scope"),
    client: given("client"),
    windowStart: given("windowStart"),
    windowSeconds: given("seconds"),
    requests: 1,
  }).onConflictDoUpdate({
    target: [counted.scope, counted.client, counted.windowStart],
    set: { requests: sql`requests + 1` },
  }).returning({ requests: counted.requests }),
);

/**
 * Counts a request in the fixed window of its scope, for all processes that share the database.
 *
 * @param client a user's id; without one the client's address counts.
 * @throws {HttpProblem} 429 with `Retry-After` when the window is full.
 */
export async function throttle(deps: Deps, c: Context, scope: string, client?: string): Promise<void> {
  const rate = parseRate(deps.settings.throttleRates[scope]);
  if (!rate) return;
  const second = Math.floor(deps.now().getTime() / 1000);
  const windowStart = second - second % rate.seconds;
  const who = client ?? clientAddress(deps, c);
  const [result] = await deps.db.state.$client.batch(
    [count({ scope, client: who, windowStart, seconds: rate.seconds })],
    "write",
  );
  if (Number(result?.rows[0]?.[0] ?? 0) > rate.requests) throw throttled(windowStart + rate.seconds - second);
}

/** `400/hour`: only the unit's first letter counts. Null for no limit. */
export function parseRate(text: string | undefined): Rate | null {
  const [, requests, unit] = /^(\d+)\/([smhd])/.exec(text ?? "") ?? [];
  // The pattern lets through just these four letters.
  return unit ? { requests: Number(requests), seconds: SECONDS[unit as keyof typeof SECONDS] } : null;
}
