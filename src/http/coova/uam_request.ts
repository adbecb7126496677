import { percentDecode } from "./percent_encoding.ts";

/** A request to the UAM port, as it came; octets that are no UTF-8 are U+FFFD already. */
export interface UamRequest {
  readonly method: string;
  /** The request target as sent: `/json/status?callback=f`, or a whole address. */
  readonly target: string;
  /** The header `Host`; empty when there is none. */
  readonly host: string;
  /** The header `Origin`; empty when there is none. */
  readonly origin: string;
  /** The header `Accept-Language`; empty when there is none. */
  readonly acceptLanguage: string;
  /** Whose connection it is: an address in its shortest form. */
  readonly source: string;
  /** The address and port of ours that it came to. */
  readonly local: { readonly address: string; readonly port: number };
  /** It came to the port where whoever comes is logged out (`uamlogoutip`). */
  readonly logsOut?: boolean;
}

/** Octets (coova 1); what is longer is cut, and is then no original URL. */
const LONGEST_PATH = 255;
const LONGEST_QUERY = 2047;
const LONGEST_HOST = 255;

export interface UamTarget {
  /** Of the address that is asked for, with its port: the target's own, else the header's. */
  readonly host: string;
  readonly path: string;
  /** Without `?`; null when there is none. */
  readonly query: string | null;
  /** Nothing was cut. */
  readonly isWhole: boolean;
}

/** What is asked for; null when it cannot be understood: neither a path nor an `http:` address, or an overlong host. */
export function readTarget({ target, host }: Pick<UamRequest, "target" | "host">): UamTarget | null {
  const absolute = /^https?:\/\/([^/?]*)(.*)$/is.exec(target);
  // RFC 9112 section 3.2.2: the header does not count then.
  const asked = absolute?.[1] ?? host;
  const rest = absolute ? absolute[2] || "/" : target;
  const whole = rest.startsWith("?") ? `/${rest}` : rest;
  if (!whole.startsWith("/") || asked.length > LONGEST_HOST) return null;
  const at = whole.indexOf("?");
  const path = at < 0 ? whole : whole.slice(0, at);
  const query = at < 0 ? null : whole.slice(at + 1);
  return {
    host: asked,
    path: path.slice(0, LONGEST_PATH),
    query: query?.slice(0, LONGEST_QUERY) ?? null,
    isWhole: path.length <= LONGEST_PATH && (query ?? "").length <= LONGEST_QUERY,
  };
}

/**
 * A query's parameters, percent-decoded; the first of a name counts, names are as sent, `&` alone parts them, and what
 * has no `=` is none (coova 1).
 */
export function readQuery(query: string | null): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const part of (query ?? "").split("&")) {
    const at = part.indexOf("=");
    const name = part.slice(0, at);
    if (at > 0 && !parameters.has(name)) parameters.set(name, percentDecode(part.slice(at + 1)));
  }
  return parameters;
}
