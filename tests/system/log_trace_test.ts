import { deepEqual, throws } from "node:assert/strict";
import { movesAfterSync } from "./log_trace.ts";

const FILE = "/data/test.db";
const LOG = `${FILE}-wal`;
const HEADER = written(LOG, 0, 32);
const SYNCED = `8 fdatasync(6<${LOG}>) = 0`;
const FILE_SYNCED = `8 fsync(5<${FILE}>) = 0`;
const FRAME = frame(0);
const MOVED = moved(0, 4_096);

function written(path: string, offset: number, length: number, thread = 7): string {
  return `${thread} pwrite64(5<${path}>, ""..., ${length}, ${offset}) = ${length}`;
}

/** The head and the page of a frame of the log. */
function frame(number: number, thread = 7): string {
  const offset = 32 + number * 4_120;
  return `${written(LOG, offset, 24, thread)}\n${written(LOG, offset + 24, 4_096, thread)}`;
}

/** The page of a frame, as it gets into the database file. */
function moved(number: number, offset: number): string {
  const read = `7 pread64(5<${LOG}>, ""..., 4096, ${56 + number * 4_120}) = 4096`;
  return `${read}\n${written(FILE, offset, 4_096)}`;
}

const figures = (...lines: readonly string[]) => movesAfterSync(lines.join("\n"), FILE);
const BEGUN = [HEADER, SYNCED, FRAME, SYNCED];

Deno.test("pages that are moved after the log was synced count, and logs begun anew after the file was", () => {
  deepEqual(figures(...BEGUN, MOVED), { pagesMoved: 1, timesBegunAnew: 0 });
  const again = [...BEGUN, frame(1), SYNCED, moved(1, 0), MOVED, FILE_SYNCED];
  deepEqual(figures(...again, ...again, HEADER), { pagesMoved: 4, timesBegunAnew: 2 });
});

Deno.test("what other processes write and sync counts, and other files do not", () => {
  const other = written("/data/other.db", 0, 4_096);
  deepEqual(figures(HEADER, SYNCED, frame(0, 9), SYNCED, other, MOVED), { pagesMoved: 1, timesBegunAnew: 0 });
});

Deno.test("changes before there is a log need none", () => {
  const journaled = [written(FILE, 0, 4_096), FILE_SYNCED];
  deepEqual(figures(...journaled, ...BEGUN), { pagesMoved: 0, timesBegunAnew: 0 });
});

Deno.test("a log whose pages are all in the synced file may be deleted or emptied", () => {
  const complete = [...BEGUN, MOVED, FILE_SYNCED];
  for (const removed of [`7 unlink("${LOG}") = 0`, `7 ftruncate(5<${LOG}>, 0) = 0`]) {
    deepEqual(figures(...complete, removed, ...complete), { pagesMoved: 2, timesBegunAnew: 0 });
  }
});

const NOT_ON_DISK = /a page was moved that the log had not on the disk/;
const NOT_READ = /a page was written that was not read from the log just before/;
const BEGUN_EARLY = /the log was begun anew before the database file was on the disk/;
const unsafe: Readonly<Record<string, readonly [RegExp, ...string[]]>> = {
  "a page that is moved before the log is synced": [NOT_ON_DISK, HEADER, SYNCED, FRAME, MOVED, SYNCED],
  "a page that another process wrote and nobody synced": [NOT_ON_DISK, ...BEGUN, frame(1, 9), moved(1, 0)],
  "a page whose frame was written while the log was synced": [
    NOT_ON_DISK,
    HEADER,
    SYNCED,
    `8 fdatasync(6<${LOG}> <unfinished ...>`,
    FRAME,
    "8 <... fdatasync resumed>) = 0",
    MOVED,
  ],
  "a page that is moved while the log is synced": [
    NOT_ON_DISK,
    HEADER,
    SYNCED,
    FRAME,
    `8 fdatasync(6<${LOG}> <unfinished ...>`,
    MOVED,
    "8 <... fdatasync resumed>) = 0",
  ],
  "a page whose move began while the log was synced": [
    NOT_ON_DISK,
    HEADER,
    SYNCED,
    FRAME,
    `8 fdatasync(6<${LOG}> <unfinished ...>`,
    ...MOVED.replace(", 4096) = 4096", ", 4096 <unfinished ...>").split("\n"),
    "8 <... fdatasync resumed>) = 0",
    "7 <... pwrite64 resumed>) = 4096",
  ],
  "a page whose log could not be synced": [
    NOT_ON_DISK,
    HEADER,
    SYNCED,
    FRAME,
    `8 fdatasync(6<${LOG}>) = -1 EIO (Input/output error)`,
    MOVED,
  ],
  "a page after the sync of another file": [NOT_ON_DISK, HEADER, SYNCED, FRAME, FILE_SYNCED, MOVED],
  "a page of a frame of the log before": [
    NOT_ON_DISK,
    ...BEGUN,
    frame(1),
    SYNCED,
    moved(1, 0),
    FILE_SYNCED,
    ...BEGUN,
    moved(1, 0),
  ],
  "a page that is moved twice after one reading": [NOT_READ, ...BEGUN, MOVED, written(FILE, 0, 4_096)],
  "a page that another thread read": [NOT_READ, ...BEGUN, MOVED.replace("7 pread64", "9 pread64")],
  "a page of which a part was read": [NOT_READ, ...BEGUN, MOVED.replace("4096, 56) = 4096", "24, 56) = 24")],
  "a log that is begun anew before the file is synced": [BEGUN_EARLY, ...BEGUN, MOVED, HEADER, FILE_SYNCED],
  "frames that are written over before the file is synced": [BEGUN_EARLY, ...BEGUN, MOVED, FRAME],
  "a log that is begun anew when a part of the file was synced": [
    BEGUN_EARLY,
    ...BEGUN,
    MOVED,
    FILE_SYNCED,
    MOVED,
    HEADER,
  ],
  "a log that is begun anew after the file was cut": [
    BEGUN_EARLY,
    ...BEGUN,
    MOVED,
    FILE_SYNCED,
    `7 ftruncate(5<${FILE}>, 4096) = 0`,
    HEADER,
  ],
  "a log that is begun anew when the file could not be synced": [
    BEGUN_EARLY,
    ...BEGUN,
    MOVED,
    `8 fsync(5<${FILE}>) = -1 EIO (Input/output error)`,
    HEADER,
  ],
  "a log that is deleted before the file is synced": [BEGUN_EARLY, ...BEGUN, MOVED, `7 unlink("${LOG}") = 0`],
  "a log that is emptied before the file is synced": [
    BEGUN_EARLY,
    ...BEGUN,
    MOVED,
    `7 ftruncate(5<${LOG}>, 0) = 0`,
  ],
  "a log that is begun anew during a move": [
    /a page was moved while the log was begun anew/,
    ...BEGUN,
    ...MOVED.replace(", 4096) = 4096", ", 4096 <unfinished ...>").split("\n"),
    HEADER.replace("7 ", "9 "),
    "7 <... pwrite64 resumed>) = 4096",
  ],
  "a frame before the header is synced": [
    /a frame was written before the log's header was on the disk/,
    HEADER,
    FRAME,
  ],
  "a frame in a log that was deleted": [
    /written to a log that was deleted/,
    ...BEGUN,
    `9 unlink("${LOG}") = 0`,
    FRAME.replaceAll(`${LOG}>`, `${LOG}>(deleted)`),
  ],
  "a write that fails": [
    /a call failed/,
    ...BEGUN,
    written(LOG, 32, 24).replace(/= .*/, "= -1 ENOSPC (No space)"),
  ],
};
for (const [what, [fault, ...lines]] of Object.entries(unsafe)) {
  Deno.test(`${what} is found`, () => {
    throws(() => figures(...lines), fault);
  });
}
