import type { ReplyAttributes } from "../../aaa/access/access_decision.ts";
import { parseDateTime, toZonedIso } from "../../values/zoned_time.ts";
import type { Attributes } from "./authority.ts";

const TERMINATE_TIME = "wispr-session-terminate-time";
const OWN_QUOTA = "CoovaChilli-Max-Total-Octets";
/** What `grantOf()` reads a quota from. */
const KNOWN_QUOTA = /^(CoovaChilli|ChilliSpot|pfSense)-Max-(Total|Input|Output)-Octets$/i;

/**
 * What a decision's replies are to this box: text by name, several values kept, other lists than the reply's left out
 * (rlm_rest takes `control:…` for its own).
 *
 * @param installation.timeZone where a terminate time without a zone is.
 * @param installation.quotaName the attribute that counters tell what is left of a volume with: another vendor's is
 * understood all the same.
 */
export function attributesOf(
  replies: ReplyAttributes,
  { timeZone, quotaName }: { readonly timeZone: string; readonly quotaName: string },
): Attributes {
  const attributes = new Map<string, readonly string[]>();
  for (const [listed, reply] of Object.entries(replies)) {
    const name = listed.replace(/^reply:/i, "");
    if (name.includes(":")) continue;
    const values = typeof reply === "number" ? [String(reply)] : [reply.value].flat();
    const before = attributes.get(name) ?? [];
    attributes.set(name, [...before, ...values.map((text) => inFull(name, text, timeZone))]);
  }
  const quota = replies[quotaName];
  if (typeof quota === "number" && !KNOWN_QUOTA.test(quotaName)) attributes.set(OWN_QUOTA, [String(quota)]);
  return attributes;
}

function inFull(name: string, text: string, timeZone: string): string {
  if (name.toLowerCase() !== TERMINATE_TIME) return text;
  const at = parseDateTime(text, timeZone);
  return at ? toZonedIso(at, "UTC") : text;
}
