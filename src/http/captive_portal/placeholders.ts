import { dashedMac, type Station } from "../../controller/station.ts";

/**
 * An address of a configuration with what it says of the station (coova 9): `%{m}` its MAC address, `%{M}` the same
 * without hyphens, `%{i}` its IP address, `%{n}` the NAS-Identifier, `%{s}` the session's id, `%{t}` the time in Unix
 * seconds; percent-encoded, for they may stand anywhere in it. Everything else stays as it is.
 */
export function fillPlaceholders(url: string, station: Station, now: Date): string {
  const mac = dashedMac(station.mac);
  const values: Readonly<Record<string, string>> = {
    m: mac,
    M: mac.replaceAll("-", ""),
    i: station.ip || (station.ip6[0] ?? ""),
    n: station.zone.options.nasid,
    s: station.sessionId,
    t: String(Math.floor(now.getTime() / 1000)),
  };
  return url.replace(/%\{(\w)\}/g, (text, name: string) => {
    const value = values[name];
    return value === undefined ? text : encodeURIComponent(value);
  });
}
