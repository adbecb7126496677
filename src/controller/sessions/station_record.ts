import type { Zone } from "../../aaa/identity/zones.ts";
import { stationKey } from "../gate/gate.ts";
import type { Session, Station } from "../station.ts";
import { isBypassed } from "./bypass.ts";
import { type Challenge, NO_CHALLENGE } from "./challenges.ts";
import type { LiveSession } from "./live_session.ts";

/** A station of a zone as it is now: what `Station` is a picture of. */
export interface StationRecord {
  zone: Zone;
  readonly mac: string;
  /** `stationKey()` of both. */
  readonly key: string;
  slot: number;
  ip: string;
  /** The one heard of longest ago first. */
  readonly ip6: string[];
  sessionId: string;
  userName: string;
  challenge: Challenge | null;
  /** State of the EAP exchange that is going on (RFC 2865 section 5.24). */
  eapState: Uint8Array | null;
  /** The next log-on is thrown away, unless a challenge is fetched first. */
  isAborted: boolean;
  originalUrl: string;
  lang: string;
  session: LiveSession | null;
  lastSession: Session | null;
  /** A session that ended and that the gate may still know: no other can begin before it is gone from there. */
  closing: LiveSession | null;
  /** Tried by its address since it came. */
  isMacTried: boolean;
  /** Refused by its address where such stations get no network. */
  isDenied: boolean;
  /** Milliseconds since 1970. */
  seenAt: number;
  /** How many things are going on with it now. */
  busy: number;
}

export function newRecord(
  zone: Zone,
  mac: string,
  slot: number,
  sessionId: string,
  now: Date,
): StationRecord {
  return {
    zone,
    mac,
    key: stationKey({ zoneId: zone.id, mac }),
    slot,
    ip: "",
    ip6: [],
    sessionId,
    userName: "",
    challenge: null,
    eapState: null,
    isAborted: false,
    originalUrl: "",
    lang: "",
    session: null,
    lastSession: null,
    closing: null,
    isMacTried: false,
    isDenied: false,
    seenAt: now.getTime(),
    busy: 0,
  };
}

/** IPv4 first. */
export function addressesOf({ ip, ip6 }: StationRecord): string[] {
  return ip ? [ip, ...ip6] : [...ip6];
}

export function pictureOf(record: StationRecord): Station {
  const { zone, mac, slot, ip, session } = record;
  return {
    zone,
    mac,
    slot,
    ip,
    ip6: [...record.ip6],
    state: stateOf(record),
    isDenied: record.isDenied,
    sessionId: record.sessionId,
    userName: record.userName,
    challenge: zone.options.nochallenge ? NO_CHALLENGE : record.challenge?.hex ?? "",
    originalUrl: record.originalUrl,
    lang: record.lang,
    session: session && session.picture(),
    lastSession: record.lastSession,
  };
}

function stateOf(record: StationRecord): Station["state"] {
  const { session } = record;
  if (session) return session.isSplash ? "splash" : "open";
  return isBypassed(record.zone, record.mac, addressesOf(record)) ? "bypass" : "stranger";
}
