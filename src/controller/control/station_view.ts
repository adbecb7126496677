import type { Grant } from "../sessions/grant.ts";
import type { Session, Station } from "../station.ts";

/** A station as `station list --json` prints it. Instants are ISO 8601, seconds whole. */
export interface StationView {
  /** The zone's name. */
  readonly zone: string;
  /** Lower case with colons. */
  readonly mac: string;
  /** Null when it has no IPv4 address. */
  readonly ip: string | null;
  readonly ip6: readonly string[];
  readonly state: Station["state"];
  /** Acct-Session-Id; like the user's name and the start, null without a session. */
  readonly session_id: string | null;
  readonly username: string | null;
  readonly started_at: string | null;
  /** 0 without a session, as the octets are. */
  readonly session_time: number;
  /** RFC 2866: from the station. */
  readonly input_octets: number;
  /** To the station. */
  readonly output_octets: number;
}

/** A station as `station show --json` prints it: what the session may is 0 or null where there is no limit. */
export interface StationDetails extends StationView {
  readonly organization: string;
  readonly unique_id: string | null;
  /** The last packet that left the station, as far as was seen. */
  readonly active_at: string | null;
  readonly limits: SessionLimits | null;
  /** A stranger whom `macauthdeny` keeps out altogether. */
  readonly denied: boolean;
  /** What it wanted before it was caught; null when unknown. */
  readonly original_url: string | null;
}

export interface SessionLimits {
  readonly session_timeout: number;
  readonly idle_timeout: number;
  readonly terminate_at: string | null;
  readonly interim_interval: number;
  /** Bits a second. */
  readonly bandwidth_up: number;
  readonly bandwidth_down: number;
  /** In the view that the zone's `swapoctets` chooses. */
  readonly max_input_octets: number | null;
  readonly max_output_octets: number | null;
  readonly max_total_octets: number | null;
}

/** @param now of an open session; one that has ended lasted until it was counted last. */
export function stationView(station: Station, session: Session | null, now: Date): StationView {
  const { zone, mac, ip, ip6, state } = station;
  const until = session && session === station.session ? now : session?.countedAt;
  return {
    zone: zone.name,
    mac,
    ip: ip || null,
    ip6,
    state,
    session_id: session?.sessionId ?? null,
    username: session?.userName ?? null,
    started_at: session?.startedAt.toISOString() ?? null,
    session_time: session && until ? secondsBetween(session.startedAt, until) : 0,
    input_octets: session?.traffic.upOctets ?? 0,
    output_octets: session?.traffic.downOctets ?? 0,
  };
}

export function stationDetails(station: Station, now: Date): StationDetails {
  const { zone, session, originalUrl } = station;
  return {
    ...stationView(station, session, now),
    organization: zone.organizationSlug,
    unique_id: session?.uniqueId ?? null,
    active_at: session?.activeAt.toISOString() ?? null,
    limits: session && limitsOf(session.grant),
    denied: station.isDenied,
    original_url: originalUrl || null,
  };
}

function limitsOf(grant: Grant): SessionLimits {
  return {
    session_timeout: grant.sessionTimeout,
    idle_timeout: grant.idleTimeout,
    terminate_at: grant.terminateAt?.toISOString() ?? null,
    interim_interval: grant.interimSeconds,
    bandwidth_up: grant.bandwidthUp,
    bandwidth_down: grant.bandwidthDown,
    max_input_octets: numberOf(grant.maxInputOctets),
    max_output_octets: numberOf(grant.maxOutputOctets),
    max_total_octets: numberOf(grant.maxTotalOctets),
  };
}

/** Above 2^53, nine petabytes, the last digits are lost. */
function numberOf(octets: bigint | null): number | null {
  return octets === null ? null : Number(octets);
}

function secondsBetween(from: Date, until: Date): number {
  return Math.max(0, Math.floor((until.getTime() - from.getTime()) / 1_000));
}
