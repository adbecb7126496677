import { Buffer } from "node:buffer";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { type HttpRequest, HttpRequestReader } from "./http_request_reader.ts";

export interface UamListenAddress {
  readonly hostname: string;
  /** 0 for one that is free. */
  readonly port: number;
  /** Whoever comes here is logged out (`uamlogoutip`). */
  readonly logsOut?: boolean;
}

/** Texts are octets, each a character of U+0000 to U+00FF. */
export interface UamServerRequest extends HttpRequest {
  readonly source: string;
  readonly local: { readonly address: string; readonly port: number };
  readonly logsOut: boolean;
}

/** Written as it is: no header is added, moved, merged or spelled anew. A text is sent as UTF-8. */
export interface UamServerAnswer {
  /** 1.0 when absent, as CoovaChilli says. */
  readonly version?: "1.1";
  readonly status: number;
  readonly statusText: string;
  /** Octets, each a character of U+0000 to U+00FF. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Uint8Array;
}

export interface UamServerOptions {
  readonly listen: readonly UamListenAddress[];
  readonly answer: (request: UamServerRequest) => Promise<UamServerAnswer>;
  /** What is said to what cannot be read (400), comes too slowly (408) or meets a fault (500). */
  readonly refusal: (status: 400 | 408 | 500) => UamServerAnswer;
  readonly reportFault: (fault: unknown) => void;
  /** Milliseconds that a request may take to arrive; 20 s. */
  readonly readingTime?: number;
  /** Connections without a whole request, of all sources together; 2048. */
  readonly mostWaiting?: number;
}

export interface UamServer {
  /** As in `listen`, with the ports that were free. */
  readonly addresses: readonly { readonly hostname: string; readonly port: number }[];
  /** Takes no more connections, and waits for the requests in flight. */
  stop(): Promise<void>;
}

/** Coova 1: until a request is there, and for a connection in all. */
const READING_MILLISECONDS = 20_000;
const CONNECTION_MILLISECONDS = 120_000;
/** Until the other end closes too, after our last octet: a reset would take the answer from it. */
const CLOSING_MILLISECONDS = 2_000;
/** Of one station at once: more would take all that the process may open. */
const MOST_OF_ONE_SOURCE = 128;
/** A station has as many IPv6 addresses as it likes: of too many the one goes that has said nothing for longest. */
const MOST_WAITING = 2_048;

/**
 * Serves the UAM port, one request a connection. By hand, because `node:http` sends no body after HEAD, on Bun moves
 * headers of one name together, and refuses octets in a path that browsers send.
 *
 * @throws {Error} when an address cannot be had: its `code` is EADDRINUSE, EACCES, EADDRNOTAVAIL and so on.
 */
export async function uamServer(options: UamServerOptions): Promise<UamServer> {
  const connections = new Connections(options);
  const servers: Server[] = [];
  try {
    for (const address of options.listen) servers.push(await listen(address, connections));
  } catch (fault) {
    await Promise.all(servers.map(closed));
    throw fault;
  }
  return {
    addresses: servers.map((server, at) => ({
      hostname: options.listen[at]?.hostname ?? "",
      // A TCP server's.
      port: (server.address() as AddressInfo).port,
    })),
    async stop() {
      const ends = servers.map(closed);
      await connections.end();
      await Promise.all(ends);
    },
  };
}

function listen({ hostname, port, logsOut = false }: UamListenAddress, connections: Connections) {
  const server = createServer({ allowHalfOpen: true }, (socket) => connections.take(socket, logsOut));
  return new Promise<Server>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, () => {
      server.off("error", reject).on("error", connections.options.reportFault);
      resolve(server);
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

class Connections {
  readonly options: UamServerOptions;
  readonly #open = new Set<Socket>();
  /** The oldest first. */
  readonly #waiting = new Set<Socket>();
  readonly #bySource = new Map<string, number>();
  readonly #answering = new Set<Promise<void>>();

  constructor(options: UamServerOptions) {
    this.options = options;
  }

  take(socket: Socket, logsOut: boolean): void {
    const source = socket.remoteAddress;
    const count = this.#bySource.get(source ?? "") ?? 0;
    if (source === undefined || count >= MOST_OF_ONE_SOURCE) {
      socket.destroy();
      return;
    }
    this.#open.add(socket);
    this.#wait(socket);
    this.#bySource.set(source, count + 1);
    const local = { address: socket.localAddress ?? "", port: socket.localPort ?? 0 };
    const lifetime = setTimeout(() => socket.destroy(), CONNECTION_MILLISECONDS);
    // A peer that is gone needs no answer.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      clearTimeout(lifetime);
      this.#open.delete(socket);
      this.#waiting.delete(socket);
      this.#leave(source);
    });
    this.#read(socket, (request) => this.#serve(socket, { ...request, source, local, logsOut }));
  }

  /** Waits for the requests that are being answered, until their last octet has been taken. */
  async end(): Promise<void> {
    await Promise.all(this.#answering);
    for (const socket of this.#open) socket.destroy();
  }

  #wait(socket: Socket): void {
    this.#waiting.add(socket);
    const [oldest] = this.#waiting;
    if (this.#waiting.size > (this.options.mostWaiting ?? MOST_WAITING)) oldest?.destroy();
  }

  #read(socket: Socket, whole: (request: HttpRequest) => void): void {
    const reader = new HttpRequestReader();
    const late = setTimeout(
      () => done(() => write(socket, this.options.refusal(408))),
      this.options.readingTime ?? READING_MILLISECONDS,
    );
    const done = (next: () => void) => {
      clearTimeout(late);
      this.#waiting.delete(socket);
      socket.off("data", onData).off("end", onEnd);
      // What else comes is not read, but must be taken for the connection to end.
      socket.resume();
      next();
    };
    const onData = (chunk: Uint8Array) => {
      const request = reader.push(chunk);
      if (request === "broken") done(() => write(socket, this.options.refusal(400)));
      else if (request) done(() => whole(request));
    };
    const onEnd = () => done(() => socket.destroy());
    socket.on("data", onData).on("end", onEnd).on("close", () => clearTimeout(late));
  }

  #serve(socket: Socket, request: UamServerRequest): void {
    const answering = this.#answer(request).then((answer) => write(socket, answer));
    this.#answering.add(answering);
    answering.finally(() => this.#answering.delete(answering));
  }

  async #answer(request: UamServerRequest): Promise<UamServerAnswer> {
    try {
      return checked(await this.options.answer(request));
    } catch (fault) {
      this.options.reportFault(fault);
      return this.options.refusal(500);
    }
  }

  #leave(source: string): void {
    const left = (this.#bySource.get(source) ?? 1) - 1;
    if (left > 0) this.#bySource.set(source, left);
    else this.#bySource.delete(source);
  }
}

/** @throws {Error} for a header that would be two, or more than one octet a character. */
function checked(answer: UamServerAnswer): UamServerAnswer {
  for (const [name, value] of answer.headers) {
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) throw new Error(`cannot send the header ${name}: ${value}`);
  }
  return answer;
}

/** Sends all of it and closes; resolves when the other end has it, or is gone. */
function write(socket: Socket, { version, status, statusText, headers, body }: UamServerAnswer) {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  const head = [`HTTP/${version ?? "1.0"} ${status} ${statusText}`, ...lines, "", ""].join("\r\n");
  return new Promise<void>((resolve) => {
    if (socket.destroyed) return resolve();
    socket.once("close", () => resolve());
    socket.end(Buffer.concat([Buffer.from(head, "latin1"), Buffer.from(body)]), () => {
      resolve();
      const closing = setTimeout(() => socket.destroy(), CLOSING_MILLISECONDS);
      socket.once("close", () => clearTimeout(closing));
    });
  });
}
