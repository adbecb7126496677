import type { ZoneOptions } from "../../aaa/identity/zone_options.ts";
import { GIGAWORD } from "../../values/octets.ts";
import { fromSqlDateTime } from "../../values/sql_date_time.ts";
import { parseDateTime } from "../../values/zoned_time.ts";
import type { Attributes } from "../authority/authority.ts";
import type { Grant } from "./grant.ts";

type Defaults = Pick<
  ZoneOptions,
  | "defsessiontimeout"
  | "defidletimeout"
  | "defbandwidthmaxup"
  | "defbandwidthmaxdown"
  | "definteriminterval"
>;

/** The values of an attribute; names are the same in any case, as in RADIUS dictionaries. */
type Lookup = (...names: readonly string[]) => readonly string[];

/** The most that a RADIUS integer attribute can say (RFC 2865 section 5). */
const LARGEST_INTEGER = 4_294_967_295;
const LEAST_INTERIM_SECONDS = 60;
const KILOBIT = 1000;
const HELD_AT_SPLASH = /(^|[\s,])(splash|require-uam-auth)($|[\s,])/;

/**
 * What an accept's attributes allow, the zone's defaults taken for what they do not say (coova 11, "Received"). A value
 * that cannot be read counts as not sent; 0 means no limit. A terminate time without a zone is UTC: authorities that
 * mean another one say so.
 *
 * @returns `over` when the terminate time has passed: then nobody is let in.
 */
export function grantOf(
  attributes: Attributes,
  defaults: Defaults,
  now: Date,
): Grant | { readonly kind: "over" } {
  const find = lookup(attributes);
  const terminateAt = instant(find("WISPr-Session-Terminate-Time"));
  if (terminateAt && terminateAt <= now) return { kind: "over" };
  const page = address(find(...vendorNames("Require-UAM")).slice(0, 1));
  return {
    sessionTimeout: count(find("Session-Timeout")) ?? defaults.defsessiontimeout,
    idleTimeout: count(find("Idle-Timeout")) ?? defaults.defidletimeout,
    terminateAt,
    interimSeconds: interimSeconds(find) ?? defaults.definteriminterval,
    bandwidthUp: bandwidth(find, "Up") ?? defaults.defbandwidthmaxup,
    bandwidthDown: bandwidth(find, "Down") ?? defaults.defbandwidthmaxdown,
    maxInputOctets: octets(find, "Input"),
    maxOutputOctets: octets(find, "Output"),
    maxTotalOctets: smaller(octets(find, "Total"), limit(find("pfSense-Max-Total-Octets"))),
    redirectionUrl: address(find("WISPr-Redirection-URL")) || page,
    replyMessage: find("Reply-Message")[0] ?? null,
    className: find("Class")[0] ?? null,
    splash: find(...vendorNames("Config")).some((text) => HELD_AT_SPLASH.test(text)) ||
      find(...vendorNames("Require-UAM"), ...vendorNames("Require-Splash")).some((text) => text !== ""),
  };
}

/** Of several names the first that the accept has. */
function lookup(attributes: Attributes): Lookup {
  const byName = new Map([...attributes].map(([name, values]) => [name.toLowerCase(), values]));
  return (...names) => names.map((name) => byName.get(name.toLowerCase())).find((values) => values) ?? [];
}

/** The vendor is CoovaChilli, which FreeRADIUS 3's own dictionary calls ChilliSpot. */
function vendorNames(name: string): readonly string[] {
  return [`CoovaChilli-${name}`, `ChilliSpot-${name}`];
}

function count([text]: readonly string[]): number | null {
  return text !== undefined && isWhole(text) ? Math.min(Number(text), LARGEST_INTEGER) : null;
}

function isWhole(text: string): boolean {
  return /^\s*\+?\d{1,20}\s*$/.test(text);
}

function interimSeconds(find: Lookup): number | null {
  const seconds = count(find("Acct-Interim-Interval"));
  return seconds !== null && seconds >= LEAST_INTERIM_SECONDS ? seconds : null;
}

/** Bits a second; CoovaChilli's own attribute counts thousands, and goes before WISPr's. */
function bandwidth(find: Lookup, direction: "Up" | "Down"): number | null {
  const kilobits = count(find(...vendorNames(`Bandwidth-Max-${direction}`)));
  return kilobits === null ? count(find(`WISPr-Bandwidth-Max-${direction}`)) : kilobits * KILOBIT;
}

function octets(find: Lookup, direction: "Input" | "Output" | "Total"): bigint | null {
  const low = limit(find(...vendorNames(`Max-${direction}-Octets`)));
  const high = limit(find(...vendorNames(`Max-${direction}-Gigawords`)));
  return low === null && high === null ? null : (high ?? 0n) * BigInt(GIGAWORD) + (low ?? 0n);
}

function limit([text]: readonly string[]): bigint | null {
  if (text === undefined || !isWhole(text)) return null;
  return BigInt(text.trim().replace("+", "")) || null;
}

function smaller(a: bigint | null, b: bigint | null): bigint | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

function instant([text]: readonly string[]): Date | null {
  const at = text === undefined ? null : parseDateTime(text, "UTC");
  return at && fromSqlDateTime(at);
}

/** A long address comes in several attributes. Anything but a web address would be a way to inject something. */
function address(parts: readonly string[]): string {
  const text = parts.join("").trim();
  return /^https?:\/\/[^\s\p{Cc}]+$/iu.test(text) && URL.canParse(text) ? text : "";
}
