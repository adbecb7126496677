import { ok } from "node:assert/strict";

/** The system calls that `answersAfterSync()` looks at, for strace, which is to name files (`-y`) and threads (`-f`). */
export const TRACED_CALLS =
  "fsync,fdatasync,pwrite64,pwritev,sendto,sendmsg,write,writev,recvfrom,recvmsg,read";

/** One system call; places are lines of the trace. */
interface Call {
  readonly name: string;
  readonly descriptor: string;
  readonly file: string;
  readonly text: string;
  readonly begunAt: number;
  readonly endedAt: number;
}

const BEGUN = /^(\d+) +(\w+)\((\d+)<([^>]*)>/;
const RESUMED = /^(\d+) +<\.\.\. \w+ resumed>(.*)$/;
const RECEIVES = new Set(["recvfrom", "recvmsg", "read"]);
const SENDS = new Set(["sendto", "sendmsg", "write", "writev"]);
const WRITES = new Set(["pwrite64", "pwritev", "write", "writev"]);
const SYNCS = new Set(["fsync", "fdatasync"]);

/** Calls that take long stand in two lines, with those of other threads between them. In the order of their ends. */
function callsOf(trace: string): Call[] {
  const unfinished = new Map<string, Omit<Call, "endedAt">>();
  const calls: Call[] = [];
  for (const [index, line] of trace.split("\n").entries()) {
    const [, thread = "", rest = ""] = RESUMED.exec(line) ?? [];
    const before = unfinished.get(thread);
    if (before) {
      unfinished.delete(thread);
      calls.push({ ...before, text: before.text + rest, endedAt: index });
      continue;
    }
    const [, caller = "", name = "", descriptor = "", file = ""] = BEGUN.exec(line) ?? [];
    if (!name) continue;
    const call = { name, descriptor, file, text: line, begunAt: index };
    if (line.endsWith("<unfinished ...>")) unfinished.set(caller, call);
    else calls.push({ ...call, endedAt: index });
  }
  return calls;
}

/**
 * How many accounting packets were answered with success, each after the write-ahead log was written for it and synced:
 * a sync that began after the write began after the packet, and was over before the answer.
 */
export function answersAfterSync(trace: string): number {
  const calls = callsOf(trace);
  const isLog = ({ file }: Call) => file.endsWith("portico.db-wal");
  const writes = calls.filter((call) => WRITES.has(call.name) && isLog(call));
  const syncs = calls.filter((call) => SYNCS.has(call.name) && isLog(call) && /= 0$/.test(call.text))
    .map(({ begunAt, endedAt }) => ({
      endedAt,
      writtenAt: writes.findLast((write) => write.endedAt < begunAt)?.endedAt ?? -1,
    }));
  const receivedAt = new Map<string, number>();
  let answers = 0;
  for (const { name, descriptor, text, begunAt, endedAt } of calls) {
    if (RECEIVES.has(name) && text.includes("POST /api/v1/freeradius/accounting")) {
      receivedAt.set(descriptor, endedAt);
    }
    const since = receivedAt.get(descriptor);
    // Other requests are answered too.
    if (since === undefined || !SENDS.has(name) || !/HTTP\/1\.1 20[01]/.test(text)) continue;
    receivedAt.delete(descriptor);
    const isSynced = syncs.some((sync) => sync.endedAt < begunAt && sync.writtenAt > since);
    ok(
      isSynced,
      `answered before the sync: ${text}\n${trace.split("\n").slice(since, begunAt + 1).join("\n")}`,
    );
    answers++;
  }
  return answers;
}
