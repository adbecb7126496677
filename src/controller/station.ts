import type { Zone } from "../aaa/identity/zones.ts";
import type { Traffic } from "./gate/gate.ts";
import type { Grant } from "./sessions/grant.ts";

/** A session of a station, from log-on to its end. */
export interface Session {
  /** Of the record: 32 lower-case hex digits. */
  readonly uniqueId: string;
  /** Acct-Session-Id: 18 digits, the JSON's `sessionId` (coova 7). */
  readonly sessionId: string;
  readonly userName: string;
  readonly startedAt: Date;
  readonly grant: Grant;
  /** All that passed, as of `countedAt`. */
  readonly traffic: Traffic;
  readonly countedAt: Date;
  /** When the last packet left the station through the gate, as far as was seen. */
  readonly activeAt: Date;
}

/** A station of a zone; a picture of one moment, to be read again after each call that changes it. */
export interface Station {
  readonly zone: Zone;
  /** Lower case with colons. */
  readonly mac: string;
  /** Its place in the box's table, from 1. */
  readonly slot: number;
  /** Empty when it has no IPv4 address. */
  readonly ip: string;
  readonly ip6: readonly string[];
  readonly state: "stranger" | "open" | "splash" | "bypass";
  /** A stranger that gets no network at all, no portal either (`macauthdeny`). */
  readonly isDenied: boolean;
  /** The id that the next session will have, or the open one's. */
  readonly sessionId: string;
  /** The last user name that a session had; empty before the first. */
  readonly userName: string;
  /** 32 lower-case hex digits; zeros with `nochallenge`; empty until `withChallenge()` makes one. */
  readonly challenge: string;
  /** What it wanted before it was caught; empty when unknown. */
  readonly originalUrl: string;
  /** As the log-on said it; empty when it did not. */
  readonly lang: string;
  /** Of the open session, or null. */
  readonly session: Session | null;
  /** The last one that ended. */
  readonly lastSession: Session | null;
}

/** `AA-BB-CC-DD-EE-FF`, as RADIUS and CoovaChilli write it. */
export function dashedMac(mac: string): string {
  return mac.toUpperCase().replaceAll(":", "-");
}
