import { macKey } from "../../values/mac_address.ts";
import type { OrganizationId } from "../../values/organization_id.ts";
import { fromSqlDateTime, type SqlDateTime, toSqlDateTime } from "../../values/sql_date_time.ts";
import type { AccountingPacket, Description, Session } from "./accounting_packet.ts";

const RANK = { Start: 1, "Interim-Update": 2, Stop: 3 } as const;
/** A NAS that claims more seconds than this began its session at an unknown time. */
const LONGEST_SECONDS = 10n * 365n * 86_400n;

const NOT_SENT = {
  username: null,
  groupname: null,
  realm: null,
  nasPortId: null,
  nasPortType: null,
  interval: null,
  authentication: null,
  connectionInfoStart: null,
  connectionInfoStop: null,
  calledStationId: null,
  callingStationId: null,
  serviceType: null,
  framedProtocol: null,
  framedIpAddress: null,
  framedIpv6Address: null,
  framedIpv6Prefix: null,
  framedInterfaceId: null,
  delegatedIpv6Prefix: null,
} satisfies Required<Description>;

/** The row that a session's first packet makes, whichever packet that is. */
export function beginSession(
  organizationId: OrganizationId,
  packet: AccountingPacket,
  userId: string | null,
  now: Date,
): Session {
  const at = toSqlDateTime(now);
  const isStart = packet.status === "Start";
  const stoppedAt = packet.status === "Stop" ? at : isStart ? packet.stoppedAt ?? null : null;
  const description = { ...NOT_SENT, ...packet.description };
  return {
    organizationId,
    uniqueId: packet.uniqueId,
    sessionId: packet.sessionId,
    nasIpAddress: packet.nasIpAddress,
    ...description,
    userId,
    startedAt: packet.startedAt ?? (isStart ? at : beganBefore(now, packet.sessionSeconds)),
    updatedAt: isStart ? packet.updatedAt ?? null : at,
    stoppedAt,
    sessionSeconds: packet.sessionSeconds ?? null,
    inputOctets: packet.inputOctets ?? null,
    outputOctets: packet.outputOctets ?? null,
    terminateCause: packet.status === "Interim-Update" ? "" : packet.terminateCause ?? null,
    callingMac: macKey(description.callingStationId ?? ""),
    heardAt: at,
    describedBy: RANK[packet.status],
    closedBy: stoppedAt === null ? null : packet.status === "Stop" ? "nas" : "server",
  };
}

/**
 * Moves a row forward by a packet, in whatever order packets come: totals only rise, the start only falls, a closed
 * row stays closed, and what describes the session comes from the packet with the most session time.
 */
export function advanceSession(
  session: Session,
  packet: AccountingPacket,
  userId: string | null,
  now: Date,
): Session {
  const at = toSqlDateTime(now);
  const totals = {
    sessionSeconds: larger(session.sessionSeconds, packet.sessionSeconds),
    inputOctets: larger(session.inputOctets, packet.inputOctets),
    outputOctets: larger(session.outputOctets, packet.outputOctets),
  };
  const next: Session = {
    ...session,
    ...(describes(packet, session) ? described(session, packet) : {}),
    ...totals,
    userId: session.userId ?? userId,
    startedAt: earlier(session.startedAt, packet.startedAt ?? (packet.status === "Start" ? at : null)),
    // A repetition, however late, does not move the time from which the next packet's usage counts.
    heardAt: tellsMore(totals, session) ? later(session.heardAt, at) : session.heardAt,
    ...(packet.status === "Stop" ? closed(session, packet, at) : kept(session, packet, at)),
  };
  return { ...next, callingMac: macKey(next.callingStationId ?? "") };
}

type Totals = Pick<Session, "sessionSeconds" | "inputOctets" | "outputOctets">;

function tellsMore(totals: Totals, known: Totals): boolean {
  return totals.sessionSeconds !== known.sessionSeconds || totals.inputOctets !== known.inputOctets ||
    totals.outputOctets !== known.outputOctets;
}

/** The first Stop of an open row sets its end; of a row that we closed ourselves only the cause. */
function closed(session: Session, packet: AccountingPacket, at: SqlDateTime): Partial<Session> {
  if (session.closedBy === "nas") return {};
  const terminateCause = packet.terminateCause || session.terminateCause;
  if (session.closedBy === "server") return { terminateCause, closedBy: "nas" };
  return { terminateCause, closedBy: "nas", stoppedAt: at, updatedAt: later(session.updatedAt, at) };
}

function kept(session: Session, packet: AccountingPacket, at: SqlDateTime): Partial<Session> {
  if (session.stoppedAt !== null) return {};
  if (packet.status === "Interim-Update") {
    return { updatedAt: later(session.updatedAt, at), terminateCause: "" };
  }
  const { updatedAt, stoppedAt, terminateCause } = packet;
  return {
    ...(updatedAt && { updatedAt: later(session.updatedAt, updatedAt) }),
    ...(terminateCause && { terminateCause }),
    ...(stoppedAt && { stoppedAt, closedBy: "server" }),
  };
}

/** At equal or unknown session time the later kind of packet describes the session. */
function describes({ status, sessionSeconds }: AccountingPacket, session: Session): boolean {
  const known = session.sessionSeconds;
  if (sessionSeconds === undefined || known === null || sessionSeconds === known) {
    return RANK[status] >= session.describedBy;
  }
  return sessionSeconds > known;
}

/** An empty value never replaces a full one; between none and empty the packet's counts. */
function described(session: Session, packet: AccountingPacket): Partial<Session> {
  const { sessionId, nasIpAddress, status, description } = packet;
  const sent: Record<string, unknown> = { sessionId, nasIpAddress, describedBy: RANK[status] };
  for (const column in description) {
    // Descriptions have no other keys.
    const key = column as keyof Description;
    const value = description[key];
    if (value === null || (value === "" && session[key] !== null)) continue;
    sent[key] = value;
  }
  return sent;
}

function beganBefore(now: Date, seconds: bigint | undefined): SqlDateTime {
  const known = seconds !== undefined && seconds < LONGEST_SECONDS ? Number(seconds) : 0;
  return toSqlDateTime(new Date(now.getTime() - known * 1000));
}

/** When the session was last known to run: its start and the time it reported. */
export function lastKnownAt({ startedAt, sessionSeconds, heardAt }: Session): SqlDateTime {
  if (startedAt === null || (sessionSeconds ?? 0n) >= LONGEST_SECONDS) return heardAt;
  return toSqlDateTime(new Date(fromSqlDateTime(startedAt).getTime() + Number(sessionSeconds ?? 0n) * 1000));
}

function larger(known: bigint | null, sent: bigint | undefined): bigint | null {
  if (sent === undefined) return known;
  return known !== null && known > sent ? known : sent;
}

function earlier(known: SqlDateTime | null, sent: SqlDateTime | null): SqlDateTime | null {
  return known !== null && (sent === null || known < sent) ? known : sent;
}

function later(known: SqlDateTime | null, sent: SqlDateTime): SqlDateTime {
  return known !== null && known > sent ? known : sent;
}
