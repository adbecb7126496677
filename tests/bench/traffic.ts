import { createHash } from "node:crypto";
import type { User } from "./hotspot.ts";

const ACCESS_POINTS = 20;
/** Coprime to the number of users: each comes as often as the others, neighbours not one after the other. */
const TURN = 617;
/** Between two packets of a session: as many sessions are under way, so that they are 1,000 requests apart. */
const STEPS_APART = 333;

type Packet = "Start" | "Interim-Update" | "Stop";

const MOMENTS: readonly {
  readonly packet: Packet;
  readonly begunStepsAgo: number;
  readonly seconds: number;
}[] = [
  { packet: "Start", begunStepsAgo: 0, seconds: 0 },
  { packet: "Interim-Update", begunStepsAgo: STEPS_APART, seconds: 2 },
  { packet: "Stop", begunStepsAgo: 2 * STEPS_APART, seconds: 5 },
];

/**
 * What rlm_rest sends for accounting (docs/freeradius.md), in the order of a busy hotspot: a session's Start,
 * Interim-Update and Stop are about 1,000 requests apart, the users take turns, each with one station.
 *
 * @param run tells the sessions of one run from those of the next.
 */
export function* accountingBodies(users: readonly User[], run: string, count: number): Generator<string> {
  let made = 0;
  for (let step = 0; made < count; step++) {
    for (const { packet, begunStepsAgo, seconds } of MOMENTS) {
      if (begunStepsAgo > step) continue;
      yield accountingBody(users, run, step - begunStepsAgo, packet, seconds);
      if (++made === count) return;
    }
  }
}

function accountingBody(
  users: readonly User[],
  run: string,
  session: number,
  packet: Packet,
  seconds: number,
): string {
  // FreeRADIUS's Acct-Unique-Session-Id is an MD5 too, so rows come in no order of theirs.
  const uniqueId = createHash("md5").update(`${run} ${session}`).digest("hex");
  const place = session % ACCESS_POINTS;
  const user = session * TURN % users.length;
  return JSON.stringify({
    status_type: packet,
    session_id: uniqueId.slice(0, 16).toUpperCase(),
    unique_id: uniqueId,
    username: users[user]?.username,
    realm: "",
    nas_ip_address: `10.0.0.${place + 1}`,
    nas_port_id: "1",
    nas_port_type: "Wireless-802.11",
    session_time: packet === "Start" ? "" : `${seconds}`,
    authentication: "RADIUS",
    input_octets: packet === "Start" ? "" : `${seconds * 1_000}`,
    output_octets: packet === "Start" ? "" : `${seconds * 9_000}`,
    input_gigawords: "",
    output_gigawords: "",
    called_station_id: accessPoint(place),
    calling_station_id: station(user),
    terminate_cause: packet === "Stop" ? "User-Request" : "",
    service_type: "Login-User",
    framed_protocol: "",
    framed_ip_address: `10.1.${session >> 8 & 255}.${session & 255}`,
    framed_ipv6_address: "",
    framed_ipv6_prefix: "",
    framed_interface_id: "",
    delegated_ipv6_prefix: "",
  });
}

/** What rlm_rest sends for a log-in: users in turn, each from one station, with the passwords in their order. */
export function* authorizeBodies(users: readonly User[], passwords: readonly string[]): Generator<string> {
  for (const [i, password] of passwords.entries()) {
    yield JSON.stringify({
      username: users[i % users.length]?.username,
      password,
      called_station_id: accessPoint(i % ACCESS_POINTS),
      calling_station_id: station(i % users.length),
    });
  }
}

function accessPoint(place: number): string {
  return `00-11-22-33-44-${octet(place)}:Guests`;
}

/** A user's station; ledger_rows.ts gives it a history. */
function station(number: number): string {
  return `B2-00-00-${octet(number >> 16)}-${octet(number >> 8)}-${octet(number)}`;
}

function octet(value: number): string {
  return (value & 255).toString(16).padStart(2, "0").toUpperCase();
}
