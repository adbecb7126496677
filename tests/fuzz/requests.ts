import { fuzzBody } from "./bodies.ts";
import type { SeededRandom } from "./seeded_random.ts";

/** What the server under test knows. */
export interface Credentials {
  readonly organizationId: string;
  readonly organizationToken: string;
  readonly otherOrganizationId: string;
  readonly username: string;
  /** A RADIUS key of that user that may be shown again and again. */
  readonly radiusKey: string;
  readonly legacyToken: string;
}

export type Endpoint = "authorize" | "accounting" | "postauth" | "elsewhere";

/** One request, ready for a socket: a target and header values of printable octets, a body of any. */
export interface FuzzRequest {
  readonly endpoint: Endpoint;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array<ArrayBuffer> | null;
}

/** The request that comes next. `number` goes into ids, so that some sessions are new. */
export function fuzzRequest(random: SeededRandom, known: Credentials, number: number): FuzzRequest {
  const endpoint = random.oneIn(40)
    ? "elsewhere"
    : random.pick<Endpoint>(["authorize", "accounting", "accounting", "postauth"]);
  const method = random.oneIn(12)
    ? random.pick(["GET", "GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
    : "POST";
  const isLegacy = random.oneIn(20);
  const proof = isLegacy ? legacyProof(random, known) : proofOf(random, known);
  const { contentType, octets } = fuzzBody(random, endpoint, known, number);
  const isRead = method !== "GET" && method !== "HEAD";
  // What nobody reads of a body must not be long.
  const hasBody = method === "POST" || (random.oneIn(3) && (isRead || octets.length < 16_384));
  const headers: [string, string][] = [...proof.headers, ...oddHeaders(random)];
  if (hasBody && contentType !== null) headers.push(["Content-Type", contentType]);
  return {
    endpoint,
    method,
    target: `${pathOf(random, endpoint, isLegacy)}${queryOf(random, proof.query)}`,
    headers,
    body: hasBody ? octets : null,
  };
}

function pathOf(random: SeededRandom, endpoint: Endpoint, isLegacy: boolean): string {
  if (endpoint === "elsewhere") {
    return random.pick([
      "/api/v1/",
      "/api/v1/freeradius/",
      "/api/v1/freeradius/nothing/",
      "/api/v1/freeradius/%E0%A4%A/",
      "/api/v1/freeradius/%2e%2e/accounting/",
      "/api/v1/freeradius//authorize/",
      "/api/v1/freeradius/authorize/%00",
      "/api/v1/account/token/",
      "/api/v1/batch/",
      `/api/v1/${"x".repeat(4000)}`,
    ]);
  }
  const end = random.oneIn(8) ? "" : "/";
  return `/api/v1/${isLegacy ? "" : "freeradius/"}${endpoint}${end}`;
}

interface Proof {
  readonly headers: [string, string][];
  readonly query: readonly string[];
}

function proofOf(random: SeededRandom, known: Credentials): Proof {
  const right = `${known.organizationId} ${known.organizationToken}`;
  const header = (value: string): Proof => ({ headers: [["Authorization", value]], query: [] });
  if (!random.oneIn(3)) return header(`Bearer ${right}`);
  return random.pick<() => Proof>([
    () => ({ headers: [], query: [] }),
    () => ({ headers: [], query: [] }),
    () => ({ headers: [], query: [`uuid=${known.organizationId}`, `token=${known.organizationToken}`] }),
    () => ({ headers: [], query: [`uuid=${known.organizationId}`] }),
    () => ({ headers: [], query: [`token=${known.organizationToken}`] }),
    () => ({ headers: [], query: ["uuid=%00", `token=${"t".repeat(3000)}`] }),
    () => header(random.pick(["", "Bearer", "Bearer ", "Bearer a", "Bearer a b", "Basic Og==", "a b c d e"])),
    () => header(`bearer ${right}`),
    () => header(`Bearer  ${right}`),
    () => header(`Bearer ${right} more`),
    () => header(`Bearer ${known.otherOrganizationId} ${known.organizationToken}`),
    () => header(`Bearer ${known.organizationId.toUpperCase()} ${known.organizationToken}`),
    () => header(`Bearer ${known.organizationId} ${known.organizationToken.slice(1)}`),
    () => header(`Bearer ${known.organizationId} t\xf6k\xe9n`),
    () => header(`Bearer {${known.organizationId}} ' or 1=1`),
    () => header(`Bearer ${random.word(36)} ${random.word(32)}`),
    () => header(`Bearer ${"x".repeat(random.pick([1_000, 7_000, 15_000]))} y`),
  ])();
}

function legacyProof(random: SeededRandom, { legacyToken }: Credentials): Proof {
  return random.pick<Proof>([
    { headers: [["Authorization", `Bearer ${legacyToken}`]], query: [] },
    { headers: [], query: [`token=${legacyToken}`] },
    { headers: [], query: ["token=wrong"] },
    { headers: [["Authorization", "Bearer"]], query: [] },
    { headers: [], query: [] },
  ]);
}

function oddHeaders(random: SeededRandom): [string, string][] {
  if (!random.oneIn(6)) return [];
  return random.pick<() => [string, string][]>([
    () => [["X-Long", "x".repeat(random.pick([1_000, 8_000, 15_500]))]],
    () => Array.from({ length: 90 }, (_, index): [string, string] => [`X-${index}`, random.word(60)]),
    () => [[
      "Accept-Language",
      random.pick(["*", "de;q=0.9,en", ";;;", "x".repeat(3000), "en-gb, ,q=", "\xe4"]),
    ]],
    () => [["X-Forwarded-For", random.pick(["1.2.3.4", "::1, ,", "a".repeat(2000), "127.0.0.1"])]],
    () => [["Accept", "text/html;level=1, */*;q=0"], ["Cookie", "a=b; c=\xff; ="]],
    () => [["Content-Encoding", random.pick(["gzip", "br", "identity"])]],
    () => [["Content-Language", "\xff\xfe"], ["If-None-Match", "*"], ["Range", "bytes=0-"]],
  ])();
}

function queryOf(random: SeededRandom, proof: readonly string[]): string {
  const parts = [...proof];
  if (random.oneIn(5)) {
    const count = random.between(1, 5);
    for (let part = 0; part < count; part++) {
      const name = random.pick([
        "username",
        "page",
        "page_size",
        "is_open",
        "start_time",
        "stop_time",
        "called_station_id",
        "uuid",
        "token",
        "__proto__",
        "%",
        "",
      ]);
      parts.push(`${name}${random.oneIn(6) ? "" : "="}${queryValue(random)}`);
    }
  }
  return parts.length || random.oneIn(50) ? `?${parts.join(random.pick(["&", "&", "&&", ";"]))}` : "";
}

function queryValue(random: SeededRandom): string {
  return random.pick([
    "",
    "1",
    "0",
    "-1",
    "last",
    "2",
    "1e3",
    "9".repeat(30),
    "9".repeat(400),
    "true",
    "FALSE",
    "2026-11-22",
    "2026-02-30",
    "2026-11-22T12%3A00%3A00%2B01%3A00",
    "0001-01-01",
    "9999-12-31",
    "%",
    "%FF",
    "%00",
    "%ED%A0%80",
    "%F0%9F%98%80",
    "+",
    "a=b",
    "%22%27%3B--",
    "x".repeat(3000),
    encodeURIComponent(random.word(10)),
  ]);
}
