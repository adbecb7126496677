import { fromSqlDateTime, type SqlDateTime, toSqlDateTime } from "./sql_date_time.ts";

const WRITTEN =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,6})\d{0,6})?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

const offsets = new Map<string, Intl.DateTimeFormat>();

/**
 * An instant from `YYYY-MM-DD`, `YYYY-MM-DD HH:MM[:SS[.ffffff]]` or ISO 8601; without an offset it is the time of the
 * zone. Null when it is none of these or does not exist.
 */
export function parseDateTime(text: string, zone: string): SqlDateTime | null {
  const [, day, minutes = "00:00", seconds = "00", fraction = "", offset] = WRITTEN.exec(text.trim()) ?? [];
  if (!day) return null;
  const clock = Date.parse(`${day}T${minutes}:${seconds}Z`);
  // Date.parse() takes 30 February for 2 March.
  if (Number.isNaN(clock) || new Date(clock).toISOString().slice(0, 10) !== day) return null;
  const at = clock - (offset ? offsetOf(offset) : offsetIn(zone, clock)) * 60_000;
  const year = new Date(at).getUTCFullYear();
  if (year < 1 || year > 9999) return null;
  // The fraction in microseconds takes the place of toSqlDateTime()'s zeros.
  return `${toSqlDateTime(new Date(at)).slice(0, 20)}${fraction.padEnd(6, "0")}` as SqlDateTime;
}

/** ISO 8601 in a zone, microseconds left out when 0, UTC as `Z`: `2018-03-10T14:44:17.234035+01:00`. */
export function toZonedIso(at: SqlDateTime, zone: string): string {
  const minutes = zone === "UTC" ? 0 : offsetAt(zone, fromSqlDateTime(at).getTime());
  const local = new Date(fromSqlDateTime(at).getTime() + minutes * 60_000).toISOString();
  const fraction = at.slice(20);
  const time = `${local.slice(0, 19)}${Number(fraction) ? `.${fraction}` : ""}`;
  if (!minutes) return `${time}${zone === "UTC" ? "Z" : "+00:00"}`;
  const size = Math.abs(minutes);
  const two = (count: number) => String(Math.trunc(count)).padStart(2, "0");
  return `${time}${minutes < 0 ? "-" : "+"}${two(size / 60)}:${two(size % 60)}`;
}

function offsetOf(text: string): number {
  if (/z/i.test(text)) return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(3).replace(":", "") || 0);
  return text.startsWith("-") ? -minutes : minutes;
}

/** The offset, in minutes, of a time that clocks in the zone show; the first one where they show it twice. */
function offsetIn(zone: string, clock: number): number {
  if (zone === "UTC") return 0;
  const guess = offsetAt(zone, clock - offsetAt(zone, clock) * 60_000);
  const dayBefore = offsetAt(zone, clock - 86_400_000);
  return offsetAt(zone, clock - dayBefore * 60_000) === dayBefore ? dayBefore : guess;
}

function offsetAt(zone: string, at: number): number {
  let format = offsets.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
    offsets.set(zone, format);
  }
  const name = format.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
  const [, sign, hours = "0", minutes = "0"] = /GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(name) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
