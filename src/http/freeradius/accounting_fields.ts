import * as v from "valibot";
import type { AccountingPacket } from "../../aaa/accounting/accounting_packet.ts";
import { message } from "../../languages/say.ts";
import { isIpv6Network, normalizeIpAddress, normalizeIpv6Address } from "../../values/ip_address.ts";
import { GIGAWORD, LARGEST_INT64 } from "../../values/octets.ts";
import type { SqlDateTime } from "../../values/sql_date_time.ts";
import { parseDateTime } from "../../values/zoned_time.ts";
import {
  choice,
  complaint,
  documentedAs,
  optionalCount,
  optionalText,
  parseFields,
  text,
} from "../fields.ts";
import { invalidFields } from "../problem.ts";
import type { Body } from "../read_body.ts";

const LARGEST_INT32 = 2_147_483_647n;

const STATUSES = ["Start", "Interim-Update", "Stop", "Accounting-On", "Accounting-Off"] as const;

/** An address, `""` for none; never null. */
function address(normalize: (value: string) => string | null, fault: string) {
  return v.optional(v.pipe(
    text(64, { blank: true }),
    v.check((value) => value === "" || normalize(value) !== null, fault),
    v.transform((value) => value === "" ? null : normalize(value)),
  ));
}

const instant = optionalText(64);

/** What accounting sends about one session (radius-api 3.1). */
export const AccountingFields = v.object({
  status_type: choice(STATUSES),
  unique_id: text(32),
  session_id: text(255),
  nas_ip_address: v.pipe(
    text(64),
    v.check((value) => normalizeIpAddress(value) !== null, complaint("invalid_ip_address")),
    v.transform((value) => normalizeIpAddress(value) ?? value),
  ),
  username: optionalText(255),
  groupname: optionalText(255),
  realm: optionalText(255),
  nas_port_id: optionalText(255),
  nas_port_type: optionalText(32),
  start_time: instant,
  update_time: instant,
  stop_time: instant,
  interval: v.optional(v.nullable(v.pipe(
    v.union([v.string(), v.number(), v.bigint()], complaint("invalid_integer")),
    documentedAs({ type: ["integer", "string"], format: "int32", minimum: 0, pattern: "^[0-9]*$" }),
    v.check((value) => /^[+-]?\d{1,10}$/.test(String(value).trim()), complaint("invalid_integer")),
    v.transform((value) => Number(value)),
    v.check(
      (value) => Math.abs(value) <= Number(LARGEST_INT32),
      complaint("integer_not_between", { least: `-${LARGEST_INT32}`, most: String(LARGEST_INT32) }),
    ),
  ))),
  session_time: optionalCount(),
  input_octets: optionalCount(),
  output_octets: optionalCount(),
  input_gigawords: optionalCount(),
  output_gigawords: optionalCount(),
  acct_input_gigawords: optionalCount(),
  acct_output_gigawords: optionalCount(),
  authentication: optionalText(32),
  connection_info_start: optionalText(255),
  connection_info_stop: optionalText(255),
  called_station_id: optionalText(253),
  calling_station_id: optionalText(253),
  terminate_cause: optionalText(32),
  service_type: optionalText(32),
  framed_protocol: optionalText(32),
  framed_ip_address: address(normalizeIpAddress, complaint("invalid_ip_address")),
  framed_ipv6_address: address(normalizeIpv6Address, complaint("invalid_ipv6_address")),
  framed_ipv6_prefix: address(
    (value) => value.length <= 44 && isIpv6Network(value) ? value : null,
    complaint("invalid_ipv6_network"),
  ),
  delegated_ipv6_prefix: address(
    (value) => value.length <= 44 && isIpv6Network(value) ? value : null,
    complaint("invalid_ipv6_network"),
  ),
  framed_interface_id: optionalText(19),
});
type Fields = v.InferOutput<typeof AccountingFields>;

/**
 * Checks a body and turns it into a packet; null for Accounting-On and -Off, which are about no session.
 *
 * @param username a roaming session's user name, which takes the place of the MAC address that was sent.
 * @param zone of times that were sent without an offset.
 * @throws {HttpProblem} 400 with every field's messages.
 */
export function toAccountingPacket(
  body: Body,
  username: string | undefined,
  zone: string,
): AccountingPacket | null {
  const fields = parseFields(AccountingFields, withoutEmptyInterval(body));
  const { status_type: status } = fields;
  if (status === "Accounting-On" || status === "Accounting-Off") return null;
  const zeroAtStart = (name: "session_time" | "input_octets" | "output_octets") =>
    fields[name] ?? (status === "Start" && body[name] === "" ? 0n : undefined);
  return {
    status,
    uniqueId: fields.unique_id,
    sessionId: fields.session_id,
    nasIpAddress: fields.nas_ip_address,
    ...present({
      startedAt: time(fields, "start_time", zone),
      updatedAt: time(fields, "update_time", zone),
      stoppedAt: time(fields, "stop_time", zone),
      sessionSeconds: zeroAtStart("session_time"),
      inputOctets: total(fields, INPUT_GIGAWORDS, zeroAtStart("input_octets")),
      outputOctets: total(fields, OUTPUT_GIGAWORDS, zeroAtStart("output_octets")),
      terminateCause: fields.terminate_cause,
    }),
    description: present(description(fields, username)),
  };
}

function description(fields: Fields, username: string | undefined) {
  return {
    username: username ?? fields.username,
    groupname: fields.groupname,
    realm: fields.realm,
    nasPortId: fields.nas_port_id,
    nasPortType: fields.nas_port_type,
    interval: fields.interval,
    authentication: fields.authentication,
    connectionInfoStart: fields.connection_info_start,
    connectionInfoStop: fields.connection_info_stop,
    calledStationId: fields.called_station_id,
    callingStationId: fields.calling_station_id,
    serviceType: fields.service_type,
    framedProtocol: fields.framed_protocol,
    framedIpAddress: fields.framed_ip_address,
    framedIpv6Address: fields.framed_ipv6_address,
    framedIpv6Prefix: fields.framed_ipv6_prefix,
    framedInterfaceId: fields.framed_interface_id,
    delegatedIpv6Prefix: fields.delegated_ipv6_prefix,
  };
}

/** The first one sent counts. */
const INPUT_GIGAWORDS = ["acct_input_gigawords", "input_gigawords"] as const;
const OUTPUT_GIGAWORDS = ["acct_output_gigawords", "output_gigawords"] as const;

/** Gigawords count only when the octets are the low 32 bits; FreeRADIUS may have put both together already. */
function total(
  fields: Fields,
  [first, second]: typeof INPUT_GIGAWORDS | typeof OUTPUT_GIGAWORDS,
  octets: bigint | undefined,
): bigint | undefined {
  const name = fields[first] === undefined ? second : first;
  const gigawords = fields[name];
  if (octets === undefined || gigawords === undefined || octets >= BigInt(GIGAWORD)) return octets;
  const sum = gigawords * BigInt(GIGAWORD) + octets;
  if (sum > LARGEST_INT64) throw invalidFields({ [name]: [message("total_out_of_range")] });
  return sum;
}

function time(
  fields: Fields,
  name: "start_time" | "update_time" | "stop_time",
  zone: string,
): SqlDateTime | undefined {
  const sent = fields[name];
  if (sent === null && name !== "start_time") {
    throw invalidFields({ [name]: [message("field_null")] });
  }
  if (!sent) return undefined;
  const at = parseDateTime(sent, zone);
  if (at === null) throw invalidFields({ [name]: [message("wrong_date_time_format")] });
  return at;
}

function withoutEmptyInterval(body: Body): Body {
  if (body.interval !== "") return body;
  const { interval: _, ...rest } = body;
  return rest;
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function present<T extends object>(values: T): Present<T> {
  const present: Partial<T> = {};
  for (const key in values) {
    if (values[key] !== undefined) present[key] = values[key];
  }
  // What is left has no undefined in it.
  return present as Present<T>;
}
