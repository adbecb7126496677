import { statSync } from "node:fs";

/** Where SQLite locks a database file, `PENDING_BYTE`: one page that it never writes. */
const LOCKED_OCTET = 2 ** 30;
const SMALL = 8_192;
const LARGE = 131_072;

/**
 * How much of a database file SQLite is to keep in memory, in KiB. It borrows the number of the locked page to put
 * pages in order, and then each commit looks through the whole cache for pages beyond the file's end, as long as the
 * file does not reach that far. What the cache of such a file does not hold, the kernel's does.
 *
 * @param path a file, which need not exist, or `:memory:`.
 */
export function cacheKibibytes(path: string): number {
  const { size } = statSync(path, { throwIfNoEntry: false }) ?? { size: 0 };
  return size < LOCKED_OCTET ? SMALL : LARGE;
}
