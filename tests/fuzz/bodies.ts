import { brokenJson, wrongValue } from "./json_texts.ts";
import type { Credentials, Endpoint } from "./requests.ts";
import type { SeededRandom } from "./seeded_random.ts";

export interface FuzzBody {
  /** Null is not sent. */
  readonly contentType: string | null;
  readonly octets: Uint8Array<ArrayBuffer>;
}

/** Field names to JSON texts. */
type Fields = Record<string, string>;

const encoder = new TextEncoder();
const MEBIBYTE = 1_048_576;

/** Good ones, good ones with something wrong in them, and what is no body at all. */
export function fuzzBody(
  random: SeededRandom,
  endpoint: Endpoint,
  known: Credentials,
  number: number,
): FuzzBody {
  const fields = goodFields(random, endpoint, known, number);
  if (!random.oneIn(6)) mutate(random, endpoint, fields);
  if (random.oneIn(600)) {
    fields.padding = JSON.stringify("x".repeat(random.pick([MEBIBYTE - 2000, MEBIBYTE, 3e6])));
  }
  const kind = random.between(0, 99);
  if (kind < 55) return { contentType: "application/json", octets: encoder.encode(asJson(fields)) };
  if (kind < 63) return { contentType: "application/json", octets: encoder.encode(brokenJson(random)) };
  if (kind < 68) return { contentType: "application/json", octets: damaged(random, asJson(fields)) };
  if (kind < 80) return asForm(random, fields);
  if (kind < 92) return asMultipart(random, fields);
  return {
    contentType: random.pick([
      null,
      "",
      "text/plain",
      "application/json; charset=utf-16",
      "APPLICATION/JSON;charset=\xe9",
      "application/jsonx",
      ";",
      "multipart/mixed; boundary=a",
      "application/xml",
      "application/json, text/html",
      "x".repeat(5000),
    ]),
    octets: encoder.encode(random.oneIn(3) ? "" : asJson(fields)),
  };
}

function goodFields(random: SeededRandom, endpoint: Endpoint, known: Credentials, number: number): Fields {
  const station = {
    called_station_id: '"AP-1"',
    calling_station_id: JSON.stringify(`aa:bb:cc:dd:ee:${String(random.between(10, 99))}`),
  };
  const name = JSON.stringify(known.username);
  if (endpoint === "authorize") {
    return { username: name, password: JSON.stringify(known.radiusKey), ...station };
  }
  if (endpoint === "postauth") {
    return { username: name, password: '"secret"', reply: '"Access-Reject"', ...station };
  }
  const id = JSON.stringify(`s-${random.oneIn(3) ? number : random.between(0, 50)}`);
  const status = random.oneIn(20)
    ? random.pick(["Accounting-On", "Accounting-Off"])
    : random.pick(["Start", "Interim-Update", "Interim-Update", "Stop"]);
  return {
    status_type: JSON.stringify(status),
    unique_id: id,
    session_id: id,
    nas_ip_address: random.pick(['"10.0.0.1"', '"2001:db8::1"']),
    username: name,
    ...station,
    session_time: String(random.between(0, 10_000)),
    input_octets: JSON.stringify(String(random.between(0, 5e9))),
    output_octets: String(random.between(0, 5e9)),
    ...(random.oneIn(3) && { input_gigawords: '"1"', acct_output_gigawords: "2" }),
    ...(random.oneIn(3) && { start_time: '"2026-11-22T12:00:00Z"', interval: "300" }),
    ...(random.oneIn(3) && { framed_ip_address: '"192.0.2.1"', framed_ipv6_prefix: '"2001:db8::/64"' }),
    terminate_cause: '"User-Request"',
  };
}

/** Every field of the three endpoints, sent where it belongs and where it does not. */
const FIELDS = [
  "status_type",
  "unique_id",
  "session_id",
  "nas_ip_address",
  "username",
  "password",
  "reply",
  "groupname",
  "realm",
  "nas_port_id",
  "nas_port_type",
  "start_time",
  "update_time",
  "stop_time",
  "interval",
  "session_time",
  "input_octets",
  "output_octets",
  "input_gigawords",
  "output_gigawords",
  "acct_input_gigawords",
  "authentication",
  "connection_info_start",
  "connection_info_stop",
  "called_station_id",
  "calling_station_id",
  "terminate_cause",
  "service_type",
  "framed_protocol",
  "framed_ip_address",
  "framed_ipv6_address",
  "framed_ipv6_prefix",
  "framed_interface_id",
  "delegated_ipv6_prefix",
  "organization",
  "__proto__",
] as const;

function mutate(random: SeededRandom, endpoint: Endpoint, fields: Fields): void {
  const changes = random.between(1, 4);
  for (let change = 0; change < changes; change++) {
    const names = Object.keys(fields);
    const name = random.oneIn(2) ? names[random.between(0, names.length - 1)] : random.pick(FIELDS);
    if (name === undefined) continue;
    // Another name or password costs a slow hash: some do, not half of them.
    if (endpoint === "authorize" && (name === "username" || name === "password") && !random.oneIn(300)) {
      fields[name] = random.oneIn(8)
        ? random.pick(["null", "[]", '"\\ud800"', "1e400", '{"a":1}'])
        : random.pick(['""', '"\\u0000"', '"  "', '"\\t\\u0000"']);
    } else if (random.oneIn(4)) delete fields[name];
    else fields[name] = wrongValue(random);
  }
}

function asJson(fields: Fields): string {
  return `{${Object.entries(fields).map(([name, value]) => `${JSON.stringify(name)}:${value}`).join()}}`;
}

/** The text with one to three of its octets changed, cut or added. */
function damaged(random: SeededRandom, text: string): Uint8Array<ArrayBuffer> {
  let octets = [...encoder.encode(text.slice(0, 4000))];
  const changes = random.between(1, 3);
  for (let change = 0; change < changes; change++) {
    const at = random.between(0, octets.length);
    const octet = random.pick([0xff, 0xc0, 0x80, 0xed, 0x00, 0x22, 0x5c, 0x7b, 0x0a]);
    switch (random.between(0, 3)) {
      case 0:
        octets.splice(at, 1, octet);
        break;
      case 1:
        octets.splice(at, 0, octet, 0xa0, 0x80);
        break;
      case 2:
        octets.splice(at, random.between(1, 5));
        break;
      default:
        octets = octets.slice(0, at);
    }
  }
  return Uint8Array.from(octets);
}

/** What a form would say: texts, others as their JSON. */
function asText(value: string): string {
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "string" ? parsed.toWellFormed() : value;
  } catch {
    return value;
  }
}

function asForm(random: SeededRandom, fields: Fields): FuzzBody {
  const parts = Object.entries(fields).map(([name, value]) =>
    `${encodeURIComponent(name)}=${encodeURIComponent(asText(value))}`
  );
  if (random.oneIn(3)) {
    parts.push(random.pick([
      "=",
      "",
      "%",
      "%FF=%FF",
      "username=%FF%FE",
      "username=%ED%A0%80",
      "username=a&username=b",
      "organization=",
      "a".repeat(10_000),
      "&&&&",
      "password=\ufffd",
      "unique_id=%00",
      "session_time=",
    ]));
  }
  const text = parts.join(random.oneIn(20) ? ";" : "&");
  return {
    contentType: random.pick([
      "application/x-www-form-urlencoded",
      "application/x-www-form-urlencoded; charset=UTF-8",
      "Application/X-WWW-Form-URLencoded",
    ]),
    octets: random.oneIn(10) ? damaged(random, text) : encoder.encode(text),
  };
}

function asMultipart(random: SeededRandom, fields: Fields): FuzzBody {
  const boundary = random.pick(["b", "----WebKitFormBoundary7MA4YWxkTrZu0gW", "'()+_,-./:=?"]);
  const line = random.oneIn(20) ? "\n" : "\r\n";
  const parts = Object.entries(fields).map(([name, value]) => {
    const file = random.oneIn(15) ? `; filename="${random.pick(["a.csv", "", "\u0000", "é", '\\"'])}"` : "";
    const type = random.oneIn(15) ? `${line}Content-Type: text/plain; charset=x` : "";
    const disposition = random.oneIn(30) ? "attachment" : `form-data; name="${name}"${file}`;
    return `--${boundary}${line}Content-Disposition: ${disposition}${type}${line}${line}${
      asText(value)
    }${line}`;
  });
  const end = random.oneIn(10) ? "" : `--${boundary}--${line}`;
  const text = `${random.oneIn(20) ? "preamble" : ""}${parts.join("")}${end}`;
  const stated = random.oneIn(15) ? random.pick(["other", "", `${boundary}-`]) : boundary;
  return {
    contentType: random.oneIn(20)
      ? random.pick(["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data;boundary"])
      : `multipart/form-data; boundary="${stated}"`,
    octets: random.oneIn(6) ? damaged(random, text) : encoder.encode(text),
  };
}
