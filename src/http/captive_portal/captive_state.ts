import type { Zone } from "../../aaa/identity/zones.ts";
import { sessionLeft } from "../../controller/session_left.ts";
import type { Station } from "../../controller/station.ts";
import { fillPlaceholders } from "./placeholders.ts";

/** RFC 8908 section 5. */
export interface CaptiveState {
  readonly captive: boolean;
  readonly "user-portal-url"?: string;
  readonly "venue-info-url"?: string;
  readonly "can-extend-session"?: boolean;
  readonly "seconds-remaining"?: number;
  readonly "bytes-remaining"?: number;
}

/**
 * What a station is told of itself. What is left is told to those that pass and have a limit; `bytes-remaining` counts
 * both directions together, so that the smallest of several quotas is the one that can be promised.
 *
 * @param station null when the address is in the zone's network and the box does not know it yet: it cannot pass.
 * @param portalUrl over TLS.
 */
export function captiveState(
  zone: Zone,
  station: Station | null,
  portalUrl: string,
  now: Date,
): CaptiveState {
  // A denied one has no portal.
  if (station?.isDenied) return { captive: true };
  const { uamserver, venueinfourl } = zone.options;
  const venue = venueinfourl && station && fillPlaceholders(venueinfourl, station, now);
  const pages = { "user-portal-url": portalUrl, ...venue && { "venue-info-url": venue } };
  if (!station || station.state === "stranger" || station.state === "splash") {
    return { captive: true, ...pages };
  }
  const { session } = station;
  if (!session) return { captive: false, ...pages };
  const { seconds, octets } = sessionLeft(zone, session, now);
  return {
    captive: false,
    ...pages,
    // Our own page shows the session and ends it; what somebody else's does we take from CoovaChilli, which says this.
    "can-extend-session": uamserver !== "",
    ...seconds !== null && { "seconds-remaining": seconds },
    ...octets !== null && { "bytes-remaining": octets },
  };
}
