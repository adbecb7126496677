import { BlankPage } from "./blank_page.ts";
import { fieldsOf, type ProxyAnswer } from "./proxy.ts";

/** A row of the table of sessions, drawn. */
export interface SessionRow {
  readonly id: string;
  readonly start: Date;
  /** Null is shown as "active". */
  readonly stop: Date | null;
  readonly seconds: number | null;
  readonly download: number;
  readonly upload: number;
  readonly device: string;
}

export interface UsageBar {
  readonly attribute: string;
  /** `1.5 GB`, `00:04:21`, or as it came. */
  readonly used: string;
  readonly limit: string;
  readonly isUsedUp: boolean;
}

/** What the status page draws of sessions and usage. */
export interface StatusView {
  readonly open: readonly SessionRow[];
  readonly closed: readonly SessionRow[];
  /** Undefined: no box. */
  readonly usage: readonly UsageBar[] | undefined;
  readonly isExhausted: boolean;
  /** With another page of closed sessions below. */
  readonly withMore: (answer: ProxyAnswer) => StatusView;
}

/** @throws {BlankPage} where React would. */
export function drawStatus(open: ProxyAnswer, closed: ProxyAnswer, usage: ProxyAnswer): StatusView {
  const bars = drawUsage(usage);
  return view(drawSessions(open), drawSessions(closed), bars);
}

function view(
  open: readonly SessionRow[],
  closed: readonly SessionRow[],
  usage: readonly UsageBar[] | undefined,
): StatusView {
  return {
    open,
    closed,
    usage,
    isExhausted: usage?.some(({ isUsedUp }) => isUsedUp) ?? false,
    withMore: (answer) => view(open, [...closed, ...drawSessions(answer)], usage),
  };
}

/** Whatever is no list shows nothing. */
function drawSessions({ status, body }: ProxyAnswer): SessionRow[] {
  if (status !== 200 || !Array.isArray(body)) return [];
  return body.map((session) => {
    const fields = fieldsOf(session);
    const { session_id, start_time, stop_time, session_time, input_octets, output_octets } = fields;
    if (stop_time === undefined) throw new BlankPage("a session without stop_time");
    if (input_octets === undefined || output_octets === undefined) {
      throw new BlankPage("a session without octets");
    }
    return {
      id: String(session_id),
      start: drawInstant(start_time),
      stop: stop_time === null ? null : drawInstant(stop_time),
      seconds: session_time === null || session_time === undefined ? null : Number(session_time),
      download: Number(input_octets ?? 0),
      upload: Number(output_octets ?? 0),
      device: String(fields.calling_station_id ?? ""),
    };
  });
}

function drawInstant(value: unknown): Date {
  const instant = new Date(String(value));
  if (Number.isNaN(instant.getTime())) throw new BlankPage(`a time that is none: ${value}`);
  return instant;
}

function drawUsage({ status, body }: ProxyAnswer): UsageBar[] | undefined {
  const { checks } = fieldsOf(body);
  if (status !== 200 || !Array.isArray(checks) || !checks.length) return undefined;
  return checks.map((check) => {
    const { attribute, value, result, type } = fieldsOf(check);
    if (result === null && type === "bytes") throw new BlankPage("a usage of null bytes");
    if (typeof value !== "string") throw new BlankPage("a quota that is no text");
    return {
      attribute: String(attribute),
      used: drawAmount(result, type),
      limit: drawAmount(value, type),
      isUsedUp: Number(value) > 0 && Number(result) >= Number(value),
    };
  });
}

function drawAmount(value: unknown, type: unknown): string {
  const amount = Number(value);
  if (type === "bytes") {
    const unit = amount < 1e6 ? "kB" : amount < 1e9 ? "MB" : "GB";
    return `${Number((amount / { kB: 1e3, MB: 1e6, GB: 1e9 }[unit]).toFixed(2))} ${unit}`;
  }
  if (type === "seconds" && Number.isFinite(amount)) {
    return new Date(amount * 1000).toISOString().slice(11, 19);
  }
  return String(value);
}
