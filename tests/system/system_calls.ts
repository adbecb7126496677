/** One system call on a file; places are lines of the trace. */
export interface Call {
  readonly thread: string;
  readonly name: string;
  /** Empty for a call that names the file. */
  readonly descriptor: string;
  /** Its path; "(deleted)" follows it when it is there no more. */
  readonly file: string;
  readonly text: string;
  readonly begunAt: number;
  readonly endedAt: number;
}

const BEGUN = /^(\d+) +(\w+)\((?:(\d+)<([^>]*)>(\(deleted\))?|"([^"]*)")/;
const UNFINISHED = / <unfinished \.\.\.>$/;
const RESUMED = /^(\d+) +<\.\.\. \w+ resumed>(.*)$/;

/**
 * What a program did, in the order in which the calls ended. Calls that take long stand in two lines, with those of
 * other threads between them.
 *
 * @param trace of strace, which is to name files (`-y`) and threads (`-f`, `-o`).
 */
export function callsOf(trace: string): Call[] {
  const unfinished = new Map<string, Omit<Call, "endedAt">>();
  const calls: Call[] = [];
  for (const [index, line] of trace.split("\n").entries()) {
    const [, resumed = "", rest = ""] = RESUMED.exec(line) ?? [];
    const before = unfinished.get(resumed);
    if (before) {
      unfinished.delete(resumed);
      calls.push({ ...before, text: before.text + rest, endedAt: index });
      continue;
    }
    const [, thread = "", name = "", descriptor = "", path = "", deleted = "", named = ""] =
      BEGUN.exec(line) ?? [];
    if (!name) continue;
    const text = line.replace(UNFINISHED, "");
    const call = { thread, name, descriptor, file: path + deleted + named, text, begunAt: index };
    if (text !== line) unfinished.set(thread, call);
    else calls.push({ ...call, endedAt: index });
  }
  return calls;
}

/** Whether it brought what was written before to the disk. */
export function isSuccessfulSync({ name, text }: Call): boolean {
  return (name === "fsync" || name === "fdatasync") && /= 0$/.test(text);
}
