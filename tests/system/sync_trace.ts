import { ok } from "node:assert/strict";
import { type Call, callsOf, isSuccessfulSync } from "./system_calls.ts";

/** The system calls that `answersAfterSync()` looks at, for strace, which is to name files (`-y`) and threads (`-f`). */
export const TRACED_CALLS =
  "fsync,fdatasync,pwrite64,pwritev,sendto,sendmsg,write,writev,recvfrom,recvmsg,read";

const RECEIVES = new Set(["recvfrom", "recvmsg", "read"]);
const SENDS = new Set(["sendto", "sendmsg", "write", "writev"]);
const WRITES = new Set(["pwrite64", "pwritev", "write", "writev"]);

/**
 * How many accounting packets were answered with success, each after the write-ahead log was written for it and synced:
 * a sync that began after the write began after the packet, and was over before the answer.
 */
export function answersAfterSync(trace: string): number {
  const calls = callsOf(trace);
  const isLog = ({ file }: Call) => file.endsWith("portico.db-wal");
  const writes = calls.filter((call) => WRITES.has(call.name) && isLog(call));
  const syncs = calls.filter((call) => isSuccessfulSync(call) && isLog(call))
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
