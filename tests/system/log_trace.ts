import { ok } from "node:assert/strict";
import { type Call, callsOf, isSuccessfulSync } from "./system_calls.ts";

/** The system calls that `movesAfterSync()` looks at, for strace: what SQLite does to its files, locks apart. */
export const TRACED_CALLS = "pread64,pwrite64,fsync,fdatasync,ftruncate,unlink";

/** What a trace shows of a write-ahead log. */
export interface LogFigures {
  /** How many pages got from the log into the database file. */
  readonly pagesMoved: number;
  /** How many times the log was written from its beginning again. */
  readonly timesBegunAnew: number;
}

/** What a call read or wrote of a file. */
interface Extent {
  readonly offset: number;
  readonly length: number;
}

/** A range of the log, and the line of the trace after which it held what it holds. */
interface Piece {
  readonly end: number;
  readonly writtenAt: number;
}

/** What a thread read of the log: the last of its pieces was written at that line. */
interface Source {
  readonly length: number;
  readonly writtenAt: number;
}

const DONE = /, \d+, (\d+)\)\s+= (\d+)$/;
/** Of the log (https://www.sqlite.org/fileformat2.html, section 4.1), in octets. */
const HEADER_LENGTH = 32;
/** The line of a write that the trace does not show: no sync comes after it. */
const NEVER = Infinity;

/** The syncs of a file, by any process. */
class Syncs {
  /** In the order of their ends; what was written before line `covered` is on the disk after line `endedAt`. */
  readonly #syncs: { readonly endedAt: number; readonly covered: number }[] = [];

  add({ begunAt, endedAt }: Call): void {
    this.#syncs.push({ endedAt, covered: Math.max(begunAt, this.#syncs.at(-1)?.covered ?? -1) });
  }

  /** Whether what a write that ended at one line wrote was on the disk at another. */
  haveBrought(writtenAt: number, at: number): boolean {
    return writtenAt < (this.#syncs.findLast(({ endedAt }) => endedAt < at)?.covered ?? -1);
  }
}

/** Follows a database file and its log through a trace. */
class LogReader {
  pagesMoved = 0;
  timesBegunAnew = 0;
  readonly #lines: readonly string[];
  readonly #database = new Syncs();
  readonly #log = new Syncs();
  /** By the offset at which they begin: header, and head and page of each frame, are always written in the same parts. */
  readonly #pieces = new Map<number, Piece>();
  /** What each thread read of the log last. */
  readonly #sources = new Map<string, Source>();
  /** Of the log, since it was begun anew. */
  #length = 0;
  #begunAnewAt = -1;
  /** When the database file was changed last. */
  #changedAt = -1;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  readDatabaseCall(call: Call): void {
    if (isSuccessfulSync(call)) this.#database.add(call);
    // Before there is a log changes go through a journal.
    if (call.name === "pwrite64" && this.#length) this.#movePage(call);
    if (call.name === "pwrite64" || call.name === "ftruncate") this.#changedAt = call.endedAt;
  }

  readLogCall(call: Call): void {
    if (isSuccessfulSync(call)) this.#log.add(call);
    if (call.name === "pread64") this.#sources.set(call.thread, this.#sourceOf(extentOf(call)));
    if (call.name === "pwrite64") this.#writeLog(call, extentOf(call));
    if (call.name === "ftruncate" || call.name === "unlink") {
      this.#beginAnew(call);
      this.#length = 0;
    }
  }

  readDeletedLogCall(call: Call): void {
    this.#check(call.name !== "pwrite64", "written to a log that was deleted", [call.begunAt]);
  }

  #movePage(call: Call): void {
    const { begunAt, thread } = call;
    const source = this.#sources.get(thread);
    this.#sources.delete(thread);
    const isRead = source?.length === extentOf(call).length;
    this.#check(isRead, "a page was written that was not read from the log just before", [begunAt]);
    const writtenAt = source?.writtenAt ?? NEVER;
    const isOnDisk = this.#log.haveBrought(writtenAt, begunAt);
    this.#check(isOnDisk, "a page was moved that the log had not on the disk", [writtenAt, begunAt]);
    const isBefore = begunAt < this.#begunAnewAt;
    this.#check(!isBefore, "a page was moved while the log was begun anew", [begunAt, this.#begunAnewAt]);
    this.pagesMoved++;
  }

  #sourceOf({ offset, length }: Extent): Source {
    let [at, writtenAt] = [offset, -1];
    while (at < offset + length) {
      const piece = this.#pieces.get(at);
      if (!piece) return { length, writtenAt: NEVER };
      writtenAt = Math.max(writtenAt, piece.writtenAt);
      at = piece.end;
    }
    return { length, writtenAt };
  }

  #writeLog(call: Call, { offset, length }: Extent): void {
    const { begunAt, endedAt } = call;
    if (offset < this.#length) {
      this.#beginAnew(call);
      this.timesBegunAnew++;
    }
    const headerAt = this.#pieces.get(0)?.writtenAt ?? NEVER;
    // Else frames of the log before, which has lost some, would count as long as its header is the one on the disk.
    const isHeaderOnDisk = offset < HEADER_LENGTH || this.#log.haveBrought(headerAt, begunAt);
    this.#check(isHeaderOnDisk, "a frame was written before the log's header was on the disk", [
      headerAt,
      begunAt,
    ]);
    this.#pieces.set(offset, { end: offset + length, writtenAt: endedAt });
    this.#length = offset + length;
  }

  #beginAnew({ begunAt, endedAt }: Call): void {
    const isOnDisk = this.#changedAt < 0 || this.#database.haveBrought(this.#changedAt, begunAt);
    this.#check(isOnDisk, "the log was begun anew before the database file was on the disk", [
      this.#changedAt,
      begunAt,
    ]);
    this.#pieces.clear();
    this.#begunAnewAt = endedAt;
  }

  #check(holds: boolean, fault: string, places: readonly number[]): void {
    ok(holds, `${fault}:\n${places.map((place) => this.#lines[place] ?? "(not in the trace)").join("\n")}`);
  }
}

function extentOf({ text }: Call): Extent {
  const [, offset, length] = DONE.exec(text) ?? [];
  ok(offset && length, `a call failed: ${text}`);
  return { offset: Number(offset), length: Number(length) };
}

/**
 * Whether a database's log was treated as is safe, by all the processes in a trace:
 * - a page gets into the database file only when the part of the log that it was read from is on the disk: written,
 *   then synced, all before;
 * - the log is begun anew, emptied or deleted only when all that was written to the database file is on the disk;
 * - its new header is on the disk before a frame follows;
 * - nobody writes to it after it was deleted.
 *
 * @param path of the database.
 * @throws {AssertionError} with the lines of the trace that show otherwise.
 */
export function movesAfterSync(trace: string, path: string): LogFigures {
  const reader = new LogReader(trace.split("\n"));
  for (const call of callsOf(trace)) {
    if (call.file === path) reader.readDatabaseCall(call);
    else if (call.file === `${path}-wal`) reader.readLogCall(call);
    else if (call.file === `${path}-wal(deleted)`) reader.readDeletedLogCall(call);
  }
  const { pagesMoved, timesBegunAnew } = reader;
  return { pagesMoved, timesBegunAnew };
}
