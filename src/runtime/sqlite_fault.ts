const SQLITE_BUSY = 5;
const SQLITE_IOERR_FSYNC = 1_034;

/** Another connection holds what is wanted. */
export function isBusy(fault: unknown): boolean {
  if (!(fault instanceof Error)) return false;
  return (codeOf(fault) & 0xff) === SQLITE_BUSY || /database is locked/.test(fault.message);
}

/** What was to be brought to the disk may never get there. */
export function isFailedSync(fault: unknown): fault is Error {
  return fault instanceof Error && codeOf(fault) === SQLITE_IOERR_FSYNC;
}

/** The extended result code, whose last eight bits are the primary one. */
function codeOf(fault: Error): number {
  return "errcode" in fault ? Number(fault.errcode) : 0;
}
