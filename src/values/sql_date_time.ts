/** An instant as the database keeps it: UTC, `YYYY-MM-DD HH:MM:SS.ffffff`; sorts like time. */
export type SqlDateTime = string & { readonly __brand: "SqlDateTime" };

let lastTime = NaN;
let lastText: SqlDateTime;

/** @throws {RangeError} for an invalid date. */
export function toSqlDateTime(at: Date): SqlDateTime {
  const time = at.getTime();
  // A packet has several instants, nearly all of them now.
  if (time === lastTime) return lastText;
  const iso = at.toISOString();
  // The only place that makes the brand: the text is put together right here.
  lastText = `${iso.slice(0, 10)} ${iso.slice(11, 23)}000` as SqlDateTime;
  lastTime = time;
  return lastText;
}

/** Milliseconds are kept, microseconds (a packet may send them) are cut. */
export function fromSqlDateTime(text: SqlDateTime): Date {
  return new Date(`${text.slice(0, 10)}T${text.slice(11, 23)}Z`);
}
