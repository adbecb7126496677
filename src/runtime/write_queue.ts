import { type Client, type InStatement, LibsqlError, type ResultSet } from "@libsql/client/http";

/** Longest that one call to the server may take. Of sqld itself a write transaction may take 5 s. */
export const DEADLINE_MILLISECONDS = 10_000;
/** More statements than this are not sent as one transaction. */
const MOST_TOGETHER = 500;

/**
 * The one way by which writes reach a libSQL server: one call in flight, because sqld slows to a crawl, or stops
 * writing for good, when many clients write at once.
 */
export interface WriteQueue {
  /** Writes these atomically; resolves after the commit. */
  readonly write: (server: Client, statements: readonly InStatement[]) => Promise<ResultSet[]>;
}

/** Statements that stand or fall together, waiting for their turn. */
export interface WaitingWrite {
  readonly statements: readonly InStatement[];
  /** By `performance.now()`. */
  readonly waitsSince: number;
  readonly succeed: (results: ResultSet[]) => void;
  readonly fail: (fault: unknown) => void;
}

/** For one process with one connection. What arrives while a write is under way goes as one transaction after it. */
export function processWriteQueue(deadlineMilliseconds: number): WriteQueue {
  const waiting: WaitingWrite[] = [];
  let writing = false;

  async function writeWaiting(server: Client): Promise<void> {
    writing = true;
    // What is asked for in the same turn goes in the same transaction.
    await Promise.resolve();
    while (waiting.length) await writeTogether(server, takeTogether(waiting, deadlineMilliseconds));
    writing = false;
  }

  return {
    write: (server, statements) =>
      new Promise((succeed, fail) => {
        waiting.push({ statements, waitsSince: performance.now(), succeed, fail });
        if (!writing) void writeWaiting(server);
      }),
  };
}

/** Takes from the front as many as fit into one transaction; those that waited too long fail. */
export function takeTogether(waiting: WaitingWrite[], deadlineMilliseconds: number): WaitingWrite[] {
  const taken: WaitingWrite[] = [];
  let statements = 0;
  for (let next = waiting[0]; next; next = waiting[0]) {
    if (taken.length && statements + next.statements.length > MOST_TOGETHER) break;
    waiting.shift();
    if (performance.now() - next.waitsSince > deadlineMilliseconds) {
      next.fail(new LibsqlError("The database did not get to this write in time", "TIMEOUT"));
      continue;
    }
    taken.push(next);
    statements += next.statements.length;
  }
  return taken;
}

/** Sends all as one transaction; when a statement is refused, each by itself. Never throws: each one is told. */
export async function writeTogether(server: Client, writes: readonly WaitingWrite[]): Promise<void> {
  const [first] = writes;
  if (!first) return;
  if (writes.length === 1) return await writeOne(server, first);
  try {
    const results = await server.batch(writes.flatMap(({ statements }) => statements), "write");
    let from = 0;
    for (const { statements, succeed } of writes) succeed(results.slice(from, from += statements.length));
  } catch (fault) {
    // Anything but a refused statement leaves open what happened: trying again could do it twice.
    if (!isRefusedStatement(fault)) return writes.forEach(({ fail }) => fail(fault));
    for (const write of writes) await writeOne(server, write);
  }
}

async function writeOne(server: Client, { statements, succeed, fail }: WaitingWrite): Promise<void> {
  const [only] = statements;
  try {
    if (only && statements.length === 1) succeed([await server.execute(only)]);
    else succeed(await server.batch([...statements], "write"));
  } catch (fault) {
    fail(fault);
  }
}

/** SQL that failed, or a request that the server could not read: either way nothing was done. */
function isRefusedStatement(fault: unknown): boolean {
  if (!(fault instanceof LibsqlError)) return false;
  const { cause } = fault;
  return fault.code.startsWith("SQL") ||
    (cause instanceof Error && "status" in cause && cause.status === 400);
}
