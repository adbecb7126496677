import type { Zone } from "../../aaa/identity/zones.ts";
import { detectionProbe } from "../../values/detection_probe.ts";
import { caughtUrl, locationOf } from "./original_url.ts";
import { redirectAnswer, type UamAnswer } from "./uam_answer.ts";
import type { UamAsked } from "./uam_asked.ts";

/** Longer than a connection may stay open before it asks for something. */
const WINDOW_MILLISECONDS = 30_000;
/** As many connections as browsers have begun by the time that the first one is answered, and fewer than they follow. */
const MOST_TIMES = 10;
/** Of a `Host`: with another port it was sent to our own. */
const PORT_80 = /^[^:]*$|(?:\]|:80)$/;
/** In the place of octets that could not be sent back as they were. */
const NO_UTF8 = "\u{fffd}";

/** From which addresses guests were sent back lately: no one again and again, whatever keeps it from getting there. */
export class SentBack {
  /** The first one first; milliseconds since 1970. */
  readonly #sent = new Map<string, { readonly firstAt: number; times: number }>();

  /** @returns whether it may be sent once more. */
  send({ id }: Zone, address: string, now: Date): boolean {
    for (const [key, { firstAt }] of this.#sent) {
      if (isLately(firstAt, now)) break;
      this.#sent.delete(key);
    }
    const key = `${id} ${address}`;
    const sent = this.#sent.get(key) ?? { firstAt: now.getTime(), times: 0 };
    this.#sent.set(key, sent);
    return ++sent.times <= MOST_TIMES;
  }
}

/**
 * For a guest whose device has made itself an address: the gate learns of it from its first packet, which is caught like
 * a stranger's. As soon as the address passes the guest is sent where it wanted to go. Null for whoever else is caught.
 */
export async function sendBack(asked: UamAsked): Promise<UamAnswer | null> {
  const { ports, sentBack, station, request: { source } } = asked;
  const { zone, state } = station;
  const location = state === "open" && zone.gate === "nftables" ? wantedLocation(asked) : null;
  const since = location && await ports.controller.passesSince(station, source);
  const now = ports.now();
  if (!location || !since || !isLately(since.getTime(), now)) return null;
  return sentBack.send(zone, source, now) ? redirectAnswer(location, "") : null;
}

/** What was asked of another site on port 80, as it was asked. */
function wantedLocation({ target, isOwn }: UamAsked): string | null {
  const { host, path } = target;
  // What looks whether it is caught is answered at once.
  if (isOwn || !PORT_80.test(host) || detectionProbe(host, path)) return null;
  const url = caughtUrl(target);
  return url === null || url.includes(NO_UTF8) ? null : locationOf(url);
}

function isLately(at: number, now: Date): boolean {
  return Math.abs(now.getTime() - at) < WINDOW_MILLISECONDS;
}
