/** One day of a time zone's calendar. */
export interface LocalDay {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly startsAt: number;
  /** The next day's start; milliseconds since 1970 like `startsAt`, 23 to 25 hours later. */
  readonly endsAt: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();
const newest = new Map<string, LocalDay>();
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The day that an instant falls on in an IANA time zone, right across changes of daylight-saving time. */
export function localDay(zone: string, at: number): LocalDay {
  const known = newest.get(zone);
  if (known && at >= known.startsAt && at < known.endsAt) return known;
  const day = dateIn(zone, at);
  const found = { day, startsAt: startOf(zone, day), endsAt: startOf(zone, addDays(day, 1)) };
  newest.set(zone, found);
  return found;
}

/** When a day begins: its first instant, which is not midnight where the clocks change at midnight. */
export function startOf(zone: string, day: string): number {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  let before = midnight - 16 * HOUR;
  let within = midnight + 16 * HOUR;
  while (within - before > 1) {
    const middle = Math.floor((before + within) / 2);
    if (dateIn(zone, middle) < day) before = middle;
    else within = middle;
  }
  return within;
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function dateIn(zone: string, at: number): string {
  let format = formats.get(zone);
  if (!format) {
    // Sweden writes dates as ISO 8601 does.
    format = new Intl.DateTimeFormat("sv-SE", {
      timeZone: zone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
    });
    formats.set(zone, format);
  }
  return format.format(at);
}
