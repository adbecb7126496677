import { statSync } from "node:fs";
import { totalmem } from "node:os";
import process from "node:process";

/** Where SQLite locks a database file, `PENDING_BYTE`: one page that it never writes. */
const LOCKED_OCTET = 2 ** 30;
const SMALL = 8_192;
const LARGE = 131_072;
/** What packets of one organization touch is about so much of a ledger. */
const PART_OF_FILE = 1 / 16;
const PART_OF_MEMORY = 1 / 8;
/** When another process has written, SQLite gives all of it up at once, which takes 2 ms for each 64 MiB. */
const LARGEST = 524_288;

/**
 * How much of a database file SQLite is to keep in memory, in KiB. It borrows the number of the locked page to put
 * pages in order, and then each commit looks through the whole cache for pages beyond the file's end, as long as the
 * file does not reach that far. What the cache of such a file does not hold, the kernel's does.
 *
 * @param path a file, which need not exist, or `:memory:`.
 * @param memory that the program may use, in octets.
 */
export function cacheKibibytes(path: string, memory = memoryOf()): number {
  const { size } = statSync(path, { throwIfNoEntry: false }) ?? { size: 0 };
  if (size < LOCKED_OCTET) return SMALL;
  const affordable = Math.min(size * PART_OF_FILE, memory * PART_OF_MEMORY);
  return Math.min(LARGEST, Math.max(LARGE, Math.floor(affordable / 1_024)));
}

/** Of the machine or, where that is less, of the control group that a container is. */
function memoryOf(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Infinity);
}
