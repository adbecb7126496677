import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { chmodSync, renameSync, rmSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { connect } from "node:net";
import * as v from "valibot";
import {
  type Control,
  CONTROL_REQUESTS,
  type ControlAnswer,
  type ControlName,
  type ControlRequest,
} from "../controller/control/control.ts";
import { venueControl, type VenueControlPorts } from "../controller/control/venue_control.ts";
import { DomainError, type ErrorCode } from "../errors.ts";

/** Linux: `sun_path` with its final zero has 108 octets. */
const LONGEST_PATH = 107;
const MOST_BODY_OCTETS = 65_536;
/** A venue that takes its zones anew may have to wait for the kernel. */
const PATIENCE_MS = 60_000;

export interface ControlServer {
  /** Answers what it has begun, and takes the socket away. */
  close(): Promise<void>;
}

export interface ControlServerOptions extends VenueControlPorts {
  readonly path: string;
  readonly reportFault: (fault: unknown) => void;
}

/**
 * Takes commands on a Unix socket that only its owner can open: JSON over HTTP, `POST /<name>` of `CONTROL_REQUESTS`.
 * What a process that died left there is replaced.
 *
 * @throws {DomainError} conflict when another process listens there; invalid_input when the path is too long.
 */
export async function controlServer(
  { path, reportFault, ...ports }: ControlServerOptions,
): Promise<ControlServer> {
  // The name that the socket has while it is made is the longest.
  const draft = `${path}.${randomBytes(4).toString("hex")}`;
  if (new TextEncoder().encode(draft).length > LONGEST_PATH) {
    throw new DomainError(
      "invalid_input",
      `Cannot make the control socket ${path}: the path is too long for Linux, use a shorter data folder`,
    );
  }
  if (await isAnswered(path)) {
    throw new DomainError("conflict", `Cannot take commands at ${path}: another venue runs on this folder`);
  }
  const control = venueControl(ports);
  const server = createServer((incoming, outgoing) => void answer(control, incoming, outgoing, reportFault));
  await listen(server, draft);
  // Both before anybody can know the name: from its first moment the socket is its owner's.
  chmodSync(draft, 0o600);
  renameSync(draft, path);
  server.on("error", reportFault);
  const { ino } = statSync(path);
  return {
    async close() {
      if (statSync(path, { throwIfNoEntry: false })?.ino === ino) rmSync(path);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await closed;
    },
  };
}

/** The venue that runs with this socket; null when none does. */
export async function runningVenue(path: string): Promise<Control | null> {
  if (!await isAnswered(path)) return null;
  const ask = <N extends ControlName>(name: N) => (asked: ControlRequest<N>) => post(path, name, asked);
  return {
    stations: ask("stations"),
    station: ask("station"),
    disconnect: ask("disconnect"),
    authorize: ask("authorize"),
    reload: ask("reload"),
  };
}

const STATUS = {
  invalid_input: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  throttled: 429,
  overloaded: 503,
} satisfies Record<ErrorCode, number>;

const Refusal = v.object({ code: v.picklist(Object.keys(STATUS) as ErrorCode[]), message: v.string() });

async function answer(
  control: Control,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  reportFault: (fault: unknown) => void,
): Promise<void> {
  try {
    send(outgoing, 200, await run(control, incoming));
  } catch (fault) {
    if (fault instanceof DomainError) {
      return send(outgoing, STATUS[fault.code], { code: fault.code, message: fault.message });
    }
    reportFault(fault);
    const message = `The venue could not do it: ${fault instanceof Error ? fault.message : String(fault)}`;
    send(outgoing, 500, { code: "overloaded", message });
  }
}

async function run(control: Control, incoming: IncomingMessage): Promise<unknown> {
  const name = (incoming.url ?? "").slice(1);
  if (!isControlName(name) || incoming.method !== "POST") {
    throw new DomainError(
      "not_found",
      `The running venue does not know "${name}": is it of another version?`,
    );
  }
  return await call(control, name, await readJson(incoming, MOST_BODY_OCTETS));
}

async function call<N extends ControlName>(control: Control, name: N, body: unknown): Promise<unknown> {
  const parsed = v.safeParse(CONTROL_REQUESTS[name], body);
  if (!parsed.success) throw new DomainError("invalid_input", `${name}: ${parsed.issues[0].message}`);
  // The name chose both.
  const method = control[name] as (request: unknown) => Promise<unknown>;
  return await method(parsed.output);
}

function isControlName(name: string): name is ControlName {
  return Object.hasOwn(CONTROL_REQUESTS, name);
}

async function readJson(incoming: IncomingMessage, mostOctets = Infinity): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let octets = 0;
  for await (const chunk of incoming) {
    octets += chunk.length;
    if (octets > mostOctets) throw new DomainError("invalid_input", "The request is too long");
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new DomainError("invalid_input", "The request is not JSON");
  }
}

function send(outgoing: ServerResponse, status: number, body: unknown): void {
  outgoing.writeHead(status, { "content-type": "application/json", connection: "close" });
  outgoing.end(JSON.stringify(body));
}

function post<N extends ControlName>(
  socketPath: string,
  name: N,
  body: ControlRequest<N>,
): Promise<ControlAnswer<N>> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path: `/${name}`, method: "POST" }, (incoming) => {
      readAnswer(incoming).then((answer) => resolve(answer as ControlAnswer<N>), reject);
    });
    outgoing.setTimeout(PATIENCE_MS, () => {
      outgoing.destroy(new DomainError("overloaded", "The running venue does not answer"));
    });
    outgoing.on("error", reject);
    outgoing.end(JSON.stringify(body));
  });
}

/** The venue is this program: what it answers with 200 is what `Control` says. */
async function readAnswer(incoming: IncomingMessage): Promise<unknown> {
  const body = await readJson(incoming);
  if (incoming.statusCode === 200) return body;
  const refusal = v.safeParse(Refusal, body);
  if (refusal.success) throw new DomainError(refusal.output.code, refusal.output.message);
  throw new DomainError("overloaded", `The running venue answered with status ${incoming.statusCode}`);
}

/** Whether a process listens there. */
function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", (fault) => {
      const code = "code" in fault ? fault.code : undefined;
      if (code === "EACCES" || code === "EPERM") {
        reject(new DomainError("forbidden", `Cannot open ${path}: it belongs to another user`));
      } else resolve(false);
    });
  });
}

async function listen(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  server.removeAllListeners("error");
}
