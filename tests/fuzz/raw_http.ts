import { concat, indexOf } from "./octets.ts";

/** What came back; status 0 when the connection was closed without an answer. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface RawRequest {
  readonly method: string;
  readonly target: string;
  /** Values of octets, as latin1. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array<ArrayBuffer> | null;
}

const NO_ANSWER: RawAnswer = { status: 0, headers: new Map(), body: "" };
const END_OF_HEAD = latin1("\r\n\r\n");
const END_OF_LINE = latin1("\r\n");

/** HTTP/1.1 by hand, one request at a time: sends what a proper client would refuse to. */
export class RawConnection {
  readonly #port: number;
  #socket: Deno.TcpConn | undefined;
  #buffer: Uint8Array<ArrayBuffer> = new Uint8Array();

  constructor(port: number) {
    this.#port = port;
  }

  /** Opened anew when the server has closed it. @throws {Error} when there is no whole answer in time. */
  async request(request: RawRequest, patienceMilliseconds: number): Promise<RawAnswer> {
    const socket = this.#socket ??= await Deno.connect({ hostname: "127.0.0.1", port: this.#port });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("no answer in time")), patienceMilliseconds);
    });
    try {
      const written = writeAll(socket, octetsOf(request));
      const answer = await Promise.race([this.#answer(socket, request.method === "HEAD"), tooLate]);
      // An answer before the whole body was sent: the server will not read the rest.
      const isWhole = await Promise.race([written, Promise.resolve(false)]);
      if (!isWhole || answer.status === 0 || answer.headers.get("connection") === "close") this.close();
      await written;
      return answer;
    } catch (fault) {
      this.close();
      throw fault;
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
    this.#buffer = new Uint8Array();
  }

  async #answer(socket: Deno.TcpConn, isHead: boolean): Promise<RawAnswer> {
    const head = await this.#until(socket, END_OF_HEAD);
    if (!head) return NO_ANSWER;
    const [first = "", ...lines] = text(head).split("\r\n");
    const headers = new Map(
      lines.filter(Boolean).map((line): [string, string] => {
        const at = line.indexOf(":");
        return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
      }),
    );
    const status = Number(first.split(" ")[1]);
    if (isHead || status === 204 || status === 304) return { status, headers, body: "" };
    return { status, headers, body: new TextDecoder().decode(await this.#body(socket, headers)) };
  }

  async #body(socket: Deno.TcpConn, headers: ReadonlyMap<string, string>): Promise<Uint8Array> {
    if (headers.get("transfer-encoding") === "chunked") {
      const parts: Uint8Array<ArrayBuffer>[] = [];
      for (;;) {
        const line = await this.#until(socket, END_OF_LINE);
        const length = parseInt(line ? text(line) : "", 16);
        if (Number.isNaN(length)) throw new Error("a chunk without its length");
        const chunk = await this.#take(socket, length + 2);
        if (!length) return concat(parts);
        parts.push(chunk.slice(0, length));
      }
    }
    const length = headers.get("content-length");
    if (length !== undefined) return await this.#take(socket, Number(length));
    while (await this.#fill(socket));
    return this.#buffer;
  }

  /** What comes before and with `end`; null when the connection ends first. */
  async #until(socket: Deno.TcpConn, end: Uint8Array): Promise<Uint8Array | null> {
    for (;;) {
      const at = indexOf(this.#buffer, end);
      if (at >= 0) return await this.#take(socket, at + end.length);
      if (!await this.#fill(socket)) return null;
    }
  }

  async #take(socket: Deno.TcpConn, length: number): Promise<Uint8Array<ArrayBuffer>> {
    while (this.#buffer.length < length) {
      if (!await this.#fill(socket)) throw new Error("the answer ended too early");
    }
    const taken = this.#buffer.slice(0, length);
    this.#buffer = this.#buffer.slice(length);
    return taken;
  }

  async #fill(socket: Deno.TcpConn): Promise<boolean> {
    const chunk = new Uint8Array(65_536);
    // A server that closes while we are still sending resets the connection.
    const length = await socket.read(chunk).catch(() => null);
    if (!length) return false;
    this.#buffer = concat([this.#buffer, chunk.slice(0, length)]);
    return true;
  }
}

/** False when the other side would not take all of it. */
async function writeAll(socket: Deno.TcpConn, octets: Uint8Array): Promise<boolean> {
  try {
    for (let at = 0; at < octets.length;) at += await socket.write(octets.subarray(at));
    return true;
  } catch {
    return false;
  }
}

function octetsOf({ method, target, headers, body }: RawRequest): Uint8Array {
  const lines = [
    `${method} ${target} HTTP/1.1`,
    "Host: localhost",
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  if (body || method === "POST") lines.push(`Content-Length: ${body?.length ?? 0}`);
  return concat([latin1(`${lines.join("\r\n")}\r\n\r\n`), ...(body ? [body] : [])]);
}

export function latin1(characters: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}

function text(octets: Uint8Array): string {
  return new TextDecoder("latin1").decode(octets);
}
