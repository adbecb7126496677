import type { ZoneOptions } from "../../aaa/identity/zone_options.ts";
import type { SentEap } from "../../controller/controller.ts";
import type { LogOnParameters } from "../../controller/uam_credential.ts";
import { decodeUnpaddedBase64 } from "../../values/base64.ts";

/** An EAP message that cannot be asked for: too long for RADIUS, or not in base64. */
export interface UnfitEap {
  readonly kind: "unfit";
  readonly reason: "mtu" | "protocol";
}

/** What an Access-Request takes, beside all that it has to say (coova 5). */
const LONGEST_MESSAGE = 1265;
/** Those that come first. */
const OTHERS = ["ntresponse", "response", "password"] as const;

/**
 * `WISPrEAPMsg` of a log-on by WISPr 2.0 (coova 6): an EAP packet in base64.
 *
 * @returns null where there is none, or another credential, which comes first.
 */
export function sentEap(
  { nowispr2 }: Pick<ZoneOptions, "nowispr2">,
  parameters: LogOnParameters,
): SentEap | UnfitEap | null {
  const text = parameters.get("WISPrEAPMsg");
  const isAsked = !nowispr2 && parameters.get("WISPrVersion") === "2.0";
  if (!text || !isAsked || OTHERS.some((name) => parameters.get(name))) return null;
  const message = decodeUnpaddedBase64(text.replace(/={1,2}$/, ""));
  if (!message) return { kind: "unfit", reason: "protocol" };
  return message.length > LONGEST_MESSAGE ? { kind: "unfit", reason: "mtu" } : { kind: "eap", message };
}
