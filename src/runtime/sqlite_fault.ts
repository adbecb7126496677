const SQLITE_BUSY = 5;
const SQLITE_IOERR = 10;

/** Another connection holds what is wanted. */
export function isBusy(fault: unknown): boolean {
  return fault instanceof Error &&
    (codeOf(fault) === SQLITE_BUSY || /database is locked/.test(fault.message));
}

/** The operating system refused to read, write or sync. */
export function isDiskFault(fault: unknown): fault is Error {
  return fault instanceof Error && (codeOf(fault) === SQLITE_IOERR || /disk I\/O error/.test(fault.message));
}

/** The primary result code, which the extended ones have in their last eight bits. */
function codeOf(fault: Error): number | undefined {
  return "errcode" in fault ? Number(fault.errcode) & 0xff : undefined;
}
