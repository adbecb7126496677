import { createHash } from "node:crypto";
import { equal } from "node:assert/strict";
import { stationKey } from "../../../src/controller/gate/gate.ts";
import { nativeCrypto } from "../../../src/runtime/crypto.ts";
import { toHex } from "../../../src/values/hex.ts";
import { CapturedAuthority } from "./captured_authority.ts";
import { type CapturedExchange, fromHex, readSet } from "./captured_set.ts";
import { AnswerReader, type AnswerText, differencesBetween } from "./comparable_answer.ts";
import { REPLAY_STEPS, type ReplayStep } from "./replay_steps.ts";
import { UamVenue } from "./uam_venue.ts";

const STATION = { mac: "02:00:5e:10:00:01", ip: "10.1.0.2" };
/** Random addresses are not tried by MAC authentication, and the captured one is of their kind. */
const UNIVERSAL = { mac: "00:00:5e:10:00:01", ip: "10.1.0.2" };
const LOGOUT_ADDRESS = "1.0.0.0:80";

/** How a set went. */
export interface ReplayResult {
  /** By exchange. */
  readonly differences: ReadonlyMap<string, readonly string[]>;
  /** What was asked of the authority that was not then, or otherwise, or no more. */
  readonly asked: readonly string[];
  /** How often the original's broken CDATA was met. */
  readonly brokenTexts: number;
}

/** Drives all exchanges of a set against a zone of the same options, at their times. */
export async function replaySet(name: string): Promise<ReplayResult> {
  const isByMac = name.includes("-mac");
  const station = isByMac ? UNIVERSAL : STATION;
  const set = readSet(name, isByMac ? [dashed(STATION.mac), dashed(UNIVERSAL.mac)] : null);
  const [first] = set.exchanges;
  if (!first) throw new Error(`${name} has no exchanges`);
  const crypto = nativeCrypto();
  const secret = String(set.options.uamsecret ?? "");
  const authority = new CapturedAuthority(set.accesses, crypto, secret);
  const venue = await UamVenue.open({ now: instant(first.at), options: set.options, authority });
  venue.meet(station.mac, station.ip);
  const driver = new Driver(venue, authority, secret, station);
  const theirs = new AnswerReader(isByMac ? null : secret);
  const ours = new AnswerReader(secret);
  const differences = new Map<string, readonly string[]>();
  for (const exchange of set.exchanges) {
    await driver.prepare(exchange, REPLAY_STEPS[name]?.[exchange.key.slice(0, 2)] ?? []);
    if (reachedOrigin(exchange)) {
      equal(driver.station().state, "open", `${name}/${exchange.key}`);
      continue;
    }
    const answer = await driver.send(exchange);
    const found = differencesBetween(theirs.read(exchange), ours.read(answer));
    if (found.length) differences.set(exchange.key, found);
  }
  await venue.close();
  await crypto.close();
  const left = authority.left.map(({ userName }) => `${userName} was not asked for`);
  return { differences, asked: [...authority.differences, ...left], brokenTexts: theirs.brokenTexts };
}

class Driver {
  readonly #venue: UamVenue;
  readonly #authority: CapturedAuthority;
  readonly #secret: string;
  readonly #from: { readonly mac: string; readonly ip: string };

  constructor(
    venue: UamVenue,
    authority: CapturedAuthority,
    secret: string,
    from: { mac: string; ip: string },
  ) {
    this.#venue = venue;
    this.#authority = authority;
    this.#secret = secret;
    this.#from = from;
  }

  station() {
    const [station] = this.#venue.controller.stations();
    if (!station) throw new Error("there is no station");
    return station;
  }

  /** Takes the clock to the exchange, and does what was done before it. */
  async prepare({ at }: CapturedExchange, steps: readonly ReplayStep[]): Promise<void> {
    const traffic = steps.find((step) => step.kind === "traffic");
    if (traffic) await this.#venue.passUntil(instant(at - traffic.idle));
    else await this.#venue.passUntil(instant(at));
    for (const step of steps) await this.#take(step);
    await this.#venue.passUntil(instant(at));
    if (this.#venue.zone.options.macauth) await this.#venue.settled();
  }

  async send(
    { request, connectedTo }: Pick<CapturedExchange, "request" | "connectedTo">,
  ): Promise<AnswerText> {
    this.#authority.challenge = this.station().challenge;
    const logsOut = connectedTo === LOGOUT_ADDRESS;
    const port = this.#venue.zone.options.uamport + (logsOut ? 1 : 0);
    const answer = await this.#venue.send(this.#forThisChallenge(request), {
      source: this.#from.ip,
      local: { address: "10.1.0.1", port },
      logsOut,
    });
    const version = "version" in answer ? answer.version : "1.0";
    return {
      statusLine: `HTTP/${version} ${answer.status} ${answer.statusText}`,
      headers: answer.headers,
      body: typeof answer.body === "string" ? answer.body : new TextDecoder().decode(answer.body),
    };
  }

  async #take(step: ReplayStep): Promise<void> {
    switch (step.kind) {
      case "get":
        await this.send(ownRequest(step.path));
        return;
      case "log on": {
        const access = this.#authority.next();
        const response = access?.attributes.get("CHAP-Password")?.slice(4);
        await this.send(ownRequest(`/json/logon?username=${access?.userName}&response=${response}`));
        return;
      }
      case "traffic":
        this.#venue.gate.passed.set(stationKey({ zoneId: this.#venue.zone.id, mac: this.#from.mac }), {
          upOctets: step.up,
          downOctets: step.down,
          upPackets: step.up,
          downPackets: step.down,
        });
        if (step.idle > 0) await this.#venue.sweep();
        return;
      case "disconnect":
        await this.#venue.controller.logOff(this.station(), "Admin-Reset");
        return;
      case "sweep":
        await this.#venue.sweep();
    }
  }

  /**
   * The same credential for the challenge that the station has here, where it is known: passwords that the RADIUS
   * packets show, and those of local users. Others are as they were, and looked at by the authority.
   */
  #forThisChallenge(request: string): string {
    const { nochallenge, localusers } = this.#venue.zone.options;
    const challenge = fromHex(this.station().challenge);
    const md5 = (...parts: readonly (string | Uint8Array)[]) =>
      parts.reduce((hash, part) => hash.update(part), createHash("md5")).digest();
    const key = this.#secret ? md5(challenge, this.#secret) : challenge;
    const local = localusers.map((line) => line.split(":")).find(([user]) =>
      request.includes(`username=${user}&`)
    );
    if (local) {
      return request.replace(/(response=)[0-9a-f]+/, `$1${toHex(md5("\0", local[1] ?? "", key))}`);
    }
    return request.replace(/([?&]password=)([0-9a-f]+)/, (sent, name: string, hidden: string) => {
      const clear = this.#authority.next()?.password;
      if (nochallenge || !clear) return sent;
      return name + toHex(clear.slice(0, hidden.length / 2).map((octet, at) => octet ^ (key[at % 16] ?? 0)));
    });
  }
}

/** What a station with a session asked of another site: no business of the UAM port's. */
function reachedOrigin({ headers }: CapturedExchange): boolean {
  return headers.some(([name]) => name === "Server");
}

function ownRequest(path: string) {
  return { request: `GET ${path} HTTP/1.1\r\nHost: 10.1.0.1:3990\r\n\r\n`, connectedTo: "10.1.0.1:3990" };
}

function dashed(mac: string): string {
  return mac.toUpperCase().replaceAll(":", "-");
}

function instant(unixSeconds: number): Date {
  return new Date(unixSeconds * 1000);
}
