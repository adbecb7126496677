import type { Deps } from "../../deps.ts";
import type { Handle } from "../../storage/database.ts";
import { probeWrite } from "../../storage/write_probe.ts";

export type PartHealth = "ok" | "failed" | "too slow";

/** Whether each kind of data can be written. */
export interface Health {
  readonly directory: PartHealth;
  readonly ledger: PartHealth;
  readonly state: PartHealth;
}

const DEADLINE_MILLISECONDS = 2_000;
/** Whoever asks again within this time hears the same, so that asking is no load. */
const FRESH_MILLISECONDS = 1_000;
/** Writes that have been under way for longer were given up with the request that began them. */
const LOST_MILLISECONDS = 30_000;
const GLANCE_MILLISECONDS = 10;

interface Round {
  readonly begunAt: number;
  /** Undefined until it is known, at the latest after the deadline. */
  health?: Health;
  /** False while a write is still under way, which may be after the deadline. */
  settled: boolean;
}

/**
 * Tries to write to directory, ledger and state: at most once a second, and never while the last try is under way.
 * Those who ask meanwhile wait for what the first one finds. They look every 10 ms: on Workers a request may not wait
 * for a promise that another one keeps.
 */
export function healthProbe(deps: Deps): () => Promise<Health> {
  let last: Round | undefined;

  return async () => {
    const now = deps.now().getTime();
    if (!last || isOver(last, now)) {
      const round: Round = { begunAt: now, settled: false };
      last = round;
      return await carryOut(deps, round);
    }
    const round = last;
    for (let waited = 0; waited < DEADLINE_MILLISECONDS; waited += GLANCE_MILLISECONDS) {
      if (round.health) return round.health;
      await new Promise((resolve) => setTimeout(resolve, GLANCE_MILLISECONDS));
    }
    return round.health ?? { directory: "too slow", ledger: "too slow", state: "too slow" };
  };
}

function isOver({ settled, begunAt }: Round, now: number): boolean {
  const age = Math.abs(now - begunAt);
  return settled ? age >= FRESH_MILLISECONDS : age >= LOST_MILLISECONDS;
}

async function carryOut(deps: Deps, round: Round): Promise<Health> {
  const { db } = deps;
  const writes = new Map<Handle, Promise<PartHealth>>();
  for (const handle of new Set([db.directory, db.ledger, db.state])) {
    writes.set(handle, tryToWrite(deps, handle));
  }
  deps.inBackground(
    Promise.all(writes.values()).then(() => {
      round.settled = true;
    }),
  );
  const { passed, stop } = deadline();
  const of = (handle: Handle) => Promise.race([writes.get(handle) ?? passed, passed]);
  const [directory, ledger, state] = await Promise.all([of(db.directory), of(db.ledger), of(db.state)]);
  stop();
  round.health = { directory, ledger, state };
  return round.health;
}

async function tryToWrite({ now, reportFault }: Deps, handle: Handle): Promise<PartHealth> {
  try {
    await probeWrite(handle, now());
    return "ok";
  } catch (fault) {
    reportFault(fault);
    return "failed";
  }
}

function deadline(): { readonly passed: Promise<PartHealth>; readonly stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const passed = new Promise<PartHealth>((resolve) => {
    timer = setTimeout(() => resolve("too slow"), DEADLINE_MILLISECONDS);
  });
  return { passed, stop: () => clearTimeout(timer) };
}
