import type { Crypto } from "../../aaa/credentials/crypto.ts";
import { toHex } from "../../values/hex.ts";
import type { StationRecord } from "./station_record.ts";

const OCTETS = 16;

/** What a log-on's credential answers. */
export interface Challenge {
  /** 32 lower-case hex digits. */
  readonly hex: string;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
}

/** What is shown with `nochallenge`. */
export const NO_CHALLENGE = "0".repeat(2 * OCTETS);

type Random = Pick<Crypto, "randomBytes">;

/** An EAP exchange that is going on is over, too. */
export function renewChallenge(record: StationRecord, random: Random, now: Date): void {
  record.eapState = null;
  record.challenge = { hex: toHex(random.randomBytes(OCTETS)), madeAt: now.getTime() };
}

/** Makes a challenge where none is, or where the one there is older than `challengetimeout`. */
export function fetchChallenge(record: StationRecord, random: Random, now: Date): void {
  record.isAborted = false;
  const { challenge, zone } = record;
  if (challenge && !isOlder(challenge, zone.options.challengetimeout, now)) return;
  renewChallenge(record, random, now);
}

/** Whether a log-on that answers this challenge may be tried; what `abort` marked is thrown away once. */
export function takesChallenge(record: StationRecord, hex: string, now: Date): boolean {
  if (record.isAborted) {
    record.isAborted = false;
    return false;
  }
  const { options: { nochallenge, challengetimeout2 } } = record.zone;
  if (nochallenge) return true;
  const { challenge } = record;
  return challenge?.hex === hex && !isOlder(challenge, challengetimeout2, now);
}

function isOlder({ madeAt }: Challenge, seconds: number, now: Date): boolean {
  return seconds > 0 && now.getTime() - madeAt > seconds * 1000;
}
