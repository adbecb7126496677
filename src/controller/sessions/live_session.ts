import type { OrganizationId } from "../../values/organization_id.ts";
import type { TerminateCause } from "../controller.ts";
import { addTraffic, NO_TRAFFIC, type Traffic } from "../gate/gate.ts";
import type { Session } from "../station.ts";
import type { Grant } from "./grant.ts";
import type { SharedQuota } from "./shared_quota.ts";

/** What does not change as long as a session lasts, unless the clock is set. */
export interface SessionFacts {
  readonly uniqueId: string;
  readonly sessionId: string;
  readonly organizationId: OrganizationId;
  readonly zoneId: string;
  readonly mac: string;
  readonly slot: number;
  readonly userName: string;
  readonly serviceType: "Login" | "Framed";
  readonly nasIpAddress: string;
  readonly calledStationId: string;
  readonly startedAt: Date;
  /** What the accept allowed. */
  readonly grant: Grant;
  /** The limits come from an accept, so that what is left of the user's quotas may lower them. */
  readonly isAccepted: boolean;
}

/** What a quota that several sessions share lowers; null is as granted. */
export interface SharedLimits {
  readonly sessionSeconds: number | null;
  readonly totalOctets: number | null;
}

/** What was counted before, and what the gate counts now; they add up to the session's traffic. */
export interface Counted {
  readonly before: Traffic;
  readonly gate: Traffic;
}

/** A station that nobody sees any more. Milliseconds since 1970. */
export interface Missed {
  readonly since: number;
  /** When it is known to have been there. */
  readonly lastThereAt: number;
}

export interface SessionEnd {
  readonly at: Date;
  readonly cause: TerminateCause;
}

const AS_GRANTED: SharedLimits = { sessionSeconds: null, totalOctets: null };

/** A session that is open, or whose end is not recorded yet. */
export class LiveSession {
  facts: SessionFacts;
  /** Counted, but its traffic is caught. */
  isSplash: boolean;
  /** What the gate lets pass, IPv4 first. */
  addresses: readonly string[];
  /** Those of them that the station took after it had been let in, and since when they pass; milliseconds since 1970. */
  laterAddresses: ReadonlyMap<string, number> = new Map();
  counted: Counted = { before: NO_TRAFFIC, gate: NO_TRAFFIC };
  /** Milliseconds since 1970. */
  countedAt: number;
  activeAt: number;
  /** The first sweep whose counts are its own, and not those of a session of the station before it. */
  countableFrom = Infinity;
  /** What is counted here is not what is stored. */
  isUnstored = false;
  /** The gate lets other addresses pass than the station has. */
  isMisplaced = false;
  /** This process has counted it before. */
  isCountedHere = false;
  /** Null while the station is there, or none of whom one could know. */
  missed: Missed | null = null;
  nextInterimAt: number;
  /** As of the record's newest packet. */
  recorded: { readonly seconds: number; readonly octets: number } = { seconds: 0, octets: 0 };
  shared: SharedLimits = AS_GRANTED;
  quota: SharedQuota | null = null;
  quotaKey: string | null = null;
  /** Its end has been asked for. */
  isDue = false;
  /** Set once, when it ends. */
  end: SessionEnd | null = null;
  /** The gate may know it. */
  isInGate = false;
  /** The end is stored: the gate may forget the session. */
  isEndStored = false;

  constructor(facts: SessionFacts, addresses: readonly string[], isSplash: boolean) {
    this.facts = facts;
    this.addresses = addresses;
    this.isSplash = isSplash;
    this.countedAt = this.activeAt = facts.startedAt.getTime();
    this.nextInterimAt = firstInterim(facts);
  }

  get traffic(): Traffic {
    return addTraffic(this.counted.before, this.counted.gate);
  }

  get octets(): number {
    const { before, gate } = this.counted;
    return before.upOctets + before.downOctets + gate.upOctets + gate.downOctets;
  }

  /** Takes over what the gate has counted since it opened; less than before means that it began anew. */
  count(passed: Traffic, at: number): void {
    const { before, gate } = this.counted;
    const beganAnew = passed.upOctets < gate.upOctets || passed.downOctets < gate.downOctets;
    const sent = beganAnew ? NO_TRAFFIC : gate;
    if (passed.upPackets !== sent.upPackets || passed.upOctets !== sent.upOctets) {
      this.activeAt = at;
      // What is counted first may be of long ago.
      if (this.isCountedHere) this.missed = null;
    }
    this.isCountedHere = true;
    this.countedAt = at;
    if (beganAnew) this.isUnstored = true;
    this.counted = { before: beganAnew ? addTraffic(before, gate) : before, gate: passed };
  }

  /** The clock was set by so much: what is a time of day moves with it. */
  shift(milliseconds: number): void {
    const { startedAt } = this.facts;
    this.facts = { ...this.facts, startedAt: new Date(startedAt.getTime() + milliseconds) };
    this.countedAt += milliseconds;
    this.activeAt += milliseconds;
    this.nextInterimAt += milliseconds;
    this.laterAddresses = new Map(
      [...this.laterAddresses].map(([address, since]) => [address, since + milliseconds]),
    );
    const { missed } = this;
    this.missed = missed && {
      since: missed.since + milliseconds,
      lastThereAt: missed.lastThereAt + milliseconds,
    };
    this.isUnstored = true;
  }

  /** The session as its station shows it. */
  picture(): Session {
    const { uniqueId, sessionId, userName, startedAt } = this.facts;
    return {
      uniqueId,
      sessionId,
      userName,
      startedAt,
      grant: this.grant(),
      traffic: this.traffic,
      countedAt: new Date(this.countedAt),
      activeAt: new Date(this.activeAt),
    };
  }

  /** With the limits that hold now. */
  grant(): Grant {
    const { grant } = this.facts;
    if (this.shared === AS_GRANTED) return grant;
    const total = this.totalLimit();
    return {
      ...grant,
      sessionTimeout: this.timeLimit(),
      maxTotalOctets: total === null ? null : BigInt(total),
    };
  }

  /** Seconds; 0 is none. */
  timeLimit(): number {
    const { sessionTimeout } = this.facts.grant;
    const { sessionSeconds } = this.shared;
    if (sessionSeconds === null || sessionTimeout === 0) return sessionTimeout;
    // 0 would be none.
    return Math.max(1, Math.min(sessionTimeout, sessionSeconds));
  }

  totalLimit(): number | null {
    const { maxTotalOctets } = this.facts.grant;
    const { totalOctets } = this.shared;
    if (maxTotalOctets === null) return null;
    return totalOctets === null ? Number(maxTotalOctets) : Math.min(Number(maxTotalOctets), totalOctets);
  }

  seconds(at: number): number {
    return Math.max(0, Math.floor((at - this.facts.startedAt.getTime()) / 1000));
  }
}

/**
 * Somewhere in the second half of the first interval, so that stations which came together do not report together
 * for ever.
 */
function firstInterim({ uniqueId, startedAt, grant }: SessionFacts): number {
  if (!grant.interimSeconds) return Infinity;
  const phase = parseInt(uniqueId.slice(0, 6), 16) / 0x1000000;
  return startedAt.getTime() + grant.interimSeconds * 1000 * (1 - phase / 2);
}
