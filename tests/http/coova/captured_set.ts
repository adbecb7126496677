import { createHash } from "node:crypto";
import type { AuthorityAnswer } from "../../../src/controller/authority/authority.ts";

const FOLDER = new URL("../../fixtures/coova/", import.meta.url);
const RADIUS_SECRET = "testing123";

/** An exchange as it was on the wire; a null `statusLine` is a connection closed without an octet. */
export interface CapturedExchange {
  /** `01-redirect-first-get`. */
  readonly key: string;
  /** Unix seconds. */
  readonly at: number;
  readonly connectedTo: string;
  readonly request: string;
  readonly statusLine: string | null;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** An Access-Request and what came of it. */
export interface CapturedAccess {
  readonly userName: string;
  readonly password: Uint8Array | null;
  readonly attributes: ReadonlyMap<string, string>;
  readonly answer: AuthorityAnswer;
}

export interface CapturedSet {
  readonly exchanges: readonly CapturedExchange[];
  /** As a zone takes them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Null where no packets were captured. */
  readonly accesses: readonly CapturedAccess[] | null;
}

interface Attribute {
  readonly name: string;
  readonly value: string | number;
}

interface Packet {
  readonly unixTime: number;
  readonly atSeconds: number;
  readonly fromPort: number;
  readonly toPort: number;
  readonly code: number;
  readonly id: number;
  readonly authenticator: string;
  readonly attributes: readonly Attribute[];
  readonly packetHex: string;
}

/** Options that are called so here too. */
const SAME_NAME = [
  "domain",
  "lease",
  "radiuslocationid",
  "radiuslocationname",
  "locationname",
  "uamserver",
  "uamsecret",
  "uamanydns",
  "ssid",
  "uamport",
  "uamhomepage",
  "uamaliasname",
  "uamlogoutip",
  "challengetimeout",
  "challengetimeout2",
  "nochallenge",
  "redirurl",
  "nowispr1",
  "nowispr2",
  "wisprlogin",
  "swapoctets",
  "nasmac",
  "macauth",
  "macpasswd",
  "defsessiontimeout",
  "defidletimeout",
  "definteriminterval",
] as const;
const RENAMED: Readonly<Record<string, string>> = {
  radiusnasid: "nasid",
  captiveportalvenue_info_url: "venueinfourl",
};
/** What only an Access-Reject of a silent server would have told: it answered when nobody waited any more. */
const LATE_SECONDS = 6;

export function capturedSets(): string[] {
  return [...Deno.readDirSync(FOLDER)].filter(({ isDirectory }) => isDirectory).map(({ name }) => name)
    .sort();
}

/** @param replaced a text that stands for another one everywhere. */
export function readSet(name: string, replaced: readonly [string, string] | null): CapturedSet {
  const readJson = <T>(file: URL): T => {
    const text = Deno.readTextFileSync(file);
    // Of the fixture's own making.
    return JSON.parse(replaced ? text.replaceAll(...replaced) : text) as T;
  };
  const folder = new URL(`${name}/`, FOLDER);
  const files = [...Deno.readDirSync(folder)].map((file) => file.name).sort();
  const exchanges = files.filter((file) => /^\d\d-/.test(file)).map((file) => ({
    key: file.replace(/\.json$/, ""),
    ...readJson<Omit<CapturedExchange, "key">>(new URL(file, folder)),
  })).filter(({ request }) => request !== undefined);
  const { options } = readJson<{ readonly options: Record<string, unknown> }>(
    new URL("_config.json", folder),
  );
  const accesses = files.includes("_radius.json")
    ? accessesOf(readJson<readonly Packet[]>(new URL("_radius.json", folder)))
    : null;
  return { exchanges, options: zoneOptions(options), accesses };
}

function zoneOptions(captured: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const options: Record<string, unknown> = {
    interface: ["lan0"],
    address: [`${captured.uamlisten}/24`],
    uamallowed: String(captured.uamallowed).split(","),
  };
  for (const name of SAME_NAME) if (name in captured) options[name] = numbered(captured[name]);
  for (const [theirs, ours] of Object.entries(RENAMED)) {
    if (theirs in captured) options[ours] = captured[theirs];
  }
  const users = /line (.*)\)$/.exec(String(captured.localusers ?? ""))?.[1];
  if (users) options.localusers = [users];
  return options;
}

function numbered(value: unknown): unknown {
  return typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
}

function accessesOf(packets: readonly Packet[]): CapturedAccess[] {
  const requests = packets.filter(({ code }) => code === 1);
  return requests.filter((request, at) =>
    !requests.slice(0, at).some((earlier) => isRepeat(earlier, request))
  )
    .map((request) => {
      const answer = packets.find((packet) =>
        (packet.code === 2 || packet.code === 3) && packet.id === request.id &&
        packet.toPort === request.fromPort && packet.atSeconds >= request.atSeconds &&
        packet.atSeconds < request.atSeconds + LATE_SECONDS
      );
      const attributes = new Map(request.attributes.map(({ name, value }) => [name, String(value)]));
      return {
        userName: attributes.get("User-Name") ?? "",
        password: clearPassword(request, attributes.get("User-Password")),
        attributes,
        answer: answerOf(answer),
      };
    });
}

function isRepeat(one: Packet, other: Packet): boolean {
  return one.packetHex === other.packetHex;
}

function answerOf(packet: Packet | undefined): AuthorityAnswer {
  if (!packet) return { kind: "silent" };
  const texts = new Map<string, string[]>();
  for (const { name, value } of packet.attributes) {
    texts.set(name, [...texts.get(name) ?? [], String(value)]);
  }
  if (packet.code === 2) return { kind: "accept", attributes: texts };
  return { kind: "reject", replyMessage: texts.get("Reply-Message")?.[0] ?? null };
}

/** RFC 2865 section 5.2; with its padding of NULs. */
function clearPassword({ authenticator }: Packet, hidden: string | undefined): Uint8Array | null {
  if (hidden === undefined) return null;
  const octets = fromHex(hidden.replace(/^0x/, ""));
  const clear = new Uint8Array(octets.length);
  let before = fromHex(authenticator);
  for (let at = 0; at < octets.length; at += 16) {
    const mask = createHash("md5").update(RADIUS_SECRET).update(before).digest();
    const block = octets.subarray(at, at + 16);
    clear.set(block.map((octet, index) => octet ^ (mask[index] ?? 0)), at);
    before = block;
  }
  return clear;
}

export function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
