import type { Zone } from "../../aaa/identity/zones.ts";
import { message, say } from "../../languages/say.ts";
import { normalizeIpAddress } from "../../values/ip_address.ts";
import type { Uam } from "./uam.ts";
import { refusal, type UamAnswer } from "./uam_answer.ts";
import { refuse } from "./uam_asked.ts";
import type { UamRequest } from "./uam_request.ts";

/** A request as a listener read it; texts are octets, each a character of U+0000 to U+00FF. */
export interface ListenerRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array<ArrayBuffer>;
  readonly source: string;
  readonly local: UamRequest["local"];
  readonly logsOut: boolean;
}

/** An answer of Portico's own pages. */
export interface PortalAnswer extends Omit<UamAnswer, "body"> {
  readonly version: "1.1";
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Whose request Portico's own pages get. */
export interface PortalPeer {
  readonly zone: Zone;
  /** Its address in its shortest form. */
  readonly source: string;
  /** What stands before our paths: `/zone/<name>`, or nothing. The request's address is without it. */
  readonly prefix: string;
}

export interface UamHandlerPorts {
  readonly uam: Uam;
  /** Whose requests they are: the first one's, or among zones without a network the one's that a path names. */
  readonly zones: () => readonly Zone[];
  /** Portico's own pages, under `/www/`. */
  readonly portal: (request: Request, peer: PortalPeer) => Response | Promise<Response>;
}

/** What a listener does with requests, whatever reads them. */
export interface UamHandler {
  answer(request: ListenerRequest): Promise<UamAnswer | PortalAnswer>;
  /** For what cannot be read, comes too slowly, or meets a fault. */
  refusal(status: 400 | 408 | 500): UamAnswer;
}

const OWN_PAGES = /^(?:https?:\/\/[^/?]*)?(\/www\/.*)$/is;
const PREFIXED = /^(?:https?:\/\/[^/?]*)?\/zone\/([^/?]+)(\/.*)?$/is;
const NAME = /^[\w.-]+(?::\d{1,5})?$|^\[[\da-f:.]+\](?::\d{1,5})?$/i;
/** Of one connection each, and said by us. */
const HOP_BY_HOP = new Set(["connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"]);

export function uamHandler({ uam, zones, portal }: UamHandlerPorts): UamHandler {
  return {
    async answer(raw) {
      const request = uamRequest(raw);
      const found = zoneOf(zones(), request);
      if (!found) return refuse(request, 404, "uam_no_such_page");
      const { zone, prefix, target } = found;
      const page = raw.logsOut ? undefined : OWN_PAGES.exec(target)?.[1];
      if (page === undefined) return await uam.answer(zone, { ...request, target }, prefix);
      const asked = portalRequest(raw, request, page);
      if (!asked) return refuse(request, 400, "uam_not_understood");
      return await portalAnswer(await portal(asked, { zone, prefix, source: request.source }));
    },
    refusal: (status) => refusal(status, say("en", message(status === 500 ? "fault" : "uam_not_understood"))),
  };
}

function zoneOf(zones: readonly Zone[], { target }: UamRequest) {
  const [first] = zones;
  const prefixed = first?.gate === "none" ? PREFIXED.exec(target) : null;
  if (!prefixed) return first && { zone: first, prefix: "", target };
  const [, name = "", rest = "/"] = prefixed;
  const zone = zones.find((one) => encodeURIComponent(one.name) === name);
  return zone && { zone, prefix: `/zone/${name}`, target: rest };
}

function uamRequest({ method, target, headers, source, local, logsOut }: ListenerRequest): UamRequest {
  const header = (name: string) => headers.find(([one]) => one.toLowerCase() === name)?.[1] ?? "";
  return {
    method,
    target: utf8(target),
    host: utf8(header("host")),
    origin: header("origin"),
    acceptLanguage: header("accept-language"),
    source: normalizeIpAddress(source) ?? source,
    local: { ...local, address: normalizeIpAddress(local.address) ?? local.address },
    logsOut,
  };
}

/** Null when it has no address that a `Request` takes. */
function portalRequest(raw: ListenerRequest, { host, local }: UamRequest, page: string): Request | null {
  const address = local.address.includes(":") ? `[${local.address}]` : local.address;
  const url = `http://${NAME.test(host) ? host : `${address}:${local.port}`}${page}`;
  const forbidden = /^(CONNECT|TRACE|TRACK)$/i.test(raw.method);
  if (forbidden || !URL.canParse(url)) return null;
  const hasBody = raw.body.length > 0 && !/^(GET|HEAD)$/i.test(raw.method);
  return new Request(url, {
    method: raw.method,
    headers: raw.headers.map(([name, value]): [string, string] => [name, value]),
    ...hasBody && { body: raw.body },
  });
}

async function portalAnswer(response: Response): Promise<PortalAnswer> {
  const body = new Uint8Array(await response.arrayBuffer());
  const headers = [...response.headers].filter(([name]) => !HOP_BY_HOP.has(name));
  const length = response.status === 204 || response.status === 304 ? [] : [
    ["Content-Length", String(body.length)],
  ] as const;
  return {
    version: "1.1",
    status: response.status,
    statusText: response.statusText,
    headers: [["Connection", "close"], ...headers, ...length],
    body,
  };
}

function utf8(octets: string): string {
  // deno-lint-ignore no-control-regex -- texts that are all ASCII
  if (/^[\x00-\x7f]*$/.test(octets)) return octets;
  const bytes = Uint8Array.from(octets, (character) => character.charCodeAt(0));
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
