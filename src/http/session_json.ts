import type { Session } from "../aaa/accounting/accounting_packet.ts";
import type { SqlDateTime } from "../values/sql_date_time.ts";
import { fromSqlDateTime } from "../values/sql_date_time.ts";
import { toZonedIso } from "../values/zoned_time.ts";
import { jsonCount } from "./json_count.ts";

/** A session as every list of this API shows it (radius-api 3.9), times in the server's zone. */
export function sessionJson(session: Session, zone: string, language: string) {
  const iso = (at: SqlDateTime | null) => at && toZonedIso(at, zone);
  const display = (at: SqlDateTime | null) => at && displayTime(at, zone, language);
  return {
    unique_id: session.uniqueId,
    session_id: session.sessionId,
    username: session.username,
    groupname: session.groupname,
    realm: session.realm,
    nas_ip_address: session.nasIpAddress,
    nas_port_id: session.nasPortId,
    nas_port_type: session.nasPortType,
    start_time: iso(session.startedAt),
    update_time: iso(session.updatedAt),
    stop_time: iso(session.stoppedAt),
    interval: session.interval,
    session_time: jsonCount(session.sessionSeconds),
    authentication: session.authentication,
    connection_info_start: session.connectionInfoStart,
    connection_info_stop: session.connectionInfoStop,
    input_octets: jsonCount(session.inputOctets),
    output_octets: jsonCount(session.outputOctets),
    called_station_id: session.calledStationId,
    calling_station_id: session.callingStationId,
    terminate_cause: session.terminateCause,
    service_type: session.serviceType,
    framed_protocol: session.framedProtocol,
    framed_ip_address: session.framedIpAddress,
    framed_ipv6_address: session.framedIpv6Address,
    framed_ipv6_prefix: session.framedIpv6Prefix,
    framed_interface_id: session.framedInterfaceId,
    delegated_ipv6_prefix: session.delegatedIpv6Prefix,
    organization: session.organizationId,
    start_time_display: display(session.startedAt),
    stop_time_display: display(session.stoppedAt),
  };
}

const MONTHS = "Jan. Feb. March April May June July Aug. Sept. Oct. Nov. Dec.".split(" ");

/** `Nov. 22, 2026, 4:01 a.m.`; `en-gb` puts the day first, other languages have their own form. */
function displayTime(at: SqlDateTime, zone: string, language: string): string {
  if (!/^en(-|$)/i.test(language)) return formatOf(language, zone).format(fromSqlDateTime(at));
  const local = toZonedIso(at, zone);
  const [year, month, day] = local.slice(0, 10).split("-").map(Number);
  const clock = clockTime(Number(local.slice(11, 13)), Number(local.slice(14, 16)));
  const name = MONTHS[(month ?? 1) - 1];
  if (/^en-gb$/i.test(language)) return `${day} ${name?.slice(0, 3)} ${year}, ${clock}`;
  return `${name} ${day}, ${year}, ${clock}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();
/** Clients choose languages, and there are very many. */
const MOST_FORMATS = 50;

/** Making one takes longer than reading a page of sessions. */
function formatOf(language: string, zone: string): Intl.DateTimeFormat {
  const key = `${language} ${zone}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short", timeZone: zone });
    if (formats.size >= MOST_FORMATS) formats.clear();
    formats.set(key, format);
  }
  return format;
}

function clockTime(hours: number, minutes: number): string {
  if (!minutes && hours % 12 === 0) return hours ? "noon" : "midnight";
  const shown = minutes ? `${hours % 12 || 12}:${String(minutes).padStart(2, "0")}` : `${hours % 12 || 12}`;
  return `${shown} ${hours < 12 ? "a.m." : "p.m."}`;
}
