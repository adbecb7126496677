import type { Schema } from "./openapi_types.ts";

const text: Schema = nullable("string");
const time: Schema = { ...nullable("string"), format: "date-time" };
const count: Schema = { ...nullable("integer"), format: "int64" };

/** A session as lists show it (radius-api 3.9). */
export const SESSION_SCHEMA: Schema = {
  type: "object",
  properties: {
    unique_id: { type: "string" },
    session_id: { type: "string" },
    username: text,
    groupname: text,
    realm: text,
    nas_ip_address: { type: "string" },
    nas_port_id: text,
    nas_port_type: text,
    start_time: time,
    update_time: time,
    stop_time: { ...time, description: "Null while the session is open." },
    interval: nullable("integer"),
    session_time: { ...count, description: "Seconds." },
    authentication: text,
    connection_info_start: text,
    connection_info_stop: text,
    input_octets: { ...count, description: "From the station." },
    output_octets: { ...count, description: "To the station." },
    called_station_id: text,
    calling_station_id: text,
    terminate_cause: text,
    service_type: text,
    framed_protocol: text,
    framed_ip_address: text,
    framed_ipv6_address: text,
    framed_ipv6_prefix: text,
    framed_interface_id: text,
    delegated_ipv6_prefix: text,
    organization: { type: "string", format: "uuid" },
    start_time_display: { ...text, description: "In the language of `Accept-Language`." },
    stop_time_display: text,
  },
};

function nullable(type: "string" | "integer"): Schema {
  return { type: [type, "null"] };
}

export const SESSION_EXAMPLE = {
  unique_id: "75058e50",
  session_id: "35000006",
  username: "ada",
  groupname: "alpha-guests",
  realm: "",
  nas_ip_address: "172.16.64.91",
  nas_port_id: "1",
  nas_port_type: "Wireless-802.11",
  start_time: "2026-11-22T09:01:07.234035+01:00",
  update_time: "2026-11-22T09:05:28+01:00",
  stop_time: null,
  interval: null,
  session_time: 261,
  authentication: "RADIUS",
  connection_info_start: null,
  connection_info_stop: null,
  input_octets: 9_900_909,
  output_octets: 1_513_075_509,
  called_station_id: "00-27-22-F3-FA-F1:hotspot",
  calling_station_id: "5c:7d:c1:72:a7:3b",
  terminate_cause: "",
  service_type: "Login-User",
  framed_protocol: null,
  framed_ip_address: "10.1.0.23",
  framed_ipv6_address: null,
  framed_ipv6_prefix: null,
  framed_interface_id: null,
  delegated_ipv6_prefix: null,
  organization: "01a2022a-373b-7000-8000-0080fdb31099",
  start_time_display: "Nov. 22, 2026, 9:01 a.m.",
  stop_time_display: null,
};
