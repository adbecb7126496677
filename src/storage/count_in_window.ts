import type { InStatement } from "@libsql/client";
import { and, eq, sql } from "drizzle-orm";
import { EXPECT_CHANGE, type Handle } from "./database.ts";
import { builder, compiled, given } from "./prepared.ts";
import { throttle } from "./schema/state.ts";

/** Something that is counted in fixed windows of time, by all processes that share the database. */
export interface Counted {
  readonly scope: string;
  readonly client: string;
  readonly windowSeconds: number;
}

/** How often it happened in the window, this time included, and when the next one begins. */
export interface WindowCount {
  readonly requests: number;
  readonly secondsLeft: number;
  /** Takes this time back. */
  readonly undo: InStatement;
}

const count = compiled(
  builder.insert(throttle).values({
    scope: given("scope"),
    client: given("client"),
    windowStart: given("windowStart"),
    windowSeconds: given("windowSeconds"),
    requests: 1,
  }).onConflictDoUpdate({
    target: [throttle.scope, throttle.client, throttle.windowStart],
    set: { requests: sql`requests + 1` },
  }).returning({ requests: throttle.requests }),
);
const discount = compiled(
  builder.update(throttle).set({ requests: sql`requests - 1` }).where(and(
    eq(throttle.scope, given("scope")),
    eq(throttle.client, given("client")),
    eq(throttle.windowStart, given("windowStart")),
  )),
);

const countUpTo = compiled(
  builder.insert(throttle).values({
    scope: given("scope"),
    client: given("client"),
    windowStart: given("windowStart"),
    windowSeconds: given("windowSeconds"),
    requests: 1,
  }).onConflictDoUpdate({
    target: [throttle.scope, throttle.client, throttle.windowStart],
    set: { requests: sql`requests + 1` },
    setWhere: sql`requests < ${given("most")}`,
  }),
);

/**
 * Counts in the same batch as what is counted, so that of many at once no more than `most` get through: when the window
 * is full the batch fails (`isConflict()`) and nothing is counted.
 *
 * @param most 1 or more.
 */
export function countAtMost(counted: Counted, most: number, now: Date): InStatement[] {
  const { windowStart } = windowAt(counted, now);
  return [countUpTo({ ...counted, windowStart, most }), EXPECT_CHANGE];
}

export async function countInWindow(state: Handle, counted: Counted, now: Date): Promise<WindowCount> {
  const { windowStart, secondsLeft } = windowAt(counted, now);
  const [result] = await state.$client.batch([count({ ...counted, windowStart })], "write");
  return {
    requests: Number(result?.rows[0]?.[0] ?? 0),
    secondsLeft,
    undo: discount({ ...counted, windowStart }),
  };
}

function windowAt({ windowSeconds }: Counted, now: Date) {
  const second = Math.floor(now.getTime() / 1000);
  const windowStart = second - second % windowSeconds;
  return { windowStart, secondsLeft: windowStart + windowSeconds - second };
}
