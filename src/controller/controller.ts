import type { Credential } from "../aaa/credentials/credential.ts";
import type { Zone } from "../aaa/identity/zones.ts";
import type { Station } from "./station.ts";

/** Acct-Terminate-Cause as FreeRADIUS spells it (RFC 2866 section 5.10). */
export type TerminateCause =
  | "User-Request"
  | "Lost-Carrier"
  | "Idle-Timeout"
  | "Session-Timeout"
  | "Admin-Reset"
  /** The gate or the database refused. */
  | "NAS-Error"
  | "NAS-Reboot";

/** The station's next message of an EAP exchange: an EAP packet. */
export interface SentEap {
  readonly kind: "eap";
  readonly message: Uint8Array;
}

/** A log-on, its credential decoded with the challenge that `challenge` names. */
export interface LogOn {
  readonly userName: string;
  readonly credential: Credential | SentEap;
  /** The challenge (32 hex digits) that the credential answers; it is good for one success. */
  readonly challenge: string;
  readonly lang?: string;
}

export type LogOnOutcome =
  /** `eapMessage` ends an EAP exchange. */
  | { readonly kind: "accepted"; readonly station: Station; readonly eapMessage?: Uint8Array }
  /** The EAP exchange goes on with the same challenge. */
  | { readonly kind: "challenge"; readonly station: Station; readonly eapMessage: Uint8Array }
  /** A session is open already: nobody was asked. */
  | { readonly kind: "already"; readonly station: Station }
  /** There is a new challenge. */
  | { readonly kind: "refused"; readonly station: Station; readonly replyMessage: string | null }
  /** The challenge is older than `challengetimeout2`, or was thrown away by `abort()`; there is a new one. */
  | { readonly kind: "expired"; readonly station: Station }
  /** The authority did not answer; there is a new challenge. */
  | { readonly kind: "silent"; readonly station: Station };

/** Limits that an operator's `station authorize` sets; what is absent is the zone's default. */
export interface Admission {
  readonly userName?: string;
  readonly sessionTimeout?: number;
}

/** This box as a NAS: its zones, stations and sessions. */
export interface Controller {
  readonly zones: readonly Zone[];
  /** All stations known, strangers too. */
  readonly stations: () => readonly Station[];
  /** The zone's interface, or what `nasmac` says, as `AA-BB-CC-DD-EE-FF`: Called-Station-Id. */
  calledStationId(zone: Zone): string;
  /** Whose connection it is, by its source address; null when nobody in the zone has the address. */
  stationAt(zone: Zone, address: string): Promise<Station | null>;
  /**
   * Waits until the gate lets an open session pass under the address too, in its shortest form.
   *
   * @returns since when it does, for an address that the station took after it had been let in; null for one that
   * passes since then, or does not.
   */
  passesSince(station: Station, address: string): Promise<Date | null>;
  /** Makes a challenge where none is, or the one there is older than `challengetimeout`. */
  withChallenge(station: Station): Station;
  /** `abort`: the next log-on is thrown away unless a new challenge was fetched first; there is a new one. */
  abort(station: Station): Station;
  rememberOriginalUrl(station: Station, url: string): Station;
  logOn(station: Station, request: LogOn): Promise<LogOnOutcome>;
  /** A station without a session gets a new challenge all the same. */
  logOff(station: Station, cause: TerminateCause): Promise<Station>;
  /** Ends the splash: the session's traffic passes from now on. */
  leaveSplash(station: Station): Promise<Station>;
  /** `macreauth`: begins a MAC authentication; its outcome shows in the station's state. */
  tryMac(station: Station): void;
  /** Opens a session for a station that an operator lets in. */
  admit(station: Station, admission: Admission): Promise<Station>;
  /** Reads the zones again and makes the box be so; nobody who may stay is interrupted. */
  reload(): Promise<void>;
  /** Ends every session with `NAS-Reboot` and takes away what is the controller's own. */
  stop(): Promise<void>;
}
